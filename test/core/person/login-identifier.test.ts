import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSubject,
  parseEmail,
  parsePhoneNumber,
  parseUsername,
} from '../../../provider/core/person/login-identifier.ts';

describe('login identifiers as they are stored', () => {
  it('has E.164 numbers of 7 to 15 digits', () => {
    expect(parsePhoneNumber('+123456')).toBeUndefined();
    expect(parsePhoneNumber('00+1234567')).toBeUndefined();
    expect(parsePhoneNumber('+49tel:1234567')).toBeUndefined();
    expect(parsePhoneNumber(' +1234567 ')).toBe('+1234567');
    expect(parsePhoneNumber('\ttel:+1234567\n')).toBe('+1234567');
    expect(parsePhoneNumber('+1234567')).toBe('+1234567');
    expect(parsePhoneNumber('+123456789012345')).toBe('+123456789012345');
    expect(parsePhoneNumber('+1234567890123456')).toBeUndefined();
  });

  it('has e-mail addresses of at most 64 characters before and 190 after the at sign', () => {
    expect(parseEmail(`${'a'.repeat(64)}@${'b'.repeat(190)}`)).toHaveLength(255);
    expect(parseEmail(`${'a'.repeat(65)}@b`)).toBeUndefined();
    expect(parseEmail(`a@${'b'.repeat(191)}`)).toBeUndefined();
  });

  it('has usernames of at most 64 code points, without the spaces around them', () => {
    expect(parseUsername(' ann\t')).toBe('ann');
    expect(parseUsername('a'.repeat(64))).toBe('a'.repeat(64));
    expect(parseUsername('a'.repeat(65))).toBeUndefined();
  });

  it('takes full-width letters of a username as the plain ones (NFKC)', () => {
    expect(parseUsername('Ａｎｎ')).toBe('ann');
  });

  it('has subjects of 1 to 128 characters that need no escape in a key or a path', () => {
    expect(isSubject('aZ09._|:@+-')).toBe(true);
    expect(isSubject('7')).toBe(true);
    expect(isSubject('...')).toBe(true);
    expect(isSubject('x'.repeat(128))).toBe(true);
    for (const sub of ['', '.', '..', 'x'.repeat(129), 'a/b', 'a#b', 'a b', 'a%20', 'a\n', 7, undefined, null, ['a']]) {
      expect(isSubject(sub)).toBe(false);
    }
  });

  it.each([
    ['e-mail address', (text: string) => parseEmail(`${text}@example.com`), parseEmail],
    ['username', (text: string) => parseUsername(`a${text}`), parseUsername],
  ])('normalises an %s once and for all: what is stored and what is asked compare equal', (_, first, again) => {
    const letters = fc.string({ unit: fc.constantFrom(...'aÄßJΣİKℌǅ'.split(''), '\u030C', '\u0308', '\u0345') });
    const anything = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.oneof(letters, anything), (text) => {
        const stored = first(text);
        fc.pre(stored !== undefined);
        expect(again(stored ?? '')).toBe(stored);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds an address however its accents are composed and cased', () => {
    const stored = parseEmail('ǰan@example.com');
    expect(parseEmail('J\u030Can@example.com')).toBe(stored);
    expect(parseEmail('j\u030Can@example.com')).toBe(stored);
    expect(parseUsername('J\u030Can')).toBe(parseUsername('ǰan'));
  });
});
