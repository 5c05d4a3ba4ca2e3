import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectTokens } from '../support/assertions.ts';
import { type Answer, basic, CIBA_GRANT, requestIdOf, World } from '../support/world.ts';

// What discovery lists is tried here, value by value: it works. What the same member does not list does not. A member
// without a trial fails the first test.

const ACR = 'urn:example:verified';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const NOTIFICATION_TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';
const USER = {
  ...{ name: 'Ana Lindqvist', given_name: 'Ana', family_name: 'Lindqvist', preferred_username: 'ana' },
  ...{ email: 'ana@example.com', email_verified: true, phone_number: '+491701234567', phone_number_verified: true },
};

let world: World;
let metadata: Readonly<Record<string, unknown>>;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  const acrPolicy = JSON.stringify([{ acr: ACR, anyOf: ['user'] }]);
  world = await World.start({ variables: { ACR_POLICY: acrPolicy } });
  metadata = (await world.send('/.well-known/openid-configuration', {})).body;
  person = await world.person(USER);
});
afterAll(() => world?.close());

const listed = (member: string): readonly string[] => [metadata[member]].flat().map(String);

/** Sends a form as somebody: with headers, or with more parameters. */
type Credential = { readonly headers?: Record<string, string>; readonly form?: Record<string, string> };
const send = (member: string, form: Record<string, string>, by: Credential): Promise<Answer> =>
  world.send(new URL(String(metadata[member])).pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...by.headers },
    body: new URLSearchParams({ ...form, ...by.form }).toString(),
  });

/** Asks and approves, and returns the answer with the tokens. */
async function logIn(by: () => Promise<Credential> | Credential, form: Record<string, string> = {}) {
  const hint = { scope: 'openid', login_hint: person.email, client_notification_token: NOTIFICATION_TOKEN };
  const asked = await send('backchannel_authentication_endpoint', { ...hint, ...form }, await by());
  expect(asked.body).toHaveProperty('auth_req_id');
  const authReqId = String(asked.body['auth_req_id']);
  await world.answer(person.phone, requestIdOf(authReqId), 'approve');
  const redemption = { grant_type: CIBA_GRANT, auth_req_id: authReqId };
  return expectTokens(await send('token_endpoint', redemption, await by()));
}

/** Registers a client and returns its credential. */
async function registered(registration: Record<string, unknown>): Promise<() => Credential> {
  const headers = { authorization: basic(await world.client(registration)) };
  return () => ({ headers });
}

/** Registers a client that authenticates so, and returns a credential for each call. */
async function registeredFor(method: string): Promise<() => Promise<Credential> | Credential> {
  if (method === 'private_key_jwt') return registeredWithKey('ES256');
  const client = await world.client({ token_endpoint_auth_method: method });
  return method === 'client_secret_post'
    ? () => ({ form: { ...client } })
    : () => ({ headers: { authorization: basic(client) } });
}

async function registeredWithKey(alg: string): Promise<() => Promise<Credential>> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const { client_id: id } = await world.client({
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [await exportJWK(publicKey)] },
  });
  return async () => {
    const now = world.runtime.now();
    const claims = { iss: id, sub: id, aud: world.issuer, iat: now, exp: now + 60, jti: randomUUID() };
    const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey);
    return { form: { client_assertion_type: ASSERTION, client_assertion } };
  };
}

/** Whether a registration is accepted. */
async function accepts(registration: Record<string, unknown>): Promise<boolean> {
  const name = { client_name: `Trial ${randomUUID()}`, token_endpoint_auth_method: 'client_secret_basic' };
  const { status } = await world.admin('POST', '/admin/clients', { ...name, ...registration });
  return status === 201;
}

/** An endpoint answers in the way of OAuth to a caller without a credential. */
async function isClientEndpoint(member: string): Promise<void> {
  expect(String(metadata[member]).startsWith(world.issuer)).toBe(true);
  const { status, body } = await send(member, {}, {});
  expect([status, body['error']]).toEqual([401, 'invalid_client']);
}

/** Every listed method works at an endpoint, and no other can be registered. */
async function triesMethods(member: string, attempt: (by: () => Promise<Credential> | Credential) => Promise<unknown>) {
  for (const method of listed(member)) await attempt(await registeredFor(method));
  const others = [
    'none',
    'client_secret_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'attest_jwt_client_auth',
  ];
  for (const method of others.filter((one) => !listed(member).includes(one)))
    expect(await accepts({ token_endpoint_auth_method: method }), method).toBe(false);
}

async function triesAlgorithms(member: string, attempt: (by: () => Promise<Credential>) => Promise<unknown>) {
  for (const algorithm of listed(member)) await attempt(await registeredWithKey(algorithm));
  for (const algorithm of ['none', 'HS256', 'RS512', 'EdDSA'].filter((one) => !listed(member).includes(one))) {
    const jwks = { keys: [await exportJWK((await generateKeyPair('ES256')).publicKey)] };
    const registration = { token_endpoint_auth_method: 'private_key_jwt', jwks };
    expect(await accepts({ ...registration, token_endpoint_auth_signing_alg: algorithm }), algorithm).toBe(false);
  }
}

async function revokes(by: () => Promise<Credential> | Credential): Promise<void> {
  const { access_token: token } = await logIn(by);
  expect((await send('revocation_endpoint', { token }, await by())).status).toBe(200);
  expect(world.trail('token_revoked').at(-1)).toMatchObject({ jti: decodeJwt(token).jti });
}

/** Asks with a signed request (CIBA §7.1.1). */
async function asksSigned(alg: string): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwks = { keys: [await exportJWK(publicKey)] };
  const client = await world.client({ jwks, backchannel_authentication_request_signing_alg: alg });
  const now = world.runtime.now();
  const about = { iss: client.client_id, aud: world.issuer, iat: now, nbf: now, exp: now + 60, jti: randomUUID() };
  const claims = { ...about, scope: 'openid', login_hint: person.email };
  const request = await new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey);
  const by = { headers: { authorization: basic(client) } };
  expect((await send('backchannel_authentication_endpoint', { request }, by)).body).toHaveProperty('auth_req_id');
}

/** A trial of each member. */
const TRIALS: Readonly<Record<string, () => Promise<unknown>>> = {
  issuer: async () => {
    expect(metadata['issuer']).toBe(world.issuer);
    expect(decodeJwt((await logIn(await registered({}))).id_token).iss).toBe(world.issuer);
  },
  backchannel_authentication_endpoint: () => isClientEndpoint('backchannel_authentication_endpoint'),
  backchannel_authentication_resend_endpoint: () => isClientEndpoint('backchannel_authentication_resend_endpoint'),
  backchannel_authentication_withdrawal_endpoint: () =>
    isClientEndpoint('backchannel_authentication_withdrawal_endpoint'),
  backchannel_authentication_number_endpoint: () => isClientEndpoint('backchannel_authentication_number_endpoint'),
  authorization_endpoint: async () => {
    const path = new URL(String(metadata['authorization_endpoint'])).pathname;
    const uri = 'https://client.example/cb';
    const query = new URLSearchParams({ client_id: 'x', response_type: 'code', redirect_uri: uri, state: 's3cret' });
    for (const [method, target, body] of [
      ['GET', `${path}?${query}`, null],
      ['POST', path, query],
    ] as const) {
      const answer = await world.send(target, { method, body });
      expect(answer.status).toBe(400);
      expect(await world.reason(answer)).toBe('only_backchannel');
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(`${answer.text} ${JSON.stringify([...answer.headers])}`).not.toMatch(/s3cret|client\.example/);
      expect(answer.body['error']).toBe('unsupported_response_type');
    }
  },
  token_endpoint: () => isClientEndpoint('token_endpoint'),
  revocation_endpoint: () => isClientEndpoint('revocation_endpoint'),
  jwks_uri: async () => {
    const { body } = await world.send(new URL(String(metadata['jwks_uri'])).pathname, {});
    const { id_token } = await logIn(await registered({}));
    const currentDate = new Date(world.runtime.now() * 1000);
    await jwtVerify(id_token, createLocalJWKSet(body as unknown as JSONWebKeySet), { currentDate });
  },
  backchannel_token_delivery_modes_supported: async () => {
    const endpoint = { backchannel_client_notification_endpoint: 'https://client.example/ciba' };
    for (const mode of ['poll', 'ping', 'push']) {
      const registration = { backchannel_token_delivery_mode: mode, ...(mode !== 'poll' && endpoint) };
      const isListed = listed('backchannel_token_delivery_modes_supported').includes(mode);
      expect(await accepts(registration), mode).toBe(isListed);
      if (isListed && mode !== 'push') await logIn(await registered(registration));
    }
  },
  backchannel_user_code_parameter_supported: async () => {
    expect(await accepts({ backchannel_user_code_parameter: true })).toBe(
      metadata['backchannel_user_code_parameter_supported'],
    );
  },
  grant_types_supported: async () => {
    const by = await registered({});
    for (const grant_type of [...listed('grant_types_supported'), 'refresh_token', 'authorization_code', 'password']) {
      const { body } = await send('token_endpoint', { grant_type }, by());
      const isListed = listed('grant_types_supported').includes(grant_type);
      expect(body['error'] !== 'unsupported_grant_type', grant_type).toBe(isListed);
      expect(await accepts({ grant_types: [grant_type] }), grant_type).toBe(isListed);
    }
  },
  response_types_supported: async () => {
    // `none` asks for nothing, so nothing is lost when it is refused like all others.
    expect(listed('response_types_supported')).toEqual(['none']);
    for (const type of ['none', 'code', 'token', 'id_token']) {
      const { status, body } = await world.send(`/authorize?response_type=${type}`, {});
      expect([status, body['error']]).toEqual([400, 'unsupported_response_type']);
    }
  },
  subject_types_supported: async () => {
    expect(listed('subject_types_supported')).toEqual(['public']);
    const subs = [await logIn(await registered({})), await logIn(await registered({}))];
    expect(subs.map(({ id_token }) => decodeJwt(id_token).sub)).toEqual([person.sub, person.sub]);
  },
  scopes_supported: async () => {
    const scope = listed('scopes_supported').join(' ');
    expect((await logIn(await registered({ scope }), { scope })).scope).toBe(scope);
  },
  claims_supported: async () => {
    const scope = listed('scopes_supported').join(' ');
    const { id_token } = await logIn(await registered({ scope }), { scope });
    expect(Object.keys(decodeJwt(id_token)).toSorted()).toEqual(listed('claims_supported').toSorted());
  },
  acr_values_supported: async () => {
    expect(listed('acr_values_supported')).toEqual([ACR]);
    expect(decodeJwt((await logIn(await registered({}))).id_token)['acr']).toBe(ACR);
  },
  id_token_signing_alg_values_supported: async () => {
    for (const alg of [...listed('id_token_signing_alg_values_supported'), 'none', 'HS256', 'RS512', 'EdDSA']) {
      const registration = { id_token_signed_response_alg: alg };
      const isListed = listed('id_token_signing_alg_values_supported').includes(alg);
      expect(await accepts(registration), alg).toBe(isListed);
      if (!isListed) continue;
      const { id_token } = await logIn(await registered(registration));
      expect(JSON.parse(Buffer.from(id_token.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg });
    }
  },
  token_endpoint_auth_methods_supported: () => triesMethods('token_endpoint_auth_methods_supported', logIn),
  token_endpoint_auth_signing_alg_values_supported: () =>
    triesAlgorithms('token_endpoint_auth_signing_alg_values_supported', logIn),
  revocation_endpoint_auth_methods_supported: () => triesMethods('revocation_endpoint_auth_methods_supported', revokes),
  revocation_endpoint_auth_signing_alg_values_supported: () =>
    triesAlgorithms('revocation_endpoint_auth_signing_alg_values_supported', revokes),
  request_parameter_supported: async () => {
    expect(metadata['request_parameter_supported']).toBe(true);
    await asksSigned('ES256');
  },
  backchannel_authentication_request_signing_alg_values_supported: async () => {
    const member = 'backchannel_authentication_request_signing_alg_values_supported';
    for (const algorithm of listed(member)) await asksSigned(algorithm);
    const jwks = { keys: [await exportJWK((await generateKeyPair('ES256')).publicKey)] };
    for (const algorithm of ['none', 'HS256', 'RS512', 'EdDSA'].filter((one) => !listed(member).includes(one)))
      expect(await accepts({ jwks, backchannel_authentication_request_signing_alg: algorithm }), algorithm).toBe(false);
  },
  request_uri_parameter_supported: async () => {
    expect(metadata['request_uri_parameter_supported']).toBe(false);
    const form = { scope: 'openid', login_hint: person.email, request_uri: 'https://client.example/request' };
    const { body } = await send('backchannel_authentication_endpoint', form, (await registered({}))());
    expect(body['error']).toBe('invalid_request');
  },
};

describe('discovery lists exactly what works (OIDC Discovery §3, RFC 8414 §2, CIBA §4)', () => {
  it('every member has a trial', () => {
    expect(Object.keys(TRIALS).toSorted()).toEqual(Object.keys(metadata).toSorted());
  });

  it.each(Object.keys(TRIALS))('%s', async (member) => {
    await TRIALS[member]?.();
  });
});
