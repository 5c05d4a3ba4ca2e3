import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

// The source text of the project, as the architecture tests read it. Biome formats it, so indentation shows where a
// function ends.

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['lambdas', 'provider', 'infra', 'local', 'cli', 'release', 'bench', 'examples', 'test'];

/** An import of a file. */
export type Import = {
  /** The path from the root for a file of this project, otherwise the name of the package. */
  readonly target: string;
  /** Whether it is `import type`, which has no effect at run time. */
  readonly isType: boolean;
};
/** A source file with its imports. */
export type Source = { readonly path: string; readonly text: string; readonly imports: readonly Import[] };

/** Returns source without comments, so that prose does not count as code. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** Returns every static import, re-export, dynamic import and `require` with a literal path. */
export function importsOf(path: string, text: string): readonly Import[] {
  const code = withoutComments(text);
  const found = [
    ...code.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?\sfrom\s+['"]([^'"]+)['"]/gm),
    ...code.matchAll(/^import\s+()['"]([^'"]+)['"]/gm),
    ...code.matchAll(/\bimport\(\s*()['"]([^'"]+)['"]/g),
    ...code.matchAll(/\bcreateRequire\(import\.meta\.url\)\(()['"]([^'"]+)['"]/g),
  ];
  return found.map(([, type, specifier = '']) => ({
    target: specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier,
    isType: type !== undefined && type !== '',
  }));
}

export const sources: readonly Source[] = globSync(
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
/** Returns the files under some folders. */
export const below = (...folders: string[]) =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));

/** Returns each line of code in these files that matches, as `path: line`. */
export function linesWith(files: readonly Source[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

type File = { readonly path: string; readonly text: string };

const importedBy = new WeakMap<object, ReadonlySet<string>>();

/** Returns what a file imports, each as `path name`. Whatever takes a file as a whole imports its name `*`. */
function importedNamesOf(file: File): ReadonlySet<string> {
  const known = importedBy.get(file);
  if (known) return known;
  const code = withoutComments(file.text);
  const from = (specifier: string) => posix.join(dirname(file.path), specifier);
  const lists = [...code.matchAll(/^(?:import|export)\s+(?:type\s)?([^;'"]*?)\sfrom\s+['"](\.[^'"]+)['"]/gm)];
  // An import in a doc comment is how JavaScript names a type.
  const wholes = [...file.text.matchAll(/\bimport\(\s*['"](\.[^'"]+)['"]\s*\)(?:\.(\w+))?/g)];
  const imported = new Set([
    ...lists.flatMap(([, names = '', specifier = '']) => namesIn(names).map((name) => `${from(specifier)} ${name}`)),
    ...wholes.map(([, specifier = '', name = '*']) => `${from(specifier)} ${isType(name) ? name : '*'}`),
  ]);
  importedBy.set(file, imported);
  return imported;
}

const isType = (name: string) => /^[A-Z]/.test(name);

/** Returns the names between `import` and `from`, as the other file calls them. */
function namesIn(list: string): readonly string[] {
  if (!list.includes('{')) return ['*'];
  return list
    .slice(list.indexOf('{') + 1, list.lastIndexOf('}'))
    .split(',')
    .map(
      (name) =>
        name
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0] ?? '',
    )
    .filter((name) => name !== '');
}

/**
 * Returns the exported values and types that no other of these files imports. A type needs no import if the signature
 * of another export of its own file names it: callers then use it without its name.
 */
export function unusedIn(path: string, text: string, files: readonly File[]): readonly string[] {
  const exports = exportsOf(text);
  const isInSignature = ({ name, kind }: Export) => {
    const word = new RegExp(`\\b${name}\\b`);
    return TYPES.includes(kind) && exports.some((other) => other.name !== name && word.test(other.signature));
  };
  return notImported(path, text, files)
    .filter((one) => !isInSignature(one))
    .map(({ name }) => `${path}: ${name}`);
}

/** Returns the exported values that no other of these files imports and that their own file does not use either. */
export function unaskedIn(path: string, text: string, files: readonly File[]): readonly string[] {
  const code = withoutComments(text);
  const isAsked = ({ name }: Export) => (code.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) > 1;
  return notImported(path, text, files)
    .filter((one) => !TYPES.includes(one.kind) && !isAsked(one))
    .map(({ name }) => `${path}: ${name}`);
}

const TYPES = ['type', 'interface'];

function notImported(path: string, text: string, files: readonly File[]): readonly Export[] {
  const others = files.filter((file) => file.path !== path).map(importedNamesOf);
  return exportsOf(text).filter(
    ({ name }) => !others.some((names) => names.has(`${path} ${name}`) || names.has(`${path} *`)),
  );
}

type Export = { readonly kind: string; readonly name: string; readonly signature: string };

/** Returns the exports of a formatted source. The signature of a function ends where its body begins. */
function exportsOf(text: string): readonly Export[] {
  const code = withoutComments(text);
  const starts = [
    ...code.matchAll(/^export (?:async |abstract )*(const|let|function\*?|class|type|interface|enum) (\w+)/gm),
  ];
  return starts.map((start) => {
    const [, kind = '', name = ''] = start;
    // The lines of a declaration after the first are indented, or begin with what closes a bracket.
    const [declaration = ''] = /^.*(?:\n(?:[ \t)}\]].*|))*/.exec(code.slice(start.index)) ?? [];
    const [head] = kind.startsWith('function') ? (/^[\s\S]*?^(?=\S).*\)(?:: .*)? \{$/m.exec(declaration) ?? []) : [];
    return { kind, name, signature: head ?? declaration };
  });
}

export function lineCount(text: string): number {
  return text.trimEnd().split('\n').length;
}

export function undocumentedIn(path: string, text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const isExport = /^export (type|interface|const|async function|function|class)\b/.test(line);
    // Further overloads of a function share the comment of the first.
    const documented = lines[index - 1]?.trimEnd().endsWith('*/') === true;
    return isExport && !documented ? [`${path}:${index + 1}: ${line}`] : [];
  });
}

/** Returns the functions of a formatted source, by indentation: from the line with the name to the closing brace. */
export function functionsOf(text: string): readonly { readonly line: number; readonly lines: number }[] {
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

/** Returns the cycles of a graph, each once, starting at its first node in order. */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
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

/**
 * Returns the parameter lists of functions and methods with more than three parameters. A fourth parameter is allowed
 * if it is an object: it is destructured, or has an object as its default.
 */
export function longParameterLists(text: string): readonly string[] {
  const code = withoutComments(text);
  const starts = [
    ...code.matchAll(/\bfunction\b[^(]*\(/g),
    ...code.matchAll(/^ +(?:static |async |private )*#?\w+(?:<[^>]*>)?\((?=[^)]*\)[^;]*\{$)/gm),
    ...code.matchAll(/= (?:async )?\((?=[\s\S]{0,400}?\)[^;{]*=> )/g),
  ].map((match) => match.index + match[0].length);
  const lists = starts.map((start) => splitParameters(code.slice(start)));
  return lists
    .filter((list) => list.length > 4 || (list.length === 4 && !/^\{|= \{\}$/.test(list[3] ?? '')))
    .map((list) => list.join(', '));
}

/** Returns the parameters of a list up to its closing bracket, each with its type. */
function splitParameters(text: string): readonly string[] {
  const parameters: string[] = [];
  let depth = 0;
  let current = '';
  for (const [index, character] of [...text].entries()) {
    const closes = ')]}'.includes(character) || (character === '>' && text[index - 1] !== '=');
    if (depth === 0 && character === ')') break;
    if ('([{<'.includes(character)) depth += 1;
    if (closes) depth -= 1;
    if (depth === 0 && character === ',') {
      parameters.push(current.trim());
      current = '';
    } else current += character;
  }
  return [...parameters, current.trim()].filter((parameter) => parameter !== '');
}
