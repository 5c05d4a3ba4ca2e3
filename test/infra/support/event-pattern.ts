import type { Value } from './synthesized.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Whether EventBridge hands an event to a rule with this pattern, as far as our patterns go. Operators that it does not
 * know are an error, never a yes.
 */
export function matchesPattern(pattern: Value, event: unknown): boolean {
  return Object.entries(pattern as Record<string, Value>).every(([name, wanted]) => {
    if (name === '$or') return (wanted as Value[]).some((one) => matchesPattern(one, event));
    const found = valuesAt(event, name);
    if (!Array.isArray(wanted)) return (found.length > 0 ? found : [{}]).some((one) => matchesPattern(wanted, one));
    return wanted.some((one: Value) => matchesValue(one, found));
  });
}

/** The values of a member. Each element of an array counts as a value of its own. */
function valuesAt(event: unknown, name: string): unknown[] {
  return [event]
    .flat()
    .flatMap((one) => (typeof one === 'object' && one !== null && name in one ? [(one as Json)[name]].flat() : []));
}

function matchesValue(wanted: Value, found: readonly unknown[]): boolean {
  if (typeof wanted === 'string') return found.includes(wanted);
  const [[operator, operand] = []] = Object.entries(wanted as Record<string, Value>);
  switch (operator) {
    case 'exists':
      return found.length > 0 === operand;
    // Without the member there is nothing that could be anything else.
    case 'anything-but':
      return found.some((value) => !operand.includes(value));
    case 'prefix':
      return found.some((value) => String(value).startsWith(operand));
    case 'wildcard': {
      const [start, middle, end] = operand.split('*');
      if (start !== '' || end !== '') throw new Error(`no rule for the wildcard ${operand}`);
      return found.some((value) => String(value).includes(middle));
    }
    default:
      throw new Error(`no rule for ${operator}`);
  }
}
