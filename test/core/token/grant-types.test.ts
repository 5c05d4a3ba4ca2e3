import { expect, it } from 'vitest';
import { GRANT_TYPES, isGrantType } from '../../../provider/core/token/grant-types.ts';

it('offers the grant of CIBA alone (CIBA §10.1)', () => {
  expect(GRANT_TYPES).toEqual(['urn:openid:params:grant-type:ciba']);
  expect(isGrantType('urn:openid:params:grant-type:ciba')).toBe(true);
});

it.each(['', 'authorization_code', 'URN:openid:params:grant-type:ciba', 'urn:openid:params:grant-type:ciba '])(
  'does not offer the grant type "%s"',
  (grantType) => {
    expect(isGrantType(grantType)).toBe(false);
  },
);
