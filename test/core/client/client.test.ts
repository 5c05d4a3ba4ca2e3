import { describe, expect, it } from 'vitest';
import { checkGrantAllowed, isClientId, JWT_BEARER_ASSERTION } from '../../../provider/core/client/client.ts';
import { CIBA_GRANT } from '../../../provider/core/token/grant-types.ts';
import { CLIENT, refusalOf } from '../given.ts';

describe('client', () => {
  it('may use CIBA when it is registered for the grant (CIBA §4)', () => {
    expect(checkGrantAllowed(CLIENT)).toEqual({ ok: true, value: CLIENT });
  });

  it.each(['[]', '["authorization_code"]'])('may not when stored with the grant types %s', (stored) => {
    expect(refusalOf(checkGrantAllowed({ ...CLIENT, grantTypes: JSON.parse(stored) }))).toEqual({
      reason: 'grant_not_allowed',
    });
  });

  it('has an id of 1 to 64 characters that need no escape in a key or a path', () => {
    for (const id of ['a', 'A-b.c_9', '...', '.a', 'x'.repeat(64)]) expect(isClientId(id)).toBe(true);
    for (const id of ['', '.', '..', 'x'.repeat(65), 'a b', 'a#b', 'a/b', 'a:b', 'ä', 'a\n']) {
      expect(isClientId(id)).toBe(false);
    }
  });

  it('has the names of the standards', () => {
    expect(CIBA_GRANT).toBe('urn:openid:params:grant-type:ciba');
    expect(JWT_BEARER_ASSERTION).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  });
});
