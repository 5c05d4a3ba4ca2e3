import type { Refusal } from './refusal.ts';
import { ok, type Result, refuse } from './result.ts';

/**
 * A decoded form: every parameter with all its values, in order. Empty values are dropped, because an empty parameter
 * counts as absent (RFC 6749 §3.1).
 */
export type FormParameters = ReadonlyMap<string, readonly string[]>;

/** Returns the value of a parameter, or undefined. Call it after {@link checkNoRepeats}. */
export function single(form: FormParameters, name: string): string | undefined {
  return form.get(name)?.[0];
}

/** Refuses a repeated parameter (RFC 6749 §3.2), except those that are named here (`resource`, RFC 8707 §2). */
export function checkNoRepeats(form: FormParameters, except?: readonly string[]): Result<FormParameters> {
  for (const [name, values] of form) {
    if (values.length > 1 && !except?.includes(name)) {
      const refusal: Refusal = { reason: 'repeated_parameter', name };
      return refuse(refusal);
    }
  }
  return ok(form);
}

/** A reader for each member. It reads one parameter, or one value that several parameters make up. */
type Readers<Parameters, Policy> = {
  readonly [Name in keyof Parameters]: (form: FormParameters, policy: Policy) => Result<Parameters[Name]>;
};

/** Reads a form with one reader for each member, in their order, and stops at the first refusal. */
export function readParameters<Parameters extends object, Policy>(
  readers: Readers<Parameters, Policy>,
  form: FormParameters,
  policy: Policy,
): Result<Parameters> {
  const parameters: Partial<Parameters> = {};
  for (const name in readers) {
    const value = readers[name](form, policy);
    if (!value.ok) return value;
    parameters[name] = value.value;
  }
  // Every member has its reader, so every member is there.
  return ok(parameters as Parameters);
}
