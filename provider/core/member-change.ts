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

/** A member that a change made another, as the audit trail has it. Values are there only where they may be kept. */
export type ChangedMember = { readonly member: string; readonly before?: unknown; readonly after?: unknown };

/** What the audit trail has of each member of a record: its name alone, or also its values before and after. */
export type Audited = Readonly<Record<string, 'name' | 'values'>>;

/**
 * Returns the members that differ between two versions of a record. A member that `audited` does not name has no values
 * in the result.
 */
export function changedMembers(before: object, after: object, audited: Audited): readonly ChangedMember[] {
  const earlier = new Map<string, unknown>(Object.entries(before));
  const later = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .filter((member) => sortedJson(earlier.get(member)) !== sortedJson(later.get(member)))
    .map((member) =>
      audited[member] === 'values' ? { member, before: earlier.get(member), after: later.get(member) } : { member },
    );
}

/** Writes a value as JSON with the members of each object in order, so that equal values have equal texts. */
function sortedJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
