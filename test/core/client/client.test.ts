import { describe, expect, it } from 'vitest';
import {
  type ClientAuthenticationMethod,
  type ClientCredential,
  checkGrantAllowed,
  isClientId,
  JWT_BEARER_ASSERTION,
  mayAuthenticateBy,
} from '../../../provider/core/client/client.ts';
import { CIBA_GRANT } from '../../../provider/core/token/grant-types.ts';
import { CLIENT, refusalOf } from '../given.ts';

describe('client', () => {
  it('may use CIBA when it is registered for the grant (CIBA §4)', () => {
    expect(checkGrantAllowed(CLIENT, CIBA_GRANT)).toEqual({ ok: true, value: CLIENT });
  });

  it.each(['[]', '["authorization_code"]'])('may not when stored with the grant types %s', (stored) => {
    expect(refusalOf(checkGrantAllowed({ ...CLIENT, grantTypes: JSON.parse(stored) }, CIBA_GRANT))).toEqual({
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

describe('a client may authenticate (RFC 6749 §2.3.1, OIDC Core §9)', () => {
  const SECRET = { secretHash: 'hash' };
  const KEYED: ClientCredential = { method: 'private_key_jwt', algorithms: ['ES256'], keys: [] };
  const secretIn = (method: 'client_secret_basic' | 'client_secret_post'): ClientCredential => ({ method, ...SECRET });

  it.each<[ClientCredential, readonly ClientAuthenticationMethod[], readonly ClientAuthenticationMethod[]]>([
    [secretIn('client_secret_basic'), ['client_secret_basic', 'client_secret_post'], ['client_secret_basic']],
    [secretIn('client_secret_post'), ['client_secret_basic', 'client_secret_post'], ['client_secret_post']],
    [KEYED, ['private_key_jwt'], ['private_key_jwt']],
  ])(
    '$method: by the ways of a secret for each other, unless it is strict, and never by a key for a secret',
    (...row) => {
      const [credential, usually, strictly] = row;
      const all = ['private_key_jwt', 'client_secret_basic', 'client_secret_post'] as const;
      const ways = (strictMethod?: boolean) =>
        all.filter((one) => mayAuthenticateBy({ credential, strictMethod }, one));
      expect(ways()).toEqual(usually);
      expect(ways(false)).toEqual(usually);
      expect(ways(true)).toEqual(strictly);
    },
  );
});
