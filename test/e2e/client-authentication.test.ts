import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { basic, CIBA_GRANT, type TestClient, World } from '../support/world.ts';

type Algorithm = 'RS256' | 'PS256' | 'ES256';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256'];

let world: World;
let withBasic: TestClient;
let withPost: TestClient;
const keys = new Map<Algorithm, CryptoKey>();
const withKey = new Map<Algorithm, string>();

beforeAll(async () => {
  world = await World.start();
  withBasic = await world.client();
  withPost = await world.client({ token_endpoint_auth_method: 'client_secret_post' });
  for (const algorithm of ALGORITHMS) {
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    keys.set(algorithm, privateKey);
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] };
    const metadata = {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: algorithm,
      jwks,
    };
    withKey.set(algorithm, (await world.client(metadata)).client_id);
  }
});
afterAll(() => world?.close());

const unknownRequest = { grant_type: CIBA_GRANT, auth_req_id: 'unknown' };
/** Past client authentication an unknown auth_req_id is `invalid_grant`: that shows who was let in. */
const letIn = { status: 400, error: 'invalid_grant', reason: 'unknown_auth_req_id' };
const failed = (reason: string) => ({ status: 401, error: 'invalid_client', reason });

async function assertion(
  algorithm: Algorithm,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const id = withKey.get(algorithm) ?? '';
  const now = world.runtime.now();
  const key = keys.get(algorithm);
  if (!key) throw new Error('no key');
  return new SignJWT({ iss: id, sub: id, aud: world.issuer, iat: now, exp: now + 60, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: algorithm, ...header })
    .sign(key);
}
const tokenWith = async (client_assertion: string, more: Record<string, string> = {}) =>
  world.post('/token', undefined, { ...unknownRequest, client_assertion_type: ASSERTION, client_assertion, ...more });

describe('client secrets (RFC 6749 §2.3.1)', () => {
  it('lets in client_secret_basic and client_secret_post as registered', async () => {
    await expectRefusal(world, await world.post('/token', withBasic, unknownRequest), letIn);
    await expectRefusal(world, await world.post('/token', undefined, { ...unknownRequest, ...withPost }), letIn);
    await expectRefusal(world, await world.post('/oauth/token', withBasic, unknownRequest), letIn);
  });

  it('lets in a secret in the other way than the registered one, as a client that is not strict may send it', async () => {
    await expectRefusal(world, await world.post('/token', withPost, unknownRequest), letIn);
    await expectRefusal(world, await world.post('/token', undefined, { ...unknownRequest, ...withBasic }), letIn);
  });

  it('refuses the other way for a strict client, even with the right secret, at once and until it is changed back', async () => {
    const strict = { strict_token_endpoint_auth_method: true };
    const basicOnly = await world.client(strict);
    const postOnly = await world.client({ ...strict, token_endpoint_auth_method: 'client_secret_post' });
    const otherWay = { ...unknownRequest, ...basicOnly };
    const refused = failed('wrong_authentication_method');
    await expectRefusal(world, await world.post('/token', postOnly, unknownRequest), refused);
    await expectRefusal(world, await world.post('/token', undefined, otherWay), refused);
    await expectRefusal(world, await world.post('/token', basicOnly, unknownRequest), letIn);
    await world.admin('PATCH', `/admin/clients/${basicOnly.client_id}`, { strict_token_endpoint_auth_method: null });
    await expectRefusal(world, await world.post('/token', undefined, otherWay), letIn);
  });

  it('answers 401 with WWW-Authenticate only to a client that used the Authorization header (RFC 6749 §5.2)', async () => {
    const wrong = { ...withBasic, client_secret: 'wrong' };
    const inHeader = await world.post('/token', wrong, unknownRequest);
    await expectRefusal(world, inHeader, failed('wrong_client_secret'));
    expect(inHeader.headers.get('www-authenticate')).toContain('Basic');
    const inBody = await world.post('/token', undefined, { ...unknownRequest, ...withPost, client_secret: 'wrong' });
    await expectRefusal(world, inBody, failed('wrong_client_secret'));
    expect(inBody.headers.get('www-authenticate')).toBeNull();
  });

  it('says the same of an unknown client and a wrong secret', async () => {
    const unknown = await world.post(
      '/bc-authorize',
      { client_id: 'nobody', client_secret: 'x' },
      { scope: 'openid', login_hint: 'ana@example.com' },
    );
    await expectRefusal(world, unknown, failed('unknown_client'));
    expect(unknown.text).toBe((await world.post('/token', { ...withBasic, client_secret: 'x' }, unknownRequest)).text);
  });

  it.each([
    ['no credentials', {}, undefined, 401, 'invalid_client', 'no_client_authentication'],
    [
      'header and body together',
      { client_secret: 'x' },
      'basic',
      400,
      'invalid_request',
      'several_client_authentications',
    ],
  ])('refuses %s', async (_name, form, header, status, error, reason) => {
    const answer = await world.post('/token', header ? withBasic : undefined, { ...unknownRequest, ...form });
    await expectRefusal(world, answer, { status, error, reason });
  });

  it('refuses a header that is malformed', async () => {
    const headers = { authorization: 'Basic !!!', 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await world.send('/token', {
      method: 'POST',
      headers,
      body: new URLSearchParams(unknownRequest).toString(),
    });
    await expectRefusal(world, answer, failed('malformed_authorization_header'));
  });
});

describe('private_key_jwt (RFC 7523 §3, CIBA §7.1)', () => {
  it.each(ALGORITHMS)('lets in %s, with and without a kid', async (algorithm) => {
    await expectRefusal(world, await tokenWith(await assertion(algorithm)), letIn);
    await expectRefusal(world, await tokenWith(await assertion(algorithm, {}, { kid: 'k1' })), letIn);
  });

  it('takes a jti once, at both endpoints together', async () => {
    const once = await assertion('ES256');
    await expectRefusal(world, await tokenWith(once), letIn);
    await expectRefusal(world, await tokenWith(once), failed('client_assertion_replayed'));
    const form = {
      scope: 'openid',
      login_hint: 'ana@example.com',
      client_assertion_type: ASSERTION,
      client_assertion: once,
    };
    await expectRefusal(world, await world.post('/bc-authorize', undefined, form), failed('client_assertion_replayed'));
  });

  it.each(['/bc-authorize/withdraw', '/bc-authorize/resend', '/bc-authorize/number'])(
    'takes a jti once at %s too, and a second time nothing happens to the request',
    async (path) => {
      const { email } = await world.person();
      const post = async (to: string, form: Record<string, string>, client_assertion?: string) =>
        world.post(to, undefined, {
          ...form,
          client_assertion_type: ASSERTION,
          client_assertion: client_assertion ?? (await assertion('ES256')),
        });
      const asked = await post('/bc-authorize', { scope: 'openid', login_hint: email });
      const form = { auth_req_id: String(asked.body['auth_req_id']), number: '00' };
      const pushes = world.runtime.push.deliveries.length;
      const once = await assertion('ES256');
      await expectRefusal(world, await tokenWith(once), letIn);
      await expectRefusal(world, await post(path, form, once), failed('client_assertion_replayed'));
      expect(world.runtime.push.deliveries).toHaveLength(pushes);
      const polled = await post('/token', { ...form, grant_type: 'urn:openid:params:grant-type:ciba' });
      expect(polled.body['error']).toBe('authorization_pending');
      // And one that was used here is used up elsewhere.
      const here = await assertion('ES256');
      expect((await post(path, { auth_req_id: 'unknown', number: '00' }, here)).status).not.toBe(401);
      await expectRefusal(world, await tokenWith(here), failed('client_assertion_replayed'));
    },
  );

  it('lets one of 20 concurrent uses of a jti in', async () => {
    const once = await assertion('ES256');
    const answers = await Promise.all(Array.from({ length: 20 }, () => tokenWith(once)));
    expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  const now = () => world.runtime.now();
  it.each<[string, () => Record<string, unknown>]>([
    ['aud another server', () => ({ aud: 'https://evil.example/' })],
    ['exp passed more than a minute ago', () => ({ iat: now() - 200, exp: now() - 61 })],
    ['no jti', () => ({ jti: undefined })],
  ])('refuses %s and stores nothing', async (_name, claims) => {
    const puts = () => world.runtime.aws.calls.filter(({ action }) => action === 'PutItem').length;
    const before = puts();
    await expectRefusal(world, await tokenWith(await assertion('ES256', claims())), failed('client_assertion_claim'));
    expect(puts()).toBe(before);
  });

  it('refuses the algorithm that is not registered, though the key would do', async () => {
    const id = withKey.get('PS256') ?? '';
    const { privateKey } = await generateKeyPair('RS256');
    const jws = await new SignJWT({ iss: id, sub: id }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    await expectRefusal(world, await tokenWith(jws), failed('client_assertion_signature'));
  });

  it('refuses alg none and HMAC under the public key', async () => {
    const id = withKey.get('ES256') ?? '';
    const claims = Buffer.from(
      JSON.stringify({ iss: id, sub: id, aud: world.issuer, exp: now() + 60, jti: 'x' }),
    ).toString('base64url');
    for (const alg of ['none', 'HS256', 'es256']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      await expectRefusal(world, await tokenWith(`${header}.${claims}.AAAA`), failed('client_assertion_signature'));
    }
  });

  it('refuses a stranger’s key, a broken JWT, and another client_id beside it', async () => {
    const id = withKey.get('ES256') ?? '';
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ iss: id, sub: id })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(privateKey);
    await expectRefusal(world, await tokenWith(forged), failed('client_assertion_signature'));
    await expectRefusal(world, await tokenWith('a.b.c'), failed('malformed_client_assertion'));
    await expectRefusal(world, await tokenWith('x'.repeat(20_000)), failed('malformed_client_assertion'));
    await expectRefusal(
      world,
      await tokenWith(await assertion('ES256'), { client_id: 'x' }),
      failed('client_assertion_claim'),
    );
  });

  it.each([undefined, 'JWT', 'jwt', 'client-authentication+jwt', 'application/client-authentication+jwt'])(
    'accepts the type %s in the header (RFC 8725 §3.11)',
    async (typ) => {
      await expectRefusal(world, await tokenWith(await assertion('ES256', {}, { typ })), letIn);
    },
  );

  it.each(['at+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', 'ciba-response+jwt', ''])(
    'refuses what is signed by the client’s key as another type, such as %s (RFC 8725 §3.12)',
    async (typ) => {
      const refused = await tokenWith(await assertion('ES256', {}, { typ }));
      await expectRefusal(world, refused, failed('client_assertion_claim'));
    },
  );

  it('refuses a repeated assertion and a missing type', async () => {
    const jws = await assertion('ES256');
    const twice = `grant_type=x&client_assertion_type=${encodeURIComponent(ASSERTION)}&client_assertion=${jws}&client_assertion=${jws}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await expectRefusal(world, await world.send('/token', { method: 'POST', headers, body: twice }), {
      status: 400,
      error: 'invalid_request',
      reason: 'repeated_parameter',
    });
    await expectRefusal(
      world,
      await world.post('/token', undefined, { ...unknownRequest, client_assertion: jws }),
      failed('no_client_authentication'),
    );
  });
});

it('an unauthenticated caller learns nothing about users (CIBA §7.2)', async () => {
  const { email } = await world.person();
  const answers = await Promise.all(
    [email, 'nobody@example.com'].map((login_hint) =>
      world.post('/bc-authorize', { ...withBasic, client_secret: 'x' }, { scope: 'openid', login_hint }),
    ),
  );
  expect(answers[0]?.text).toBe(answers[1]?.text);
  const headers = {
    authorization: basic({ ...withBasic, client_secret: 'x' }),
    'content-type': 'application/x-www-form-urlencoded',
  };
  const malformed = await world.send('/bc-authorize', {
    method: 'POST',
    headers,
    body: 'scope=openid&scope=x&login_hint=a',
  });
  await expectRefusal(world, malformed, failed('wrong_client_secret'));
});
