import type { Refusal } from './refusal.ts';

/** The result of a rule: a value, or a refusal with its reason. Refusals are values; only faults are thrown. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** The rule holds. `value` is what the rule found out. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** The rule does not hold. */
export function refuse(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
