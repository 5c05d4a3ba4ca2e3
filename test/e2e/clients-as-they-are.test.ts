import { randomUUID } from 'node:crypto';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { type Answer, basic, CIBA_GRANT, requestIdOf, type TestClient, World } from '../support/world.ts';

// What the libraries of others send and expect, where it is not what our own clients do.

const API = 'https://api.example.com';

let world: World;
let client: TestClient;
let email: string;
let phone: Phone;
beforeAll(async () => {
  world = await World.start();
  client = await world.client({
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid profile',
    audiences: [API],
  });
  ({ email, phone } = await world.person());
});
afterAll(() => world?.close());

const postJson = (path: string, members: object | string, headers: Record<string, string> = {}): Promise<Answer> =>
  world.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof members === 'string' ? members : JSON.stringify(members),
  });

describe('JSON in place of a form', () => {
  it('is a whole login: asked, polled as auth0-python does, and given back', async () => {
    const details = { binding_message: 'W4SCT', requested_expiry: 120, audience: API, resource: null };
    const asked = await postJson('/bc-authorize', { ...client, scope: 'openid', login_hint: email, ...details });
    expect(asked.body).toMatchObject({ expires_in: 120, interval: 5 });
    const authReqId = String(asked.body['auth_req_id']);
    const poll = { client_id: client.client_id, auth_req_id: authReqId, grant_type: CIBA_GRANT };
    const secret = { client_secret: client.client_secret };
    const pending = await postJson('/oauth/token', { ...poll, ...secret });
    await expectRefusal(world, pending, {
      status: 400,
      error: 'authorization_pending',
      reason: 'authorization_pending',
    });
    await world.answer(phone, requestIdOf(authReqId), 'approve');
    const answer = await postJson('/oauth/token', { ...poll, ...secret });
    expectTokens(answer);
    const token = String(answer.body['access_token']);
    expect((await postJson('/oauth/revoke', { ...client, token })).status).toBe(200);
  });

  it('authenticates by one method, whichever the body is (RFC 6749 §2.3)', async () => {
    const request = { grant_type: CIBA_GRANT, auth_req_id: 'unknown' };
    const twice = await postJson('/token', { ...request, ...client }, { authorization: basic(client) });
    await expectRefusal(world, twice, {
      status: 400,
      error: 'invalid_request',
      reason: 'several_client_authentications',
    });
    const number = await postJson('/token', { ...request, client_id: client.client_id, client_secret: 1 });
    await expectRefusal(world, number, { status: 400, error: 'invalid_request', reason: 'invalid_parameter' });
  });

  it('names no parameter twice, and a secret that is hidden behind another one lets nobody in', async () => {
    const { client_id: id, client_secret: secret } = client;
    const body = `{"client_id":"${id}","client_secret":"wrong","grant_type":"${CIBA_GRANT}","auth_req_id":"x","client_secret":"${secret}"}`;
    const answer = await postJson('/token', body);
    await expectRefusal(world, answer, { status: 400, error: 'invalid_request', reason: 'repeated_parameter' });
  });
});

describe('HEAD and OPTIONS of the public documents', () => {
  const DOCUMENTS = ['openid-configuration', 'oauth-authorization-server', 'jwks.json'];

  it.each(DOCUMENTS)('HEAD /.well-known/%s is GET without the body (RFC 9110 §9.3.2)', async (name) => {
    const get = await world.send(`/.well-known/${name}`, {});
    const head = await world.send(`/.well-known/${name}`, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    for (const header of ['content-type', 'cache-control', 'access-control-allow-origin'])
      expect(head.headers.get(header)).toBe(get.headers.get(header));
  });

  it.each(DOCUMENTS)('OPTIONS /.well-known/%s lets any page read it, with headers of its own', async (name) => {
    const preflight = { origin: 'https://inspector.example', 'access-control-request-method': 'GET' };
    const { status, headers, text } = await world.send(`/.well-known/${name}`, {
      method: 'OPTIONS',
      headers: { ...preflight, 'access-control-request-headers': 'mcp-protocol-version' },
    });
    expect([status, text]).toEqual([204, '']);
    expect(Object.fromEntries(headers)).toMatchObject({
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': '*',
    });
    expect(headers.has('access-control-allow-credentials')).toBe(false);
  });

  it.each(['/token', '/oauth/token', '/bc-authorize', '/revoke', '/device/requests', '/admin/clients', '/authorize'])(
    'no page of another origin may read %s: there is no answer to a preflight, and no CORS header',
    async (path) => {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      expect((await world.send(path, { method: 'OPTIONS', headers })).status).toBe(404);
      const answer = await world.send(path, { method: 'POST', headers: { origin: 'https://evil.example' } });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    },
  );
});

describe('access tokens for APIs that refuse at+jwt', () => {
  const SPRING = 'https://spring.example.com';
  let mover: TestClient;
  beforeAll(async () => {
    mover = await world.client({ audiences: [API, SPRING], jwt_typ_audiences: [SPRING] });
  });

  /** Asks for an audience, approves, and returns the tokens. */
  async function tokensFor(audience: string) {
    const { authReqId, requestId } = await world.asked(mover, { login_hint: email, audience });
    await world.answer(phone, requestId, 'approve');
    return expectTokens(await world.poll(mover, authReqId));
  }

  it('say JWT for the API that is registered so, and at+jwt for others; azp is the client', async () => {
    for (const [audience, typ] of [
      [SPRING, 'JWT'],
      [API, 'at+jwt'],
    ] as const) {
      const { access_token: token } = await tokensFor(audience);
      const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', world.runtime.url));
      const currentDate = new Date(world.runtime.now() * 1000);
      const { payload } = await jwtVerify(token, keys, { issuer: world.issuer, audience, typ, currentDate });
      expect(payload).toMatchObject({ azp: mover.client_id, client_id: mover.client_id });
    }
  });

  it('are no ID tokens: as a hint they are refused, although both say JWT (RFC 8725 §3.11)', async () => {
    const { access_token: token, id_token } = await tokensFor(SPRING);
    expect(decodeProtectedHeader(token).typ).toBe(decodeProtectedHeader(id_token).typ);
    const hinted = (id_token_hint: string) => world.ask(mover, { id_token_hint });
    await expectRefusal(world, await hinted(token), {
      status: 400,
      error: 'invalid_request',
      reason: 'id_token_hint_invalid',
    });
    expect((await hinted(id_token)).status).toBe(200);
  });

  it('can be revoked, and ID tokens cannot (RFC 7009 §2.1)', async () => {
    const { access_token: token, id_token } = await tokensFor(SPRING);
    const revoked = async (text: string) => world.reason(await world.post('/revoke', mover, { token: text }));
    expect(await revoked(id_token)).toBe('not_an_access_token');
    expect(await revoked(token)).toBe('access_token_revoked');
    expect(world.trail('token_revoked').at(-1)).toMatchObject({ jti: decodeJwt(token).jti });
  });

  it('are registered for audiences of the client alone', async () => {
    const registration = { client_name: 'Mover', jwt_typ_audiences: [SPRING], audiences: [API] };
    const { status, body } = await world.admin('POST', '/admin/clients', registration);
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata']);
    expect(body['error_description']).toContain('jwt_typ_audiences');
  });
});

describe('white space in binding_message', () => {
  const SENT = '  Transfer 250 EUR\n\nto\tMira ';
  const SHOWN = 'Transfer 250 EUR to Mira';

  it('is collapsed in what the phone shows and signs, in a form and in JSON (CIBA §7.1)', async () => {
    const form = { ...client, scope: 'openid', login_hint: email, binding_message: SENT };
    for (const answer of [await world.ask(undefined, form), await postJson('/bc-authorize', form)]) {
      const requestId = requestIdOf(String(answer.body['auth_req_id']));
      const { bytes, shown } = await phone.read(requestId);
      expect(shown.binding_message).toBe(SHOWN);
      expect((await phone.answer(requestId, bytes, 'approve')).status).toBeLessThan(300);
    }
  });

  it('is collapsed in a signed request too (CIBA §7.1.1)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const registration = { backchannel_authentication_request_signing_alg: 'ES256' };
    const signing = await world.client({ ...registration, jwks: { keys: [await exportJWK(publicKey)] } });
    const now = world.runtime.now();
    const about = { iss: signing.client_id, aud: world.issuer, iat: now, nbf: now, exp: now + 60, jti: randomUUID() };
    const claims = { ...about, scope: 'openid', login_hint: email, binding_message: SENT };
    const request = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    const { body } = await world.post('/bc-authorize', signing, { request });
    const { shown } = await phone.read(requestIdOf(String(body['auth_req_id'])));
    expect(shown.binding_message).toBe(SHOWN);
  });

  it('does not hide what nobody sees: a zero-width space is refused (CIBA §13)', async () => {
    const answer = await world.ask(undefined, { ...client, login_hint: email, binding_message: 'A\u200BB' });
    await expectRefusal(world, answer, {
      status: 400,
      error: 'invalid_binding_message',
      reason: 'invalid_binding_message',
    });
  });
});
