import { isToned, paint } from './colour.ts';

/** The widest line that is easy to read. */
const WIDEST = 100;
/** The narrowest terminal that texts are laid out for. */
const NARROWEST = 40;

/** What a text is laid out for: a terminal with so many columns, or no terminal. */
type Window = { readonly isTTY?: boolean; readonly columns?: number };
/** What is between two columns. */
const GAP = '  ';

/** Returns how long lines of text may be: as the terminal is wide, but no longer than is easy to read. */
export function lineWidth({ isTTY, columns }: Window = process.stdout): number {
  return isTTY && columns ? Math.max(NARROWEST, Math.min(WIDEST, columns)) : WIDEST;
}

/** Makes a value one line of text. Replaces control and format characters, so that it can't control the terminal. */
export function plainLine(value: unknown): string {
  return String(value).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** Does the same with each line of a text. */
export function plainText(text: string): string {
  return text.split('\n').map(plainLine).join('\n');
}

/** A value that somebody typed, in quotation marks and on one line. */
export function quoted(value: string): string {
  return `"${plainLine(value)}"`;
}

/** Lays out names and values in two columns. An array fills several lines; an undefined value is left out. */
export function fieldList(fields: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((line, index) =>
        `${(index === 0 ? name : '').padEnd(width)}  ${painted(line)}`.trimEnd(),
      ),
    )
    .join('\n');
}

/**
 * Lays out rows under headings, in columns as wide as their widest cell. Where a terminal is too narrow for that, each
 * row is a list of its fields, so that no id is broken and all can be copied.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly unknown[])[],
  { isTTY, columns = 0 }: Window = process.stdout,
): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(plainCell(line[column])))));
  const whole = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  if (isTTY && columns > 0 && whole > columns && rows.length > 0)
    return rows.map((row) => fieldList(Object.fromEntries(headings.map((name, at) => [name, row[at]])))).join('\n\n');
  const padded = (cell: unknown, column: number) =>
    painted(cell) + ' '.repeat((widths[column] ?? 0) - widthOf(plainCell(cell)));
  return lines.map((line) => line.map(padded).join(GAP).trimEnd()).join('\n');
}

function plainCell(cell: unknown): string {
  return plainLine(isToned(cell) ? cell.text : (cell ?? '-'));
}

function painted(cell: unknown): string {
  return isToned(cell) ? paint(cell.tone, plainCell(cell)) : plainCell(cell);
}

/** Breaks a text into lines of at most `width` characters, and indents each after the first. */
export function wrap(text: string, indent: number, width = lineWidth()): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length + 1 <= width - indent) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** Formats an instant in UTC, to the second, for people. */
export function instant(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function widthOf(cell = ''): number {
  return [...cell].length;
}
