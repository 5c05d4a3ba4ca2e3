/**
 * Returns what a name looks like: its skeleton (Unicode TS 39 §4), without regard to case. Two names with the same
 * skeleton look alike. It is for comparing only and never shown.
 *
 * The table of 77 KB is loaded at the first call, because only creations and changes of clients need it.
 */
export async function nameSkeleton(name: string): Promise<string> {
  const { default: confusables } = await import('unhomoglyph/data.json', { with: { type: 'json' } });
  const table: Readonly<Record<string, string | undefined>> = confusables;
  const skeletonOf = (text: string) =>
    [...text.normalize('NFD')]
      .map((character) => table[character] ?? character)
      .join('')
      .normalize('NFD');
  // Letters that look alike in one case may not in the other, so the skeleton is made before and after. A capital I
  // looks like an l and is an i in the other case, so all three are one.
  return skeletonOf(skeletonOf(name).toLowerCase()).replaceAll('i', 'l');
}
