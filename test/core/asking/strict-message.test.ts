import { describe, expect, it } from 'vitest';
import { checkBindingMessage } from '../../../provider/core/asking/binding-message.ts';
import { refusalOf, valueFrom } from '../given.ts';

const strict = (message: string) => checkBindingMessage(message, { strict: true });

/** Messages that may be shown, and yet deceive the reader. */
const DECEPTIVE: readonly (readonly [why: string, message: string, expected: string])[] = [
  ['a name in two scripts', 'H\u0430rbor B\u0430nk', 'in one script'],
  ['digits beside a script from right to left', 'Pay \u05D0 1000 - 5', 'in one script'],
  ['digits in a message from right to left', '\u05D0\u05D1 1000 - 5', 'without digits from right to left'],
  ['a dot that is none', 'Pay 1\u2024000', 'in plain characters'],
  ['raised digits', 'Pay 10\u2070\u2070', 'in plain characters'],
  ['digits of another script', 'Pay \u0661\u0662', 'with the digits 0 to 9 alone'],
  ['letters that are struck through', 'N\u0336O\u0336', 'with one mark on a letter'],
  ['two marks on a letter', '\u1EA1\u0301', 'with one mark on a letter'],
  ['a phone number', 'Call +49 900 1234567', 'without a number of 7 or more digits'],
  ['a phone number in groups', 'Call (555) 123-4567', 'without a number of 7 or more digits'],
  ['a web address', 'see https://evil.example/x', 'without a web address'],
  ['a web address without its scheme', 'see evil.example', 'without a web address'],
];

describe('a strict binding message', () => {
  it.each(DECEPTIVE)('is refused with %s, which a standard message may have', (_why, message, expected) => {
    expect(valueFrom(checkBindingMessage(message))).toBe(message);
    expect(refusalOf(strict(message))).toEqual({ reason: 'invalid_binding_message', expected });
  });

  it.each([
    ['an order', 'Order 4711'],
    ['an amount', 'Pay 1.000,50 \u20AC to Harbor Bank'],
    ['accents', 'Payer \u00E0 l\u2019h\u00F4tel'],
    ['German', '\u00DCberweisung an M\u00FCller: 12,30 EUR'],
    ['Greek', '\u03A0\u03BB\u03B7\u03C1\u03C9\u03BC\u03AE 12'],
    ['Japanese, which has three scripts', '\u6CE8\u6587\u306E\u78BA\u8A8D \u30AB\u30FC\u30C9 12'],
    ['Hindi', '\u092D\u0941\u0917\u0924\u093E\u0928 12'],
    ['Hebrew without digits', '\u05D0\u05D9\u05E9\u05D5\u05E8'],
    ['Vietnamese', 'X\u00E1c nh\u1EADn 12'],
    ['Thai, with two marks on a letter', '\u0E17\u0E35\u0E48 12'],
    ['digits alone', '4711'],
  ])('may be %s', (_what, message) => {
    expect(valueFrom(strict(message))).toBe(message);
  });
});
