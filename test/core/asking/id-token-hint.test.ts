import { describe, expect, it } from 'vitest';
import { judgeIdTokenHint } from '../../../provider/core/asking/id-token-hint.ts';
import { mintAccessToken } from '../../../provider/core/token/access-token.ts';
import { mintIdToken } from '../../../provider/core/token/id-token.ts';
import { GRANT, ISSUER, NAMES, NOW, refusalOf, valueFrom } from '../given.ts';

const DAY = 86_400;
const EXPECTED = { clientId: GRANT.clientId, names: NAMES, acceptedForSeconds: 90 * DAY };
const ID_TOKEN = mintIdToken(GRANT, { issuer: ISSUER, accessToken: 'a', now: NOW - 20, lifetimeSeconds: 3600 });
const JWT = { alg: 'RS256', kid: 'kid-1', typ: 'JWT' };
const judge = (different: object = {}, header: object = {}, now = NOW) =>
  judgeIdTokenHint({ header: { ...JWT, ...header }, claims: { ...ID_TOKEN, ...different } }, EXPECTED, now);
const wrong = (because: string) => ({ reason: 'id_token_hint_invalid', because });

describe('id_token_hint (CIBA §7.1, §14)', () => {
  it('names the subject of an ID token of this client, and when they were named', () => {
    expect(valueFrom(judge())).toEqual({ kind: 'sub', sub: GRANT.sub, namedAt: NOW - 20 });
  });

  it.each(['https://op.example', 'https://old.example/'])('may be of the issuer %s', (iss) => {
    expect(judge({ iss }).ok).toBe(true);
  });

  it.each(['https://evil.example/', 'https://op.example/x', undefined, 7])('is refused of the issuer %s', (iss) => {
    expect(refusalOf(judge({ iss }))).toEqual(wrong('issuer'));
  });

  it.each([
    { aud: 'other' },
    { aud: `${GRANT.clientId}2` },
    { aud: ['other'] },
    { aud: [] },
    { aud: undefined },
    { aud: { [GRANT.clientId]: 1 } },
  ])('is refused for %j: this client is not in it', ({ aud }) => {
    expect(refusalOf(judge({ aud }))).toEqual(wrong('audience'));
  });

  it('is accepted as long after its end as a gone key is kept, and no second longer', () => {
    const end = NOW - 20 + 3600 + 90 * DAY;
    expect(judge({}, {}, end - 1).ok).toBe(true);
    expect(refusalOf(judge({}, {}, end))).toEqual(wrong('expired'));
  });

  it.each([
    { exp: undefined },
    { exp: '1' },
    { iat: undefined },
    { sub: undefined },
    { sub: 'a#b' },
    { sub: ['user-1'] },
  ])('is refused with %j', (claims) => {
    expect(refusalOf(judge(claims))).toEqual(wrong('not_an_id_token'));
  });
});

describe('an access token is never a hint (CIBA §7.1)', () => {
  const issuance = { issuer: ISSUER, jti: 'jti-1', now: NOW, lifetimeSeconds: 900 };
  const mint = (audience: readonly string[]) => mintAccessToken({ ...GRANT, audience }, issuance);

  it.each(['at+jwt', 'JWT', 'jwt', undefined])('whatever its audience, with the type %s', (typ) => {
    for (const audience of [[ISSUER], [GRANT.clientId], [GRANT.clientId, ISSUER], ['https://api.example/']]) {
      const jws = { header: { ...JWT, typ }, claims: mint(audience) };
      expect(refusalOf(judgeIdTokenHint(jws, EXPECTED, NOW))).toEqual(wrong('not_an_id_token'));
    }
  });

  it('not even with the hash that only an ID token has, or without one of its claims', () => {
    const claims = { ...mint([GRANT.clientId]), at_hash: 'x' };
    for (const left of ['client_id', 'scope', 'jti']) {
      const { [left]: _out, ...others }: Record<string, unknown> = claims;
      expect(refusalOf(judgeIdTokenHint({ header: JWT, claims: others }, EXPECTED, NOW))).toEqual(
        wrong('not_an_id_token'),
      );
    }
  });

  it('and neither is an ID token under the type of access tokens, of requests, or none', () => {
    for (const typ of ['at+jwt', 'oauth-authz-req+jwt', 'jwt', undefined, ['JWT']])
      expect(refusalOf(judge({}, { typ }))).toEqual(wrong('not_an_id_token'));
  });
});
