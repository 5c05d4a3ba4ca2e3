import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

// The arrows of the house (docs/architecture.md): which layer may import which, and what no layer may do. Everything is
// read from the source text, which Biome formats, so that indentation tells where a function ends.

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['lambdas', 'provider', 'infra', 'local', 'cli', 'bench', 'examples', 'test'];
const SIZED = ['lambdas', 'provider', 'infra', 'local', 'cli'];
const FILE_LIMIT = 250;
const FUNCTION_LIMIT = 40;
/** Nearly all ports stand in one file, because together they say what the outside world is. Comments and types only. */
const LONGER_FILES: Readonly<Record<string, number>> = { 'provider/flows/ports.ts': 270 };
/** What flows need of the world. */
const PORTS = ['provider/flows/ports.ts', 'provider/flows/notifying/ports.ts'];
/** Flows that others share by name. */
const SHARED_FLOWS = ['provider/flows/client/authenticate-client.ts', 'provider/flows/device/authenticate-device.ts'];
/** How things look in the tables, shared by the adapters that read and write them. */
const STORED_FORMS = ['directory-items', 'notification-item', 'request-item'].map(
  (name) => `provider/adapters/dynamodb/forms/${name}.ts`,
);
/** What is not a port, but the half of one that has a test of its own. */
const PARTS = ['provider/adapters/https/public-address.ts'];
/** Rules that need a hash. */
const HASHING_RULES = ['provider/core/digest.ts', 'provider/core/token/tokens.ts'];

type Import = {
  /** A path from the root for a file of ours, else the package's name. */
  readonly target: string;
  /** `import type`: gone at run time. */
  readonly isType: boolean;
};
type Source = { readonly path: string; readonly text: string; readonly imports: readonly Import[] };

/** Source without comments, so that prose never counts as code. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** Every static import, re-export and dynamic import with a literal path. */
function importsOf(path: string, text: string): readonly Import[] {
  const code = withoutComments(text);
  const found = [
    ...code.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?\sfrom\s+['"]([^'"]+)['"]/gm),
    ...code.matchAll(/^import\s+()['"]([^'"]+)['"]/gm),
    ...code.matchAll(/\bimport\(\s*()['"]([^'"]+)['"]/g),
  ];
  return found.map(([, type, specifier = '']) => ({
    target: specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier,
    isType: type !== undefined && type !== '',
  }));
}

const sources: readonly Source[] = globSync(
  [...SOURCES.map((folder) => `${folder}/**/*.{ts,mjs,js}`), '*.{ts,mjs,js}'],
  {
    cwd: ROOT,
  },
)
  .filter((path) => !path.includes('node_modules'))
  .sort()
  .map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });
const below = (...folders: string[]) =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));

/** Each import of these files that the rule does not allow, as `file -> target`. */
function forbidden(files: readonly Source[], allows: (found: Import, from: string) => boolean): readonly string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((found) => !allows(found, path))
      .map(({ target, isType }) => `${path} -> ${isType ? 'type ' : ''}${target}`),
  );
}

/** Each line of code of these files that matches, as `file:line text`. */
function linesWith(files: readonly Source[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

const isIn = (folder: string, { target }: Import) => target.startsWith(`${folder}/`);

describe('the arrows', () => {
  it('core/ imports core/ only, and hashes in two files', () => {
    expect(
      forbidden(
        below('provider/core'),
        (found, from) =>
          isIn('provider/core', found) || (found.target === 'node:crypto' && HASHING_RULES.includes(from)),
      ),
    ).toEqual([]);
  });

  it('flows/ imports core/, types of ports, and the few shared flows', () => {
    expect(
      forbidden(
        below('provider/flows'),
        (found) =>
          isIn('provider/core', found) ||
          (PORTS.includes(found.target) && found.isType) ||
          SHARED_FLOWS.includes(found.target),
      ),
    ).toEqual([]);
  });

  it('http/ imports core/, types of flows/, middy and valibot', () => {
    const packages = ['@middy/core', 'valibot'];
    expect(
      forbidden(
        below('provider/edge'),
        (found) =>
          isIn('provider/edge', found) ||
          isIn('provider/core', found) ||
          (isIn('provider/flows', found) && found.isType) ||
          packages.includes(found.target) ||
          (found.target === 'aws-lambda' && found.isType),
      ),
    ).toEqual([]);
  });

  it('adapters/ imports the SDK, jose, valibot, ipaddr.js, core/ and types of flows/', () => {
    const packages = /^(node:|@aws-sdk\/|jose$|valibot$|ipaddr\.js$)/;
    expect(
      forbidden(
        below('provider/adapters'),
        (found) =>
          packages.test(found.target) ||
          isIn('provider/adapters', found) ||
          isIn('provider/core', found) ||
          (isIn('provider/flows', found) && found.isType),
      ),
    ).toEqual([]);
  });

  it('an adapter imports another only as a type; wiring.ts composes, items are the stored forms, parts have no port', () => {
    expect(
      forbidden(
        below('provider/adapters').filter(({ path }) => path !== 'provider/adapters/wiring.ts'),
        (found) =>
          !isIn('provider/adapters', found) || found.isType || [...STORED_FORMS, ...PARTS].includes(found.target),
      ),
    ).toEqual([]);
  });

  it('a handler imports http/, flows/ and adapters/wiring.ts', () => {
    const handlers = sources.filter(({ path }) => path.startsWith('lambdas/'));
    expect(handlers.length).toBeGreaterThanOrEqual(6);
    expect(
      forbidden(
        handlers,
        (found) =>
          isIn('provider/edge', found) ||
          isIn('provider/flows', found) ||
          found.target === 'provider/adapters/wiring.ts',
      ),
    ).toEqual([]);
  });

  it('local/ and cli/ see only types of the functions: they go through the front door', () => {
    expect(
      forbidden(
        below('local', 'cli'),
        (found) => !['lambdas', 'provider'].some((folder) => isIn(folder, found)) || found.isType,
      ),
    ).toEqual([]);
  });

  it('infra/ names handlers by path and never imports them; of lambdas/ it sees the names of the metrics', () => {
    const isMetricName = ({ target, isType }: Import) => target === 'provider/core/operating/metrics.ts' && isType;
    expect(
      forbidden(
        below('infra'),
        (found) => !['lambdas', 'provider'].some((folder) => isIn(folder, found)) || isMetricName(found),
      ),
    ).toEqual([]);
  });

  it('nothing that is shipped imports tests, benchmarks or examples', () => {
    const shipped = below('lambdas', 'provider', 'infra', 'local', 'cli');
    const apart = ['test', 'bench', 'examples'];
    expect(forbidden(shipped, (found) => !apart.some((folder) => isIn(folder, found)))).toEqual([]);
  });

  it('no file reaches itself through its imports', () => {
    expect(cyclesOf(new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)])))).toEqual(
      [],
    );
  });
});

describe('habits', () => {
  it('there are no barrels', () => {
    expect(sources.filter(({ path }) => /(^|\/)index\.[a-z]+$/.test(path)).map(({ path }) => path)).toEqual([]);
    expect(linesWith(below('lambdas', 'provider'), /^export \* from/)).toEqual([]);
  });

  it('there are no default exports, where no tool demands one', () => {
    const files = sources.filter(({ path }) => path !== 'vitest.config.ts');
    expect(linesWith(files, /^export (default\b|\{[^}]*\bas default\b)/)).toEqual([]);
  });

  it('only adapters/config.ts reads process.env', () => {
    const files = below('lambdas', 'provider').filter(({ path }) => path !== 'provider/adapters/config.ts');
    expect(linesWith(files, /\bprocess\b(?!\.stdout\.write)/)).toEqual([]);
  });

  it('core/ has no clock, no randomness, no I/O: the same arguments give the same answer', () => {
    const impure =
      /\b(Date\b|Math\.random|performance\.|random(Bytes|UUID|Int|FillSync)|getRandomValues|fetch\(|process\b|globalThis|console\.|set(Timeout|Interval|Immediate)\(|async |await |Promise\b|import\()/;
    expect(linesWith(below('provider/core'), impure)).toEqual([]);
  });

  it('flows/ take clock and randomness from their ports', () => {
    const impure =
      /\b(Date\b|Math\.random|performance\.|random(Bytes|UUID|Int)|getRandomValues|fetch\(|console\.|setTimeout\()/;
    expect(linesWith(below('provider/flows'), impure)).toEqual([]);
  });

  it('handlers and flows catch nothing: faults are caught once, at the edge', () => {
    const files = sources.filter(({ path }) => /^(lambdas|provider\/flows)\//.test(path));
    expect(linesWith(files, /\b(try \{|catch\b)/)).toEqual([]);
  });

  it('every export of core/ and flows/ has a doc comment directly above', () => {
    expect(below('provider/core', 'provider/flows').flatMap(({ path, text }) => undocumentedIn(path, text))).toEqual(
      [],
    );
  });
});

describe('size', () => {
  const sized = below(...SIZED);

  it(`a file has at most ${FILE_LIMIT} lines`, () => {
    const long = sized.filter(({ path, text }) => lineCount(text) > (LONGER_FILES[path] ?? FILE_LIMIT));
    expect(long.map(({ path, text }) => `${path}: ${lineCount(text)}`)).toEqual([]);
  });

  it(`a function has at most ${FUNCTION_LIMIT} lines`, () => {
    const long = sized.flatMap(({ path, text }) =>
      functionsOf(text)
        .filter(({ lines }) => lines > FUNCTION_LIMIT)
        .map(({ line, lines }) => `${path}:${line}: ${lines} lines`),
    );
    expect(long).toEqual([]);
  });
});

// The detectors themselves: what they must see, or the tests above would pass for nothing.

describe('the detectors', () => {
  it('read the files', () => {
    expect(below('provider/core').length).toBeGreaterThan(20);
    expect(below('provider/edge').length).toBeGreaterThan(10);
    expect(below('provider/adapters').length).toBeGreaterThan(15);
    expect(below('local').length).toBeGreaterThan(10);
    expect(below('infra').length).toBeGreaterThan(0);
  });

  it('find every form of import, and none in a comment', () => {
    const text = [
      "import { a,\n  b } from './a.ts';",
      "import type { C } from '../c.ts';",
      "import { type D } from './d.ts';",
      "import './e.ts';",
      "export { f } from './f.ts';",
      "import * as g from 'node:g';",
      "const h = await import('./h.ts');",
      "// import { x } from './x.ts';",
      "/*\nimport { y } from './y.ts';\n*/",
    ].join('\n');
    expect(importsOf('one/two/file.ts', text)).toEqual([
      { target: 'one/two/a.ts', isType: false },
      { target: 'one/c.ts', isType: true },
      { target: 'one/two/d.ts', isType: false },
      { target: 'one/two/f.ts', isType: false },
      { target: 'node:g', isType: false },
      { target: 'one/two/e.ts', isType: false },
      { target: 'one/two/h.ts', isType: false },
    ]);
  });

  it('resolve every import of ours to a file that exists', () => {
    const known = new Set(sources.map(({ path }) => path));
    const ours = below('lambdas', 'provider', 'infra').flatMap(({ imports }) =>
      imports.filter(({ target }) => isIn('provider', { target, isType: false })),
    );
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.filter(({ target }) => !known.has(target))).toEqual([]);
  });

  it('find cycles', () => {
    expect(
      cyclesOf(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b -> c -> b']);
    expect(
      cyclesOf(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([]);
  });

  it('find exports without a comment', () => {
    const text = '/** Yes. */\nexport const a = 1;\nexport type B = 1;\n\n/** Yes. */\n\nexport function c() {}\n';
    expect(undocumentedIn('x.ts', text)).toEqual(['x.ts:3: export type B = 1;', 'x.ts:7: export function c() {}']);
  });

  it('measure functions, methods and arrows, and no other blocks', () => {
    const text = [
      'export async function one(',
      '  a: string,',
      '): Promise<void> {',
      '  if (',
      '    a',
      '  ) {',
      '    two();',
      '  }',
      '}',
      'class C {',
      '  static #three(a: string): void {',
      '    for (const b of a) {',
      '      b;',
      '    }',
      '  }',
      '}',
      'const four = () => {',
      '  four();',
      '};',
      'const five = {',
      '  six: 1,',
      '};',
    ].join('\n');
    expect(functionsOf(text)).toEqual([
      { line: 1, lines: 9 },
      { line: 11, lines: 5 },
      { line: 17, lines: 3 },
    ]);
  });
});

function lineCount(text: string): number {
  return text.trimEnd().split('\n').length;
}

function undocumentedIn(path: string, text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const isExport = /^export (type|interface|const|async function|function|class)\b/.test(line);
    // Further overloads of a function share the comment of the first.
    const documented = lines[index - 1]?.trimEnd().endsWith('*/') === true;
    return isExport && !documented ? [`${path}:${index + 1}: ${line}`] : [];
  });
}

/** The functions of a formatted source, by indentation: from the line of the name to the closing brace. */
function functionsOf(text: string): readonly { readonly line: number; readonly lines: number }[] {
  const lines = text.split('\n');
  const indentOf = (line: string) => line.length - line.trimStart().length;
  return lines.flatMap((line, index) => {
    if (!/\{$/.test(line.trimEnd())) return [];
    const indent = indentOf(line);
    const start = /^\s*[)}\]].*\{$/.test(line)
      ? lines.findLastIndex((above, at) => at < index && indentOf(above) === indent && /\w/.test(above))
      : index;
    const opening = lines[start] ?? '';
    if (!opensFunction(opening, line)) return [];
    const end = lines.findIndex((further, at) => at > index && indentOf(further) === indent && /^\s*\}/.test(further));
    return [{ line: start + 1, lines: end - start + 1 }];
  });
}

function opensFunction(opening: string, last: string): boolean {
  const isOtherBlock =
    /^\s*(\} )?(else|if|for|while|switch|try|catch|finally|do|case|default|class|export class|return \{)\b/;
  if (/=> \{$/.test(last)) return true;
  if (isOtherBlock.test(opening)) return false;
  if (/\bfunction\b/.test(opening)) return true;
  const isMethod = /^\s+(?:static |async |get |set |override |private |\*)*[#\w[\]'.]+(?:<.*>)?\(/.test(opening);
  return isMethod && /\)(?:: .*)? \{$/.test(last);
}

/** The cycles of a graph, each once, from its first node in order. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cycles = new Set<string>();
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(node);
    if (seenAt >= 0) cycles.add([...trail.slice(seenAt), node].join(' -> '));
    if (seenAt >= 0 || done.has(node)) return;
    for (const target of graph.get(node) ?? []) visit(target, [...trail, node]);
    done.add(node);
  };
  for (const node of [...graph.keys()].sort()) visit(node, []);
  return [...cycles];
}
