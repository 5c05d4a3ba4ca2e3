import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../provider/core/digest.ts';
import { expectRefusal } from '../support/assertions.ts';
import { PublishedEvents } from '../support/published-events.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

// Token revocation (RFC 7009) as a client sees it, and what becomes of it.

type Person = Awaited<ReturnType<World['person']>>;
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let world: World;
let client: TestClient;
let person: Person;
const events = new PublishedEvents();
beforeAll(async () => {
  world = await World.start({ onEvent: events.add });
  client = await world.client();
  person = await world.person();
});
afterAll(async () => {
  await world?.close();
  events.expectValid();
});

/** Tokens of a login, and the `jti` of the access token. */
async function tokensOf(who: TestClient = client) {
  const { authReqId, requestId } = await world.asked(who, { login_hint: person.email });
  await world.answer(person.phone, requestId, 'approve');
  const { body } = await world.poll(who, authReqId);
  const [accessToken, idToken] = [String(body['access_token']), String(body['id_token'])];
  return { accessToken, idToken, jti: String(decodeJwt(accessToken).jti) };
}

const revoke = (token: string, who = client) => world.post('/revoke', who, { token });
const recordOf = (jti: string) => world.stored('Transactions', { pk: `REVOKED#${sha256(jti)}`, sk: 'REVOKED' });
const auditOf = (jti: string) => world.trail(jti).map(({ event }) => event);

/** The one answer to whatever an authenticated client presents (RFC 7009 §2.2). */
async function expectDone(answer: Answer, reason: string): Promise<void> {
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-type')).toBeNull();
  expect(await world.reason(answer)).toBe(reason);
}

describe('a client revokes its access token', () => {
  it('which is recorded until no API accepts it any more, told to others by its jti, and audited', async () => {
    const { accessToken, jti } = await tokensOf();
    await expectDone(await revoke(accessToken), 'access_token_revoked');
    const { exp = 0, sub } = decodeJwt(accessToken);
    const { client_id } = client;
    expect(await recordOf(jti)).toMatchObject({
      jti: { S: jti },
      client_id: { S: client_id },
      sub: { S: sub },
      expires_at: { N: String(exp) },
      revoked_at: { N: String(world.runtime.now()) },
      ttl: { N: String(exp + 60) },
    });
    const event = await events.next('token_revoked', { jti });
    const id = sha256(`token_revoked ${jti}`);
    expect(event).toEqual({ id, at: expect.any(Number), jti, client_id, sub, expires_at: exp });
    expect(world.trail(jti)).toMatchObject([
      { event: 'tokens_issued', jti, sub, clientId: client_id },
      { event: 'token_revoked', jti, sub, clientId: client_id },
    ]);
    const log = [...world.logs, JSON.stringify(events.all)];
    expect(log.filter((line) => line.includes(accessToken.split('.')[2] ?? ''))).toEqual([]);
  });

  it('under the path of Auth0 as well, and with a hint that means nothing here (§2.1)', async () => {
    const { accessToken } = await tokensOf();
    const form = { token: accessToken, token_type_hint: 'refresh_token' };
    await expectDone(await world.post('/oauth/revoke', client, form), 'access_token_revoked');
  });

  it('again, which changes nothing', async () => {
    const { accessToken, jti } = await tokensOf();
    await revoke(accessToken);
    const first = await recordOf(jti);
    world.runtime.advance(7);
    await expectDone(await revoke(accessToken), 'access_token_revoked_before');
    expect(await recordOf(jti)).toEqual(first);
    expect(auditOf(jti)).toEqual(['tokens_issued', 'token_revoked']);
  });

  it('twenty times at once: one record, one event, one line in the audit trail', async () => {
    const { accessToken, jti } = await tokensOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(accessToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const reasons = await Promise.all(answers.map((answer) => world.reason(answer)));
    expect(reasons.filter((reason) => reason === 'access_token_revoked')).toHaveLength(1);
    await events.next('token_revoked', { jti });
    const later = await tokensOf();
    await revoke(later.accessToken);
    await events.next('token_revoked', { jti: later.jti });
    const told = events.of('token_revoked').filter((detail) => detail['jti'] === jti);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(auditOf(jti)).toEqual(['tokens_issued', 'token_revoked']);
  });

  it('signed with a key that was made after the function had read the keys', async () => {
    // Copies of keys live 300 seconds: that of `token` ends here, and that of `token-revocation` does not.
    world.runtime.advance(301);
    const before = await tokensOf();
    world.runtime.advance(200);
    await expectDone(await revoke(before.accessToken), 'access_token_revoked');
    const { kid } = decodeProtectedHeader(before.accessToken);
    await world.runtime.host.invoke('signing-keys', { action: 'revoke', kid });
    world.runtime.advance(101);
    const { accessToken } = await tokensOf();
    expect(decodeProtectedHeader(accessToken).kid).not.toBe(kid);
    await expectDone(await revoke(accessToken), 'access_token_revoked');
  });

  it.each(['ES256', 'PS256'])('signed with %s, as it is registered', async (alg) => {
    const who = await world.client({ access_token_signed_response_alg: alg });
    const { accessToken } = await tokensOf(who);
    expect(decodeProtectedHeader(accessToken).alg).toBe(alg);
    await expectDone(await revoke(accessToken, who), 'access_token_revoked');
  });

  it('however it authenticates: in the form, or by a signed assertion for any of these audiences', async () => {
    const posting = await world.client({ token_endpoint_auth_method: 'client_secret_post' });
    const { accessToken } = await tokensInForm(posting);
    const inForm = (token: string, credential: object) => world.post('/revoke', undefined, { token, ...credential });
    await expectDone(await inForm(accessToken, posting), 'access_token_revoked');
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [await exportJWK(publicKey)] };
    const { client_id: id } = await world.client({ token_endpoint_auth_method: 'private_key_jwt', jwks });
    const credential = async (aud: string, jti: string = randomUUID()) => ({
      client_assertion_type: ASSERTION,
      client_assertion: await new SignJWT({ iss: id, sub: id, aud, exp: world.runtime.now() + 60, jti })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey),
    });
    for (const aud of ['', 'token', 'revoke', 'oauth/revoke'].map((path) => world.issuer + path))
      await expectDone(await inForm('junk', await credential(aud)), 'not_an_access_token');
    const used = await credential(world.issuer, 'once');
    await inForm('junk', used);
    const again = { status: 401, error: 'invalid_client', reason: 'client_assertion_replayed' };
    await expectRefusal(world, await inForm('junk', used), again);
  });

  async function tokensInForm(who: TestClient) {
    const { body } = await world.post('/bc-authorize', undefined, {
      ...who,
      scope: 'openid',
      login_hint: person.email,
    });
    const auth_req_id = String(body['auth_req_id']);
    await world.answer(person.phone, sha256(auth_req_id), 'approve');
    const grant_type = 'urn:openid:params:grant-type:ciba';
    const tokens = await world.post('/token', undefined, { ...who, grant_type, auth_req_id });
    return { accessToken: String(tokens.body['access_token']) };
  }
});

describe('nothing is revoked, and the answer is the same (RFC 7009 §2.2)', () => {
  /** Presents it, and expects that nothing was stored, told or audited. */
  async function expectNothing(token: string, reason: string, who = client): Promise<void> {
    const calls = world.runtime.aws.calls.length;
    await expectDone(await revoke(token, who), reason);
    const writes = world.runtime.aws.calls.slice(calls).filter(({ action }) => /^(Put|Update|Delete)/.test(action));
    expect(writes.filter(({ caller }) => caller === 'token-revocation')).toEqual([]);
  }

  it('for the token of another client (§2.1)', async () => {
    const { accessToken, jti } = await tokensOf();
    await expectNothing(accessToken, 'access_token_foreign', await world.client());
    expect(await recordOf(jti)).toBeUndefined();
  });

  it('for an ID token of the client', async () => {
    const { idToken } = await tokensOf();
    await expectNothing(idToken, 'not_an_access_token');
  });

  it('for a JWT of a phone', async () => {
    const assertion = await person.phone.assertion('GET', 'device/requests');
    await expectNothing(assertion.replace('Device ', ''), 'not_an_access_token');
  });

  it('for an access token that expired more than a minute ago', async () => {
    const { accessToken } = await tokensOf();
    world.runtime.advance(900 + 60);
    await expectNothing(accessToken, 'access_token_expired');
  });

  it.each([
    ['a word', 'junk'],
    ['two dots', '..'],
    ['a JWT of nothing', 'e30.e30.'],
    ['60 KB', 'a'.repeat(60_000)],
    ['60 KB of a JWT', `e30.${'e'.repeat(60_000)}.e30`],
  ])('for %s', async (_, token) => {
    await expectNothing(token, 'not_an_access_token');
  });

  it('for an access token whose signature is missing, cut, of another token, or a stranger’s', async () => {
    const { accessToken } = await tokensOf();
    const [header = '', claims = '', signature = ''] = accessToken.split('.');
    const [, , other = ''] = (await tokensOf()).accessToken.split('.');
    const { privateKey } = await generateKeyPair('RS256');
    const signed = (different: { iss?: string; kid?: string } = {}) => {
      const { kid, ...more } = { ...decodeProtectedHeader(accessToken), ...different };
      const { iss = world.issuer } = different;
      return new SignJWT({ ...decodeJwt(accessToken), iss })
        .setProtectedHeader({ ...more, alg: 'RS256', typ: 'at+jwt', ...(kid !== undefined && { kid }) })
        .sign(privateKey);
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = part({ ...decodeProtectedHeader(accessToken), alg: 'none' });
    const longer = part({ ...decodeJwt(accessToken), exp: world.runtime.now() + 9000 });
    for (const forged of [
      `${none}.${claims}.`,
      `${none}.${claims}.${signature}`,
      `${header}.${claims}.`,
      `${header}.${claims}.${signature.slice(0, -4)}`,
      `${header}.${claims}.${other}`,
      `${header}.${longer}.${signature}`,
      await signed(),
      await signed({ kid: 'unknown' }),
    ])
      await expectNothing(forged, 'access_token_not_verified');
    await expectNothing(await signed({ iss: 'https://evil.example/' }), 'not_an_access_token');
  });
});

describe('a revocation request is refused', () => {
  const failed = { status: 401, error: 'invalid_client' };
  const invalid = { status: 400, error: 'invalid_request' };

  it('if the client does not authenticate, whatever the token; nothing is revoked', async () => {
    const { accessToken, jti } = await tokensOf();
    const wrong = { ...client, client_secret: 'wrong' };
    await expectRefusal(world, await revoke(accessToken, wrong), { ...failed, reason: 'wrong_client_secret' });
    const unknown = { ...client, client_id: 'nobody' };
    await expectRefusal(world, await revoke(accessToken, unknown), { ...failed, reason: 'unknown_client' });
    const none = await world.post('/revoke', undefined, { token: accessToken });
    await expectRefusal(world, none, { ...failed, reason: 'no_client_authentication' });
    expect(await recordOf(jti)).toBeUndefined();
  });

  it('without a token, with two, with text, and with more than 64 KB', async () => {
    await expectRefusal(world, await world.post('/revoke', client, {}), { ...invalid, reason: 'missing_parameter' });
    const twice = await world.post('/revoke', client, 'token=a&token=b');
    await expectRefusal(world, twice, { ...invalid, reason: 'repeated_parameter' });
    const text = await world.send('/revoke', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"token":"a"}',
    });
    expect(await world.reason(text)).toBe('unsupported_media_type');
    expect(await world.reason(await revoke('a'.repeat(65_536)))).toBe('body_too_large');
  });

  it('with GET: the token would stand in a URL', async () => {
    expect((await world.send('/revoke?token=x', {})).status).toBe(404);
  });

  it('with 500 and not 200 while DynamoDB is out: the client must assume that the token is good (§2.2.1)', async () => {
    const { accessToken, jti } = await tokensOf();
    await revoke('junk');
    world.runtime.aws.interference = () => ({ status: 500, body: '{"__type":"InternalServerError"}' });
    const answer = await revoke(accessToken);
    world.runtime.aws.interference = undefined;
    expect([answer.status, answer.body['error']]).toEqual([500, 'server_error']);
    expect(auditOf(jti)).toEqual(['tokens_issued']);
    await expectDone(await revoke(accessToken), 'access_token_revoked');
  });
});
