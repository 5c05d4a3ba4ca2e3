import { isDisplayable } from '../display-text.ts';
import { ok, type Result, refuse } from '../result.ts';

/** Longest binding message in code points: fits one glance at a phone, and is Auth0's limit too. */
export const BINDING_MESSAGE_LIMIT = 64;

/** An operator's pattern, which a binding message must match as a whole. Throws if it is no regular expression. */
export function wholeMessagePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

/**
 * The binding message is shown on both devices so that the person can compare (CIBA §7.1). What can't be shown safely
 * is refused with `invalid_binding_message` (CIBA §13). Which characters: `display-text.ts`. `narrowerSet` is an operator's own pattern for the whole text.
 */
export function checkBindingMessage(message: string, narrowerSet?: RegExp): Result<string> {
  if (!isDisplayable(message, BINDING_MESSAGE_LIMIT)) {
    return refuse({
      reason: 'invalid_binding_message',
      expected: `1 to ${BINDING_MESSAGE_LIMIT} letters, digits, punctuation, currency signs, plus or spaces in NFC`,
    });
  }
  if (narrowerSet && !narrowerSet.test(message)) {
    return refuse({ reason: 'invalid_binding_message', expected: 'the characters that this provider accepts' });
  }
  return ok(message);
}
