import { describe, expect, it } from 'vitest';
import { checkUnreserved, isReservedAudience, SYNTHETIC_AUDIENCE } from '../../../provider/core/operating/reserved.ts';
import { refusalOf } from '../given.ts';

describe('what belongs to the synthetic login alone', () => {
  it('is one id, which is refused in words of its own; others and no id are not', () => {
    expect(refusalOf(checkUnreserved('synthetic-login'))).toEqual({ reason: 'reserved_id' });
    for (const id of ['synthetic-login2', 'bank', '', undefined]) expect(checkUnreserved(id).ok).toBe(true);
  });

  it.each([
    SYNTHETIC_AUDIENCE,
    'https://synthetic-login.invalid',
    'https://SYNTHETIC-login.invalid/',
    'https://synthetic-login.invalid/path',
    'https://synthetic-login.invalid:443/',
    'https://synthetic-login.invalid./',
    'https://synthetic-login.invalid?x',
    'https:/synthetic-login.invalid',
    'https:synthetic-login.invalid',
    'https:\\\\synthetic-login.invalid\\',
    'https://user@synthetic-login.invalid/',
    'https://synthetic%2Dlogin.invalid/',
    'http://synthetic-login.invalid/',
    'synthetic-login.invalid',
    'Synthetic-Login.invalid./',
    'synthetic-login',
    'Synthetic-Login/',
  ])('is the audience %s', (audience) => {
    expect(isReservedAudience(audience)).toBe(true);
  });

  it.each([
    'https://synthetic-login.invalid.example/',
    'https://api.example/?synthetic-login',
    'synthetic-login2',
    'urn:api',
  ])('is not the audience %s', (audience) => {
    expect(isReservedAudience(audience)).toBe(false);
  });
});
