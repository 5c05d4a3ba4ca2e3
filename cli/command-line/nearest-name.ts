/** Returns the name that was probably meant, or undefined if none is similar. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(typed, name) }))
    .filter(({ name }) => isNear(typed, name))
    .sort((a, b) => a.distance - b.distance);
  if (best || typed.length <= 2) return best?.name;
  const byWord = (holds: (word: string) => boolean) => names.find((name) => name.split('-').some(holds));
  return byWord((word) => word.startsWith(typed)) ?? byWord((word) => word.length > 3 && isNear(typed, word));
}

/** Whether at most every third letter differs. */
function isNear(typed: string, name: string): boolean {
  return distanceOf(typed, name) <= Math.max(1, Math.floor(Math.min(typed.length, name.length) / 3));
}

/**
 * Counts the insertions, deletions, substitutions and swaps of neighbouring letters between two words (optimal string
 * alignment).
 */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = cell(rows, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? cell(rows, i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
    rows.push(row);
  }
  return cell(rows, a.length, b.length);
}

function cell(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
}
