/** Chooses by a number, whatever there is. Undefined if there is nothing. */
export function pick<One>(from: readonly One[], index: number): One | undefined {
  return from[index % Math.max(1, from.length)];
}

/** Chooses by a number; 0 is the last one. */
export function latest<One>(from: readonly One[], index: number): One | undefined {
  return from.at(-1 - (index % Math.max(1, from.length)));
}
