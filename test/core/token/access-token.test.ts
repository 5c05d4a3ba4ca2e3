import { describe, expect, it } from 'vitest';
import { accessTokenType, mintAccessToken } from '../../../provider/core/token/access-token.ts';
import type { Grant } from '../../../provider/core/token/grant.ts';
import type { Whole } from '../../../provider/core/whole.ts';
import { FACTS, GRANT, ISSUER, NOW } from '../given.ts';

const APPROVED: Whole<Grant> = {
  ...GRANT,
  amr: ['face', 'pin'],
  acr: 'urn:example:high',
};
const accessToken = (different: Partial<Grant> = {}) =>
  mintAccessToken({ ...APPROVED, ...different }, { issuer: ISSUER, jti: 'jti-1', now: NOW, lifetimeSeconds: 600 });

describe('access token (RFC 9068 §2.2)', () => {
  it('has exactly these claims, and none of the user’s', () => {
    expect(accessToken({ claims: { email: 'ann@example.com' } })).toEqual({
      iss: ISSUER,
      sub: 'user-1',
      aud: 'https://api.example/',
      client_id: 'bank',
      azp: 'bank',
      scope: 'openid email',
      iat: NOW,
      exp: NOW + 600,
      jti: 'jti-1',
      auth_time: NOW - 3,
      amr: ['face', 'pin'],
      acr: 'urn:example:high',
    });
  });

  it('has one audience as a string, several as an array', () => {
    expect(accessToken({ audience: ['a'] })['aud']).toBe('a');
    expect(accessToken({ audience: ['a', 'b'] })['aud']).toEqual(['a', 'b']);
  });

  it('leaves out amr and acr where nothing is known', () => {
    const claims = accessToken({ amr: [], acr: undefined });
    expect(claims).not.toHaveProperty('amr');
    expect(claims).not.toHaveProperty('acr');
  });

  it('is about the user, never about the client (RFC 9068 §2.2)', () => {
    expect(accessToken()['sub']).toBe(FACTS.sub);
  });
});

describe('the type of an access token (RFC 9068 §2.1)', () => {
  const typeOf = (audience: readonly string[], jwtTypAudiences?: readonly string[]) =>
    accessTokenType({ audience }, { jwtTypAudiences });

  it('is at+jwt, unless the client is registered to get JWT for the API', () => {
    expect(typeOf(['a:1'])).toBe('at+jwt');
    expect(typeOf(['a:1'], [])).toBe('at+jwt');
    expect(typeOf(['a:1'], ['a:2'])).toBe('at+jwt');
    expect(typeOf(['a:1'], ['a:1', 'a:2'])).toBe('JWT');
  });

  it('is JWT for several APIs only if all of them are registered so', () => {
    expect(typeOf(['a:1', 'a:2'], ['a:1'])).toBe('at+jwt');
    expect(typeOf(['a:1', 'a:2'], ['a:2', 'a:1'])).toBe('JWT');
  });

  it('is at+jwt where there is no audience at all', () => {
    expect(typeOf([], ['a:1'])).toBe('at+jwt');
  });
});
