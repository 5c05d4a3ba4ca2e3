/** A value as one line that can't steer the terminal: control and format characters are replaced. */
export function plainLine(value: unknown): string {
  return String(value).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** Names and values in two columns; a value of several lines goes on below itself, an absent one is left out. */
export function fieldList(fields: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((line, index) =>
        `${(index === 0 ? name : '').padEnd(width)}  ${plainLine(line)}`.trimEnd(),
      ),
    )
    .join('\n');
}

/** Rows under headings, in columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => plainLine(cell ?? '-')));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]))));
  return lines
    .map((line) => line.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Words broken into lines of at most 100 characters, each indented. */
export function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length + 1 <= 100 - indent) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** An instant for people, in UTC. */
export function instant(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

function widthOf(cell = ''): number {
  return [...cell].length;
}
