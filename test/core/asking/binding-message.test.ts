import { describe, expect, it } from 'vitest';
import {
  BINDING_MESSAGE_LIMIT,
  checkBindingMessage,
  wholeMessagePattern,
} from '../../../provider/core/asking/binding-message.ts';
import { cpuMilliseconds } from '../../support/cpu-time.ts';
import { refusalOf } from '../given.ts';

const NOT_SHOWABLE = {
  reason: 'invalid_binding_message',
  expected: '1 to 64 letters, digits, punctuation, currency signs, plus or spaces in NFC',
};

describe('binding_message (CIBA §7.1)', () => {
  it.each([
    '1234',
    'W4SCT',
    'Pay 49.90 € to Müller & Söhne?',
    'ABC +-_.,:# 123',
    'Überweisung 1.000,00 CHF',
    '轉帳 500 元',
    'דחוף 12',
    'ประตู 7',
  ])('accepts %s as it is', (message) => {
    expect(checkBindingMessage(message)).toEqual({ ok: true, value: message });
  });

  it.each([...'+-_.,:# '])('accepts each sign that Auth0 accepts: "%s"', (sign) => {
    expect(checkBindingMessage(`A${sign}1`)).toEqual({ ok: true, value: `A${sign}1` });
  });

  it('accepts 64 code points and refuses 65', () => {
    expect(BINDING_MESSAGE_LIMIT).toBe(64);
    expect(checkBindingMessage('a'.repeat(64)).ok).toBe(true);
    expect(refusalOf(checkBindingMessage('a'.repeat(65)))).toEqual(NOT_SHOWABLE);
  });

  it('counts code points, not UTF-16 units: 64 letters beyond the BMP', () => {
    expect(checkBindingMessage('𐐀'.repeat(64)).ok).toBe(true);
    expect(refusalOf(checkBindingMessage('𐐀'.repeat(65)))).toEqual(NOT_SHOWABLE);
  });

  it('refuses the long hostile message that begins 1234 and an emoji (conformance suite)', () => {
    const hostile = '1234 \u{1F44D}\u{1F3FF} 品川 Lorem ipsum dolor sit amet, consectetur adipiscing elit. '.padEnd(
      458,
      'x',
    );
    expect([...hostile]).toHaveLength(456);
    expect(refusalOf(checkBindingMessage(hostile))).toEqual(NOT_SHOWABLE);
    expect(refusalOf(checkBindingMessage([...hostile].slice(0, 20).join('')))).toEqual(NOT_SHOWABLE);
  });

  it('refuses with invalid_binding_message what can’t be shown safely (CIBA §13)', () => {
    expect(refusalOf(checkBindingMessage('pay\u202E001'))).toEqual(NOT_SHOWABLE);
    expect(refusalOf(checkBindingMessage(''))).toEqual(NOT_SHOWABLE);
  });

  it('accepts only what an operator’s narrower set accepts too', () => {
    const digits = /^[0-9]+$/u;
    expect(checkBindingMessage('1234', { narrowerSet: digits })).toEqual({ ok: true, value: '1234' });
    expect(refusalOf(checkBindingMessage('A1234', { narrowerSet: digits }))).toEqual({
      reason: 'invalid_binding_message',
      expected: 'the characters that this provider accepts',
    });
  });

  it('holds the whole message against the operator’s pattern, by code points', () => {
    const pattern = wholeMessagePattern('[0-9]{4}|W');
    for (const message of ['1234', 'W']) expect(checkBindingMessage(message, { narrowerSet: pattern }).ok).toBe(true);
    for (const message of ['12345', 'A1234', 'WW', '1234W']) {
      expect(refusalOf(checkBindingMessage(message, { narrowerSet: pattern }))?.reason).toBe('invalid_binding_message');
    }
    expect(checkBindingMessage('𐐀', { narrowerSet: wholeMessagePattern('.') }).ok).toBe(true);
    expect(() => wholeMessagePattern('[')).toThrow(SyntaxError);
  });

  it('never lets a narrower set widen what can be shown', () => {
    expect(refusalOf(checkBindingMessage('\u{1F600}', { narrowerSet: /^.*$/u }))).toEqual(NOT_SHOWABLE);
  });

  it.each([
    [' Pay 49.90 EUR\n', 'Pay 49.90 EUR'],
    ['Order 12:\r\n  two  tickets', 'Order 12: two tickets'],
    ['\tA\t\tB', 'A B'],
    ['49,90\u00A0\u20AC', '49,90 \u20AC'],
    ['\u3000\u6771\u4EAC\u3000\u6771\u4EAC\u3000', '\u6771\u4EAC \u6771\u4EAC'],
    ['A\u0085B\u2028C\u2029D\u1680E\u202FF\u205FG\u2000H\u200AI\vJ\fK', 'A B C D E F G H I J K'],
  ])('is shown as a page would show it, whatever white space it has: %j', (sent, shown) => {
    expect(checkBindingMessage(sent)).toEqual({ ok: true, value: shown });
  });

  it('counts what is shown, not what was sent', () => {
    expect(checkBindingMessage(`${'a b \n'.repeat(16).padEnd(60_000)}`)).toEqual({
      ok: true,
      value: Array.from({ length: 32 }, (_, index) => 'ab'[index % 2]).join(' '),
    });
    expect(refusalOf(checkBindingMessage(`${'a '.repeat(32)}bc`))).toEqual(NOT_SHOWABLE);
  });

  it('is read in no time when it is 64 KB of white space', () => {
    expect(cpuMilliseconds(() => checkBindingMessage(`a${' \n'.repeat(32_000)}b`))).toBeLessThan(150);
  });

  it('is nothing when it is white space alone: it is refused, and not taken for absent', () => {
    for (const sent of [' ', '\n\t', '\u00A0']) expect(refusalOf(checkBindingMessage(sent))).toEqual(NOT_SHOWABLE);
  });

  it.each(['\uFEFF', '\u200B', '\u200D', '\u2060', '\u180E', '\u0000', '\u001F', '\u00AD', '\u3164', '\u2800'])(
    'is refused with %j, which is no white space although nobody sees it, wherever it stands',
    (hidden) => {
      for (const sent of [`${hidden}A`, `A${hidden}`, `A ${hidden} B`, ` ${hidden}`])
        expect(refusalOf(checkBindingMessage(sent)), JSON.stringify(sent)).toEqual(NOT_SHOWABLE);
    },
  );

  it('is held against the narrower set and the strict rules as it is shown', () => {
    const code = wholeMessagePattern('[A-Z]{2} [0-9]{4}');
    expect(checkBindingMessage(' AB\n\n1234 ', { narrowerSet: code })).toEqual({ ok: true, value: 'AB 1234' });
    expect(refusalOf(checkBindingMessage('Call 555\n12\t34', { strict: true }))).toEqual({
      reason: 'invalid_binding_message',
      expected: 'without a number of 7 or more digits',
    });
  });
});
