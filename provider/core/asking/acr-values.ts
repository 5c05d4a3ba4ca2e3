import type { AcrRule } from '../deciding/acr-rule.ts';
import { ok, type Result, refuse } from '../result.ts';

/** A class that can stand in a list separated by spaces: printable ASCII. */
const ACR_VALUE = /^[\x21-\x7E]{1,255}$/;
/** Most classes that one request may ask for: as many as a policy may have. */
const ACR_VALUES_LIMIT = 20;

/** Returns the classes of a policy for which clients can ask, each once. */
export function classesToAskFor(policy: readonly AcrRule[]): readonly string[] {
  return [...new Set(policy.map(({ acr }) => acr))].filter((acr) => ACR_VALUE.test(acr));
}

/**
 * Reads `acr_values`, a list separated by spaces, in order of preference (CIBA §7.1). The order is kept and duplicates
 * are dropped.
 */
export function parseAcrValues(list: string | undefined): Result<readonly string[]> {
  if (list === undefined) return ok([]);
  const values = list.split(' ');
  return values.length <= ACR_VALUES_LIMIT && values.every((value) => ACR_VALUE.test(value))
    ? ok([...new Set(values)])
    : refuse({
        reason: 'invalid_parameter',
        name: 'acr_values',
        expected: `up to ${ACR_VALUES_LIMIT} values of at most 255 printable ASCII characters, separated by single spaces`,
      });
}
