/** A change to the members of `T`: an absent member stays as it is, null removes it. */
export type MemberChange<T> = { readonly [Member in keyof T]?: T[Member] | null | undefined };

/** Applies a change to a record of optional members. The code that reads the result must check the required members. */
export function applyChange<T extends object>(
  before: T,
  change: MemberChange<T>,
): { readonly [Member in keyof T]?: T[Member] } {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const after = Object.entries({ ...before, ...Object.fromEntries(given) }).filter(([, value]) => value !== null);
  return Object.fromEntries(after) as { readonly [Member in keyof T]?: T[Member] };
}
