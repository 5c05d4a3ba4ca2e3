import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { CIBA_GRANT, type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
let email: string;
let sub: string;
let phone: Phone;

beforeAll(async () => {
  world = await World.start({
    variables: { ACR_POLICY: JSON.stringify([{ acr: 'urn:example:verified', anyOf: ['face', 'user'] }]) },
  });
  client = await world.client({ scope: 'openid profile email', audiences: ['https://api.example.com', 'urn:other'] });
  ({ email, sub, phone } = await world.person({ name: 'Ana', email_verified: true, phone_number: '+4917012345' }));
});
afterAll(() => world?.close());

const pending = { status: 400, error: 'authorization_pending', reason: 'authorization_pending' };
const tooFast = { status: 400, error: 'slow_down', reason: 'polled_too_fast' };

describe('while the user has not answered', () => {
  it('answers slow_down one second early and lengthens the interval by 5 for good (CIBA §11)', async () => {
    const { authReqId } = await world.asked(client, { login_hint: email });
    await world.poll(client, authReqId);
    world.runtime.advance(3);
    const early = await world.poll(client, authReqId);
    await expectRefusal(world, early, tooFast);
    expect(early.body['interval']).toBe(10);
    expect(early.headers.get('retry-after')).toBe('10');
    world.runtime.advance(8);
    expect((await world.poll(client, authReqId)).body['interval']).toBe(15);
    world.runtime.advance(15);
    await expectRefusal(world, await world.poll(client, authReqId), pending);
  });
});

describe('a client that ignores slow_down', () => {
  it('answers invalid_request after 100 slow_down, and the approval still leads to tokens (CIBA §11)', async () => {
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await expectRefusal(world, await world.poll(client, authReqId), pending);
    for (let times = 0; times < 100; times += 1)
      expect((await world.poll(client, authReqId)).body['error']).toBe('slow_down');
    const ignored = { status: 400, error: 'invalid_request', reason: 'slow_down_ignored' };
    await expectRefusal(world, await world.poll(client, authReqId), ignored);
    await world.answer(phone, requestId, 'approve');
    expectTokens(await world.poll(client, authReqId));
  });
});

describe('terminal states beat slow_down', () => {
  it('answers access_denied when the user denied, every time (CIBA §11)', async () => {
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'deny');
    const denied = { status: 400, error: 'access_denied', reason: 'denied_by_user' };
    await expectRefusal(world, await world.poll(client, authReqId), denied);
    await expectRefusal(world, await world.poll(client, authReqId), denied);
  });

  it('redeems an approval up to a minute after the request expired, and not after', async () => {
    for (const [after, status] of [
      [65, 200],
      [75, 400],
    ] as const) {
      const { authReqId, requestId } = await world.asked(client, { login_hint: email, requested_expiry: '10' });
      await world.answer(phone, requestId, 'approve');
      world.runtime.advance(after);
      const answer = await world.poll(client, authReqId);
      expect(answer.status).toBe(status);
      if (status === 400)
        await expectRefusal(world, answer, { status, error: 'expired_token', reason: 'approval_not_redeemed_in_time' });
    }
  });

  it('answers invalid_grant to a second redemption: one success only (CIBA §10.1.1)', async () => {
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    expectTokens(await world.poll(client, authReqId));
    await expectRefusal(world, await world.poll(client, authReqId), {
      status: 400,
      error: 'invalid_grant',
      reason: 'already_redeemed',
    });
  });
});

describe('ids that are not the client’s', () => {
  it('says the same of an unknown id and of another client’s, whatever its state (CIBA §11)', async () => {
    const other = await world.client();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const foreign = await world.poll(other, authReqId);
    await expectRefusal(world, foreign, { status: 400, error: 'invalid_grant', reason: 'foreign_auth_req_id' });
    await world.answer(phone, requestId, 'approve');
    const approved = await world.poll(other, authReqId);
    await expectRefusal(world, approved, { status: 400, error: 'invalid_grant', reason: 'foreign_auth_req_id' });
    const unknown = await world.poll(other, 'x'.repeat(43));
    await expectRefusal(world, unknown, { status: 400, error: 'invalid_grant', reason: 'unknown_auth_req_id' });
    expect(new Set([foreign.text, approved.text, unknown.text]).size).toBe(1);
    expectTokens(await world.poll(client, authReqId));
  });

  it('cannot be redeemed by what the phone knows: the request id is not the auth_req_id', async () => {
    const { requestId } = await world.asked(client, { login_hint: email });
    await expectRefusal(world, await world.poll(client, requestId), {
      status: 400,
      error: 'invalid_grant',
      reason: 'unknown_auth_req_id',
    });
  });
});

describe('bad token requests', () => {
  it.each([
    ['another grant_type', { grant_type: 'authorization_code' }, 'unsupported_grant_type', 'unsupported_grant_type'],
    ['no auth_req_id', { grant_type: CIBA_GRANT }, 'invalid_request', 'missing_parameter'],
  ])('%s', async (_name, form, error, reason) => {
    await expectRefusal(world, await world.post('/token', client, form), { status: 400, error, reason });
  });

  it('a client without the grant (CIBA §4)', async () => {
    const without = await world.client({ grant_types: [] });
    await expectRefusal(world, await world.poll(without, 'x'), {
      status: 400,
      error: 'unauthorized_client',
      reason: 'grant_not_allowed',
    });
    await expectRefusal(world, await world.ask(without, { login_hint: email }), {
      status: 400,
      error: 'unauthorized_client',
      reason: 'grant_not_allowed',
    });
  });
});

describe('the tokens', () => {
  async function login(by: TestClient, form: Record<string, string>) {
    const { authReqId, requestId } = await world.asked(by, { login_hint: email, ...form });
    await world.answer(phone, requestId, 'approve');
    const tokens = expectTokens(await world.poll(by, authReqId));
    const keys = createRemoteJWKSet(new URL(`${world.issuer}.well-known/jwks.json`));
    const currentDate = new Date(world.runtime.now() * 1000);
    const idToken = await jwtVerify(tokens.id_token, keys, {
      issuer: world.issuer,
      audience: by.client_id,
      currentDate,
    });
    const accessToken = await jwtVerify(tokens.access_token, keys, {
      issuer: world.issuer,
      typ: 'at+jwt',
      currentDate,
    });
    return { ...tokens, idToken, accessToken };
  }

  it('are an access token alone without openid, for a client that need not ask for it; the phone is shown no login', async () => {
    const plain = await world.client({ require_openid_scope: false, scope: 'email transfer' });
    const form = { login_hint: email, scope: 'transfer email admin' };
    const { authReqId, requestId } = await world.asked(plain, form);
    const { shown } = await phone.read(requestId);
    expect(shown.scopes.map((scope) => scope.scope)).toEqual(['transfer', 'email']);
    await world.answer(phone, requestId, 'approve');
    const { body } = await world.poll(plain, authReqId);
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    const claims = decodeJwt(String(body['access_token']));
    expect(claims).toMatchObject({ sub, scope: 'transfer email', aud: world.issuer, acr: 'urn:example:verified' });
    expect(claims).not.toHaveProperty('email');
    const withOpenid = await login(plain, { scope: 'openid email' });
    expect(withOpenid.idToken.payload).toMatchObject({ sub, email });
    for (const [scope, reason] of [
      ['admin', 'scope_not_allowed'],
      [undefined, 'scope_missing'],
    ])
      await expectRefusal(world, await world.ask(plain, { login_hint: email, scope }), {
        status: 400,
        error: 'invalid_scope',
        reason: String(reason),
      });
  });

  it('carry what OIDC Core §2 and RFC 9068 §2.2 ask, and the claims that the scopes open', async () => {
    const { idToken, accessToken, access_token, scope } = await login(client, {
      scope: 'openid email transfer',
      audience: 'https://api.example.com',
    });
    expect(scope).toBe('openid email');
    const at_hash = createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url');
    const common = {
      iss: world.issuer,
      sub,
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
      amr: ['user'],
      acr: 'urn:example:verified',
    };
    expect(idToken.payload).toEqual({ ...common, aud: client.client_id, at_hash, email, email_verified: true });
    expect(idToken.protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(accessToken.payload).toEqual({
      ...common,
      aud: 'https://api.example.com',
      client_id: client.client_id,
      azp: client.client_id,
      scope: 'openid email',
      jti: expect.any(String),
    });
    expect(accessToken.protectedHeader.alg).toBe('RS256');
    expect(Number(idToken.payload.exp) - Number(idToken.payload.iat)).toBe(3600);
    expect(Number(accessToken.payload.exp) - Number(accessToken.payload.iat)).toBe(900);
  });

  it('are for the issuer when nothing is asked, for the client’s default when it has one, never for the client', async () => {
    expect((await login(client, {})).accessToken.payload.aud).toBe(world.issuer);
    const withDefault = await world.client({ audiences: ['urn:mine'], default_audience: 'urn:mine' });
    expect((await login(withDefault, {})).accessToken.payload.aud).toBe('urn:mine');
  });

  it.each(['RS256', 'PS256', 'ES256'])('are signed with %s when the client registered it', async (algorithm) => {
    const own = await world.client({
      id_token_signed_response_alg: algorithm,
      access_token_signed_response_alg: algorithm,
    });
    const { id_token, access_token } = await login(own, {});
    expect(decodeProtectedHeader(id_token).alg).toBe(algorithm);
    expect(decodeProtectedHeader(access_token).alg).toBe(algorithm);
  });
});

describe('discovery', () => {
  it('advertises what works, the same at both addresses, and may be cached', async () => {
    const openid = await world.send('/.well-known/openid-configuration', {});
    expect(openid.body).toMatchObject({
      issuer: world.issuer,
      backchannel_authentication_endpoint: `${world.issuer}bc-authorize`,
      token_endpoint: `${world.issuer}token`,
      jwks_uri: `${world.issuer}.well-known/jwks.json`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
      grant_types_supported: [CIBA_GRANT],
    });
    expect(openid.body).not.toHaveProperty('userinfo_endpoint');
    expect((await world.send('/.well-known/oauth-authorization-server', {})).text).toBe(openid.text);
    expect(openid.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('publishes two keys an algorithm, active and next, with unique kids and public members only', async () => {
    const { body } = await world.send('/.well-known/jwks.json', {});
    const keys = body['keys'] as Record<string, string>[];
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'PS256', 'PS256', 'RS256', 'RS256']);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(6);
    for (const key of keys)
      expect(Object.keys(key).filter((member) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(member))).toEqual([]);
  });
});
