import { describe, expect, it } from 'vitest';
import { claimsFor, type UserClaims } from '../../../provider/core/person/user.ts';
import { mintAccessToken } from '../../../provider/core/token/access-token.ts';
import type { Grant } from '../../../provider/core/token/grant.ts';
import { leftHalfHash, mintIdToken } from '../../../provider/core/token/id-token.ts';
import { GRANT, ISSUER, NOW } from '../given.ts';

const APPROVED: Grant = {
  ...GRANT,
  amr: ['face', 'pin'],
  acr: 'urn:example:high',
};
const idToken = (grant = APPROVED, accessToken = 'access-token') =>
  mintIdToken(grant, { issuer: ISSUER, accessToken, now: NOW, lifetimeSeconds: 3600 });
const accessToken = (different: Partial<Grant> = {}) =>
  mintAccessToken({ ...APPROVED, ...different }, { issuer: ISSUER, jti: 'jti-1', now: NOW, lifetimeSeconds: 600 });

describe('ID token (OIDC Core §2)', () => {
  it('has exactly these claims: no nonce, and no claims of push mode (CIBA §10.3.1)', () => {
    expect(idToken()).toEqual({
      iss: ISSUER,
      sub: 'user-1',
      aud: 'bank',
      iat: NOW,
      exp: NOW + 3600,
      auth_time: NOW - 3,
      at_hash: leftHalfHash('access-token'),
      amr: ['face', 'pin'],
      acr: 'urn:example:high',
    });
  });

  it('leaves out amr and acr where nothing is known', () => {
    const { acr: _, ...unknown } = { ...APPROVED, amr: [] };
    const claims = mintIdToken(unknown, {
      issuer: ISSUER,
      accessToken: 'x',
      now: NOW,
      lifetimeSeconds: 60,
    });
    expect(claims).not.toHaveProperty('amr');
    expect(claims).not.toHaveProperty('acr');
  });

  it('carries the user’s claims of the approval', () => {
    expect(idToken({ ...APPROVED, claims: { email: 'ann@example.com', email_verified: false } })).toMatchObject({
      email: 'ann@example.com',
      email_verified: false,
    });
  });

  it('lets no user claim stand in for a claim of the protocol', () => {
    const hostile = Object.fromEntries(Object.keys(idToken()).map((name) => [name, 'hostile'])) as UserClaims;
    expect(idToken({ ...APPROVED, claims: hostile })).toEqual(idToken());
  });

  it('takes no acr, amr or nonce from a stored profile, even when the approval has none', () => {
    const stored = { email: 'ann@example.com', acr: 'high', amr: ['hwk'], nonce: 'n', azp: 'x' } as UserClaims;
    const claims = claimsFor(['openid', 'profile', 'email', 'phone', 'acr', 'amr', 'nonce', 'azp'], stored);
    const { acr: _, ...approval } = { ...APPROVED, amr: [], claims };
    expect(
      Object.keys(mintIdToken(approval, { issuer: ISSUER, accessToken: 'x', now: NOW, lifetimeSeconds: 60 })).sort(),
    ).toEqual(['at_hash', 'aud', 'auth_time', 'email', 'exp', 'iat', 'iss', 'sub']);
  });
});

describe('amr (RFC 8176)', () => {
  it('is an array even with a single method', () => {
    const grant = { ...APPROVED, amr: ['pin'] };
    expect(idToken(grant)['amr']).toEqual(['pin']);
    expect(accessToken({ amr: ['pin'] })['amr']).toEqual(['pin']);
  });
});

describe('at_hash (OIDC Core §3.1.3.6)', () => {
  it('is that of the example in OIDC Core A.3', () => {
    expect(leftHalfHash('jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y')).toBe('77QmUPtjPfzWtF2AnpK9RQ');
  });

  it('binds the access token it was issued with', () => {
    expect(idToken(APPROVED, 'another')['at_hash']).not.toBe(idToken()['at_hash']);
    expect(idToken(APPROVED, 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y')['at_hash']).toBe('77QmUPtjPfzWtF2AnpK9RQ');
  });
});
