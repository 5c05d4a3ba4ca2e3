import { describe, expect, it } from 'vitest';
import { mintAccessToken } from '../../../provider/core/token/access-token.ts';
import { mintIdToken } from '../../../provider/core/token/id-token.ts';
import { acceptedUntil, judgeRevocation } from '../../../provider/core/token/revocation.ts';
import { GRANT, ISSUER, NAMES, NOW } from '../given.ts';

const CLAIMS = mintAccessToken(GRANT, { issuer: ISSUER, jti: 'jti-1', now: NOW, lifetimeSeconds: 900 });
const judge = (claims: object = {}, { typ = 'at+jwt' as unknown, clientId = 'bank', now = NOW } = {}) =>
  judgeRevocation({ header: { typ }, claims: { ...CLAIMS, ...claims } }, { clientId, names: NAMES }, now);
const refusedAs = (because: string) => ({ outcome: 'not_revocable', because });

describe('a client may revoke', () => {
  it('an access token as this provider issues it: its jti, client, user and end are kept (RFC 9068 §2.2)', () => {
    const token = { jti: 'jti-1', clientId: 'bank', sub: 'user-1', expiresAt: NOW + 900 };
    expect(judge()).toEqual({ outcome: 'revocable', token });
  });

  it('one that was issued before the provider got another name', () => {
    expect(judge({ iss: 'https://old.example/' }).outcome).toBe('revocable');
  });

  it('one that has just expired, as long as the clock of an API may say that it has not', () => {
    expect(acceptedUntil({ expiresAt: NOW + 900 })).toBe(NOW + 960);
    expect(judge({}, { now: NOW + 959 }).outcome).toBe('revocable');
    expect(judge({}, { now: NOW + 960 })).toEqual(refusedAs('access_token_expired'));
  });

  it('one that says JWT, for an API that takes no other', () => {
    expect(judge({}, { typ: 'JWT' }).outcome).toBe('revocable');
  });

  it('no ID token, which has the hash of an access token, and neither jti nor client_id', () => {
    const lifetimeSeconds = 900;
    const idToken = mintIdToken(GRANT, { issuer: ISSUER, accessToken: 'x', now: NOW, lifetimeSeconds });
    const presented = { header: { typ: 'JWT' }, claims: idToken };
    expect(judgeRevocation(presented, { clientId: 'bank', names: NAMES }, NOW)).toEqual(
      refusedAs('not_an_access_token'),
    );
    for (const claims of [{ at_hash: 'x' }, { jti: undefined }])
      expect(judge(claims, { typ: 'JWT' })).toEqual(refusedAs('not_an_access_token'));
  });

  it.each(['AT+JWT', 'ciba-device+jwt', '', null, 7])('no JWT of the type %o', (typ) => {
    expect(judge({}, { typ })).toEqual(refusedAs('not_an_access_token'));
  });

  it.each([
    [{ iss: 'https://evil.example/' }],
    [{ iss: undefined }],
    [{ jti: undefined }],
    [{ jti: 7 }],
    [{ sub: ['user-1'] }],
    [{ exp: String(NOW + 900) }],
  ])('no JWT that this provider would not issue: %o', (claims) => {
    expect(judge(claims)).toEqual(refusedAs('not_an_access_token'));
  });

  it.each(['other', '', undefined, ['bank']])('no token of another client: %o (RFC 7009 §2.1)', (owner) => {
    expect(judge({ client_id: owner })).toEqual(refusedAs('access_token_foreign'));
  });
});
