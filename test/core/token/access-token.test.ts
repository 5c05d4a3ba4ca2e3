import { describe, expect, it } from 'vitest';
import { mintAccessToken } from '../../../provider/core/token/access-token.ts';
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
