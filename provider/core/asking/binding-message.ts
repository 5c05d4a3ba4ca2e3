import { isDisplayable } from '../display-text.ts';
import { ok, type Result, refuse } from '../result.ts';
import { unicodePattern } from '../unicode-pattern.ts';
import { brokenRule } from './strict-message.ts';

/**
 * Longest binding message in code points. A person can read it at a glance on a phone, and Auth0 has the same limit.
 */
export const BINDING_MESSAGE_LIMIT = 64;

/** Which messages are accepted: those that can be shown safely, or only those that can hardly deceive. */
export type BindingMessages = 'standard' | 'strict';

/** A run of white space: spaces of any width, tabs and line breaks. */
const whiteSpace = unicodePattern(String.raw`\p{White_Space}+`, 'g');

/** Makes an operator's pattern match the whole binding message. Throws if it is not a valid regular expression. */
export function wholeMessagePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

/**
 * Reads the binding message, which both devices show so that the user can compare them (CIBA §7.1). First each run of
 * white space becomes one space, and none at either end: texts by language models have line breaks, and pages show them
 * so. All that follows is about the text that the user will see. A message that cannot be shown safely is refused with
 * `invalid_binding_message` (CIBA §13). `display-text.ts` defines the accepted characters. `narrowerSet` is an
 * operator's own pattern for the whole text. `strict` adds the rules of `strict-message.ts`.
 */
export function checkBindingMessage(
  sent: string,
  { narrowerSet, strict }: { narrowerSet?: RegExp | undefined; strict?: boolean } = {},
): Result<string> {
  // Not by trim(), which also takes a byte order mark away: a character that nobody sees is refused.
  const message = sent.replace(whiteSpace(), ' ').replace(/^ | $/g, '');
  if (!isDisplayable(message, BINDING_MESSAGE_LIMIT)) {
    return refuse({
      reason: 'invalid_binding_message',
      expected: `1 to ${BINDING_MESSAGE_LIMIT} letters, digits, punctuation, currency signs, plus or spaces in NFC`,
    });
  }
  if (narrowerSet && !narrowerSet.test(message)) {
    return refuse({ reason: 'invalid_binding_message', expected: 'the characters that this provider accepts' });
  }
  const expected = strict ? brokenRule(message) : undefined;
  return expected === undefined ? ok(message) : refuse({ reason: 'invalid_binding_message', expected });
}
