/** The members of `T` to change: absent ones stay, null takes one out. */
export type MemberChange<T> = { readonly [Member in keyof T]?: T[Member] | null | undefined };

/** Applies a change to a record of optional members. Members that must be there are checked by whoever reads the result. */
export function applyChange<T extends object>(
  before: T,
  change: MemberChange<T>,
): { readonly [Member in keyof T]?: T[Member] } {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const after = Object.entries({ ...before, ...Object.fromEntries(given) }).filter(([, value]) => value !== null);
  return Object.fromEntries(after) as { readonly [Member in keyof T]?: T[Member] };
}
