import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

// The source text of the project, as the architecture tests read it. Biome formats it, so indentation shows where a
// function ends.

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['lambdas', 'provider', 'infra', 'local', 'cli', 'bench', 'examples', 'test'];

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
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** Returns every static import, re-export and dynamic import with a literal path. */
export function importsOf(path: string, text: string): readonly Import[] {
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

const codeOf = new WeakMap<object, string>();

/** Returns the exported values that no other place in these files mentions. */
export function unusedIn(
  path: string,
  text: string,
  files: readonly { readonly path: string; readonly text: string }[],
): readonly string[] {
  const code = files.map((file) => {
    const known = codeOf.get(file) ?? withoutComments(file.text);
    codeOf.set(file, known);
    return { path: file.path, code: known };
  });
  const names = [...text.matchAll(/^export (?:const|async function|function|class) (\w+)/gm)];
  return names
    .map(([, name = '']) => name)
    .filter((name) => {
      const word = new RegExp(`\\b${name}\\b`, 'g');
      return code.reduce((count, file) => count + (file.code.match(word)?.length ?? 0), 0) === 1;
    })
    .map((name) => `${path}: ${name}`);
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

export function opensFunction(opening: string, last: string): boolean {
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
