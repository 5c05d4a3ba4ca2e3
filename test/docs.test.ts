import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
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

/** The cells of the column "shown by", over all tables of a page. */
function shownByCells(markdown: string): readonly string[] {
  let column = -1;
  return markdown.split('\n').flatMap((line) => {
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
  if (!existsSync(join(root, file))) return false;
  const text = read(file);
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
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

describe('tables made from code', () => {
  it.each(pagesWithTables)('%s has them as `npm run docs` writes them', (page) => {
    const upToDate = withTables(page, read(page)) === read(page);
    expect(upToDate ? 'up to date' : `${page} is not: run npm run docs`).toBe('up to date');
  });

  it('name every member of client metadata', () => {
    for (const page of pagesWithTables) expect(read(page)).toContain('| `only_sub` |');
  });
});

describe('docs/security.md', () => {
  const cells = shownByCells(read('docs/security.md'));

  it('says of every threat which test shows the measure, or that none does', () => {
    expect(cells.length).toBeGreaterThan(50);
    const unread = cells.map((cell) => cell.replaceAll(CITATION, '').replaceAll('; ', ''));
    expect(unread.filter((rest) => rest !== '' && rest !== 'no test')).toEqual([]);
    expect(cells.filter((cell) => cell === '')).toEqual([]);
  });
});

describe('docs/device-api.md', () => {
  it('says of every detail what it means', () => {
    const details = { issuer: '', clientId: '', clientName: '', sub: '', requestId: '', expiresAt: 0 };
    const { bytes } = freezeDetails({
      ...details,
      bindingMessage: 'x',
      scopes: [],
      audience: [],
    } satisfies Whole<RequestDetails>);
    const cells = read('docs/device-api.md').matchAll(/^\| ([^|]*) \|/gm);
    const explained = [...cells].map(([, cell = '']) => cell).join(' ');
    const names = Object.keys(JSON.parse(Buffer.from(bytes).toString()));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the checks of this file', () => {
  it('find a link, a heading, a path and a title that are not there', () => {
    expect(brokenLink('docs/security.md', 'nowhere.md')).toContain('no file');
    expect(brokenLink('docs/security.md', '#no-such-heading')).toContain('no heading');
    expect(brokenLink('docs/security.md', '../../outside.md')).toContain('no file');
    expect(pathsIn('`core/nothing.ts`, `application/json`, `lambdas/*.ts`')).toEqual([
      'provider/core/nothing.ts',
      'lambdas/*.ts',
    ]);
    expect(isThere('provider/core/nothing.ts')).toBe(false);
    expect(hasTest({ file: 'test/docs.test.ts', title: 'no such' + ' title' })).toBe(false);
  });

  it('know the anchors that GitHub makes', () => {
    const headings = '# A `b/{c}` d: e\n## CIBA Core §14\n## Twice\n## Twice\n```\n# no heading\n```\n';
    expect([...anchorsIn(headings)]).toEqual(['a-bc-d-e', 'ciba-core-14', 'twice', 'twice-1']);
  });
});
