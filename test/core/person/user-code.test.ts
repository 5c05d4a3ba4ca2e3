import { describe, expect, it } from 'vitest';
import { normalUserCode, parseUserCode, userCodeOf } from '../../../provider/core/person/user-code.ts';
import { refusalOf, valueFrom } from '../given.ts';

const STORED = { profileId: 'profile-1', codeId: 'code-1', hash: 'hash', setAt: 1 };

describe('a user code (CIBA §7.1.2)', () => {
  it.each(['0815', 'correct horse battery', 'ключ€+☂', 'x'.repeat(64), '🙂🙂🙂🙂'])('may be %s', (code) => {
    expect(valueFrom(parseUserCode(code))).toBe(code);
  });

  it.each([
    ['too short', '081'],
    ['too long', 'x'.repeat(65)],
    ['empty', ''],
    ['only spaces', '    '],
    ['with a space at its end', '0815 '],
    ['with a space at its beginning', ' 0815'],
    ['with a line feed', '08\n15'],
    ['with a zero-width space', '08\u200b15'],
  ])('is never %s', (_, code) => {
    expect(normalUserCode(code)).toBeUndefined();
    expect(refusalOf(parseUserCode(code))).toMatchObject({ reason: 'invalid_parameter', name: 'user_code' });
  });

  it('is the same however a keyboard composes its letters (NFC)', () => {
    expect(normalUserCode('cafe\u0301')).toBe(normalUserCode('caf\u00e9'));
  });

  it('keeps its case and its spaces: it is a secret and no name', () => {
    expect(normalUserCode('Ab  Cd')).toBe('Ab  Cd');
  });

  it('of a former person with the subject counts for nothing', () => {
    expect(userCodeOf(STORED, { profileId: 'profile-1' })).toBe(STORED);
    expect(userCodeOf(STORED, { profileId: 'profile-2' })).toBeUndefined();
    expect(userCodeOf(undefined, { profileId: 'profile-1' })).toBeUndefined();
  });
});
