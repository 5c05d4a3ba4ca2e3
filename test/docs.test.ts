import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBackchannelRequest } from '../provider/core/asking/backchannel-request.ts';
import { findSignedRequest } from '../provider/core/asking/signed-request.ts';
import { STANDARD_PROFILE } from '../provider/core/client/profile.ts';
import { freezeDetails, type RequestDetails } from '../provider/core/deciding/shown-details.ts';
import type { Whole } from '../provider/core/whole.ts';
import { pagesWithTables, withTables } from './support/client-metadata-tables.ts';
import { pages, root } from './support/code-blocks.ts';

// What the documentation says of files, headings and tests is held against the repository: a renamed test or heading
// must not leave a page that points at nothing.

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const withoutFences = (markdown: string): string => markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '');
const withoutCode = (markdown: string): string => withoutFences(markdown).replaceAll(/`[^`\n]*`/g, '');

/** The anchor that GitHub gives a heading; a second heading of the same words gets `-1`. */
function anchorsIn(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...withoutFences(markdown).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return new Set(anchors);
}

/** Relative links of a page, as written. */
function linksIn(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** Why a link leads nowhere; undefined when it leads somewhere. */
function brokenLink(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (relative('.', target).startsWith('..') || !existsSync(join(root, target)))
    return `${page}: there is no file ${link}`;
  if (anchor === undefined || statSync(join(root, target)).isDirectory()) return undefined;
  return anchorsIn(read(target)).has(anchor) ? undefined : `${page}: there is no heading for ${link}`;
}

const FOLDERS = ['.ci', 'bench', 'cli', 'docs', 'examples', 'infra', 'lambdas', 'local', 'provider', 'test'];
const LAYERS = ['adapters', 'core', 'edge', 'flows'];

/** Inline code that looks like a path of the project; paths of a layer are meant below `provider/`. */
function pathsIn(markdown: string): readonly string[] {
  const words = [...withoutFences(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return words
    .filter((word) => /^[\w.-]+\/[\w./*-]*$/.test(word))
    .flatMap((word) => {
      const [folder = ''] = word.split('/');
      if (LAYERS.includes(folder)) return [`provider/${word}`];
      return FOLDERS.includes(folder) ? [word] : [];
    });
}

const isThere = (path: string): boolean =>
  path.includes('*') ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path));

/** A test file and titles in it: `` `test/x.test.ts`: “one”, “two” ``. */
const CITATION = /`(test\/[\w./-]+)`: (“[^”]+”(?:, “[^”]+”)*)/g;

type Cited = { readonly file: string; readonly title: string };

function citationsIn(markdown: string): readonly Cited[] {
  return [...markdown.matchAll(CITATION)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  );
}

/**
 * What a page says of how a measure is shown: the cells of the column "shown by", and the lines "Shown by" of threats.
 */
function shownBy(markdown: string): readonly string[] {
  let column = -1;
  return markdown.split('\n').flatMap((line) => {
    const [, ofThreat] = line.match(/^- \*\*Shown by:\*\* *(.*)$/) ?? [];
    if (ofThreat !== undefined) return [ofThreat];
    if (!line.startsWith('|')) {
      column = -1;
      return [];
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (column < 0) {
      column = cells.indexOf('shown by');
      return [];
    }
    const cell = cells[column] ?? '';
    return /^-+$/.test(cell) ? [] : [cell];
  });
}

/** Whether a test file has a test of exactly this title. */
function hasTest({ file, title }: Cited): boolean {
  return existsSync(join(root, file)) && hasTitle(read(file), title);
}

/**
 * Whether `it(`, `it.each(…)(` or `describe(` stands right before this title: other words of a file are no test. A row
 * of a table may have the title as its `title`, if the test is named after that.
 */
function hasTitle(text: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => {
    const pieces = text.split(`${quote}${title}${quote}`);
    const isRow = (before: string) => text.includes("('$title'") && /\btitle: $/.test(before);
    return pieces.slice(0, -1).some((piece) => isRow(piece) || opensTest(piece));
  });
}

function opensTest(before: string): boolean {
  const lines = before.trimEnd().split('\n');
  const line = lines.pop() ?? '';
  if (/^\s*(?:it|describe)(?:\.\w+\(.*\))?\($/.test(line)) return true;
  // A table of several lines begins where the indentation is the same.
  const [, indent] = /^(\s*)[\])].*\)\($/.exec(line) ?? [];
  const start =
    indent === undefined
      ? ''
      : lines.findLast((above) => above.startsWith(indent) && /^\S/.test(above.slice(indent.length)));
  return /^\s*(?:it|describe)\.\w+[(<]/.test(start ?? '');
}

describe.each(pages)('%s', (page) => {
  it('links to files and headings that exist', () => {
    expect(linksIn(read(page)).flatMap((link) => brokenLink(page, link) ?? [])).toEqual([]);
  });

  it('names project files that exist', () => {
    expect(pathsIn(read(page)).filter((path) => !isThere(path))).toEqual([]);
  });

  it('names tests by titles that exist', () => {
    expect(citationsIn(read(page)).filter((cited) => !hasTest(cited))).toEqual([]);
  });
});

describe('docs/README.md', () => {
  it('leads a reader to every page of docs/', () => {
    const leadsTo = linksIn(read('docs/README.md')).map((link) => normalize(join('docs', link.split('#', 1)[0] ?? '')));
    const withReadme = ['docs/adr/', 'docs/security/'].map((folder) => new RegExp(`^${folder}(?!README)`));
    const ofItsOwn = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    const expected = ofItsOwn.filter((page) => !withReadme.some((inside) => inside.test(page)));
    expect(expected.filter((page) => !leadsTo.includes(page))).toEqual([]);
    expect(expected.length).toBeGreaterThan(9);
  });
});

describe('the Node of the host', () => {
  it.each(['README.md', 'CONTRIBUTING.md', 'docs/deploy.md', 'docs/adr/0010-node-24-by-npm.md'])(
    'is in %s as in package.json',
    (page) => {
      const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
      const [, first, second, last] = /^\^([\d.]+) \|\| \^([\d.]+) \|\| >=(\d+)$/.exec(engines.node) ?? [];
      const line = (version = '') => `${version.split('.')[0]} (from ${version})`;
      expect(read(page)).toContain(`Node ${line(first)}, ${line(second)}, or ${last} and newer`);
    },
  );
});

describe('tables made from code', () => {
  it.each(pagesWithTables)('%s has them as `npm run docs` writes them', (page) => {
    const upToDate = withTables(page, read(page)) === read(page);
    expect(upToDate ? 'up to date' : `${page} is not: run npm run docs`).toBe('up to date');
  });

  it('name every member of client metadata', () => {
    for (const page of pagesWithTables) expect(read(page)).toContain('| `only_sub` |');
  });
});

/** The threats of a page, from their headings to the next: those that have a measure. */
function threatsIn(markdown: string): readonly { readonly title: string; readonly text: string }[] {
  return markdown
    .split(/^#{1,6} /m)
    .filter((text) => text.includes('- **Measure:**'))
    .map((text) => ({ title: text.split('\n', 1)[0] ?? '', text }));
}

describe('docs/security/', () => {
  const security = pages.filter((page) => page.startsWith('docs/security/'));
  const threats = security.flatMap((page) => threatsIn(read(page)).map((threat) => ({ page, ...threat })));

  it('says of every threat which test shows the measure, or that none does', () => {
    const cells = security.flatMap((page) => shownBy(read(page)));
    expect(threats.length).toBeGreaterThan(60);
    expect(cells.length).toBeGreaterThan(threats.length + 25);
    const unread = cells.map((cell) => cell.replaceAll(CITATION, '').replaceAll('; ', ''));
    expect(unread.filter((rest) => rest !== '' && rest !== 'no test')).toEqual([]);
    expect(cells.filter((cell) => cell === '')).toEqual([]);
  });

  it('says of every threat its measure, its place in the code, the test, and what remains', () => {
    const lines = ['Measure', 'In code', 'Shown by', 'Remains'].map((label) => `- **${label}:** `);
    const lacking = threats.filter(({ text }) => lines.some((line) => text.split(line).length !== 2));
    expect(lacking.map(({ page, title }) => `${page}: ${title}`)).toEqual([]);
  });

  it('lists every threat in the index of its README', () => {
    const index = read('docs/security/README.md');
    const missing = threats.filter(
      ({ page, title }) => !index.includes(`- [${title}](${page.replace('docs/security/', '')}#`),
    );
    expect(missing.map(({ page, title }) => `${page}: ${title}`)).toEqual([]);
  });
});

/** A form that remembers which parameters it was asked for. */
class AskedForm extends Map<string, readonly string[]> {
  readonly names = new Set<string>();
  override has(name: string): boolean {
    this.names.add(name);
    return super.has(name);
  }
  override get(name: string): readonly string[] | undefined {
    this.names.add(name);
    return super.get(name);
  }
}

describe('README.md', () => {
  it('names every parameter of an authentication request that the provider looks at', () => {
    const form = new AskedForm([
      ['scope', ['openid']],
      ['login_hint', ['ana']],
      ['client_notification_token', ['token']],
    ]);
    const read = parseBackchannelRequest(form, {
      deliveryMode: 'ping',
      requiresOpenid: true,
      sendsUserCodes: true,
      names: { issuer: 'https://op.example/', previousIssuers: [] },
      expiry: { default: 120, limit: 600 },
    });
    expect(read.ok).toBe(true);
    findSignedRequest(form, {}, STANDARD_PROFILE);
    expect(form.names.size).toBeGreaterThan(10);
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    expect([...form.names].filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });
});

/** The names of all details that a phone is given. */
function namesOfDetails(): readonly string[] {
  const details = { issuer: '', clientId: '', clientName: '', sub: '', requestId: '', expiresAt: 0 };
  const { bytes } = freezeDetails({
    ...details,
    bindingMessage: 'x',
    scopes: [],
    audience: [],
    acrValues: [],
  } satisfies Whole<RequestDetails>);
  return Object.keys(JSON.parse(Buffer.from(bytes).toString()));
}

describe('the details of a request', () => {
  const names = namesOfDetails();

  it('are explained in docs/device-api.md', () => {
    const cells = read('docs/device-api.md').matchAll(/^\| ([^|]*) \|/gm);
    const explained = [...cells].map(([, cell = '']) => cell).join(' ');
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
  });

  it('are shown or checked by the phone of the demo: nobody signs what they have not seen', () => {
    const phone = globSync('local/demo/pages/phone/*.js', { cwd: root }).map(read).join('\n');
    expect(names.filter((name) => !new RegExp(`\\bdetails\\.${name}\\b`).test(phone))).toEqual([]);
    const declared = phone.match(/@typedef \{object\} Details\n[\s\S]*?\*\//)?.[0] ?? '';
    expect(names.filter((name) => !new RegExp(`@property .*[ []${name}\\b`).test(declared))).toEqual([]);
  });
});

describe('the checks of this file', () => {
  it('find a link, a heading, a path and a title that are not there', () => {
    expect(brokenLink('docs/storage.md', 'nowhere.md')).toContain('no file');
    expect(brokenLink('docs/storage.md', '#no-such-heading')).toContain('no heading');
    expect(brokenLink('docs/storage.md', '../../outside.md')).toContain('no file');
    expect(pathsIn('`core/nothing.ts`, `application/json`, `lambdas/*.ts`')).toEqual([
      'provider/core/nothing.ts',
      'lambdas/*.ts',
    ]);
    expect(isThere('provider/core/nothing.ts')).toBe(false);
    expect(hasTest({ file: 'test/docs.test.ts', title: 'no such' + ' title' })).toBe(false);
  });

  it.each([
    ["  it('holds', () => {", true],
    ['  it("holds", async () => {', true],
    ["  it(\n    'holds',\n    () => {", true],
    ["describe('holds', () => {", true],
    ["describe.skipIf(!hasCurl())('holds', () => {", true],
    ["  it.each([1, 2])('holds', () => {", true],
    ["  it.each<[string, object]>([\n    ['a', {}],\n  ])('holds', () => {", true],
    ["  it.each([\n    ['a', b(1)],\n  ])(\n    'holds',\n    () => {", true],
    ["  it.each([\n    ['holds', 1],\n  ])('%s', () => {", false],
    ["it.each(rows)('$title', () => {});\n  { title: 'holds' },", true],
    ["  { title: 'holds' },", false],
    ["  // 'holds'", false],
    ["  expect(title).toBe('holds');", false],
    ["  const rows = table([\n    1,\n  ])('holds');", false],
  ])('take %j for a test of that title: %s', (text, isTest) => {
    expect(hasTitle(text, 'holds')).toBe(isTest);
  });

  it('know the anchors that GitHub makes', () => {
    const headings = '# A `b/{c}` d: e\n## CIBA Core §14\n## Twice\n## Twice\n```\n# no heading\n```\n';
    expect([...anchorsIn(headings)]).toEqual(['a-bc-d-e', 'ciba-core-14', 'twice', 'twice-1']);
  });
});
