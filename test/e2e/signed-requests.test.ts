import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeySetServer } from '../support/key-set-server.ts';
import { requestCalls } from '../support/request-calls.ts';
import { CIBA_GRANT, requestIdOf, World } from '../support/world.ts';

// Signed authentication requests (CIBA §7.1.1), and clients that publish their keys (RFC 7591 §2).

type Key = { readonly kid: string; readonly privateKey: CryptoKey; readonly jwk: object };

let world: World;
let server: KeySetServer;
let person: Awaited<ReturnType<World['person']>>;
let key: Key;

beforeAll(async () => {
  server = await KeySetServer.start();
  // A short interval and a running clock, because the libraries wait it out for real.
  const variables = { REQUEST_LIMITS: JSON.stringify({ perUser: 'off', interval: 1 }) };
  world = await World.start({ variables, clock: 'running', trustedCertificates: [server.cert] });
  person = await world.person({ name: 'Ana' });
  key = await newKey('kid-1');
  server.publish(key.jwk);
});
afterAll(async () => {
  await world?.close();
  await server.close();
});

async function newKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('PS256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'PS256', use: 'sig' } };
}

/**
 * A client that publishes its keys, authenticates with them, and must sign its requests. Each has an address of its
 * own.
 */
async function strictClient(): Promise<{ clientId: string; keysAt: string }> {
  const keysAt = `${server.url}?client=${randomUUID()}`;
  const { client_id: clientId } = await world.client({
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: keysAt,
    backchannel_authentication_request_signing_alg: 'PS256',
    require_signed_request_object: true,
  });
  return { clientId, keysAt };
}

async function signed(clientId: string, claims: object = {}, by = key): Promise<string> {
  const now = world.runtime.now();
  const instants = { iat: now, nbf: now, exp: now + 300 };
  const about = { iss: clientId, aud: world.issuer, ...instants, jti: randomUUID() };
  return new SignJWT({ ...about, scope: 'openid', login_hint: person.email, ...claims })
    .setProtectedHeader({ alg: 'PS256', kid: by.kid, typ: 'oauth-authz-req+jwt' })
    .sign(by.privateKey);
}

/** Client authentication with a key. */
async function proof(clientId: string, by = key): Promise<Record<string, string>> {
  const now = world.runtime.now();
  const claims = { iss: clientId, sub: clientId, aud: world.issuer, iat: now, exp: now + 60, jti: randomUUID() };
  const header = { alg: 'PS256', kid: by.kid };
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT(claims).setProtectedHeader(header).sign(by.privateKey),
  };
}
const ask = async (clientId: string, form: Record<string, string>, by = key) =>
  world.post('/bc-authorize', undefined, { ...(await proof(clientId, by)), ...form });

describe('a signed request of a client that publishes its keys', () => {
  it('logs a user in with openid-client, and its binding message is on the phone', async () => {
    const { clientId } = await strictClient();
    const auth = openid.PrivateKeyJwt({ key: key.privateKey, kid: key.kid });
    const execute = [openid.allowInsecureRequests];
    const config = await openid.discovery(new URL(world.issuer), clientId, {}, auth, { execute });
    expect(config.serverMetadata()['backchannel_authentication_request_signing_alg_values_supported']).toContain(
      'PS256',
    );
    const request = await signed(clientId, { binding_message: 'W4SCT', requested_expiry: '300' });
    const asked = await openid.initiateBackchannelAuthentication(config, { request });
    expect(asked.expires_in).toBe(300);
    const requestId = requestIdOf(asked.auth_req_id);
    const { bytes } = await person.phone.read(requestId);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ binding_message: 'W4SCT' });
    await person.phone.answer(requestId, bytes, 'approve');
    const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
    expect(tokens.claims()).toMatchObject({ sub: person.sub, aud: clientId });
  });

  it('logs a user in with oauth4webapi, by a client with a secret', async () => {
    const { client_id, client_secret } = await world.client({
      jwks: { keys: [key.jwk] },
      backchannel_authentication_request_signing_alg: 'PS256',
    });
    const insecure = { [oauth.allowInsecureRequests]: true } as const;
    const issuer = new URL(world.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const auth = oauth.ClientSecretBasic(client_secret);
    const parameters = new URLSearchParams({ request: await signed(client_id, { requested_expiry: 60 }) });
    const response = await oauth.backchannelAuthenticationRequest(as, { client_id }, auth, parameters, insecure);
    const asked = await oauth.processBackchannelAuthenticationResponse(as, { client_id }, response);
    expect(asked.expires_in).toBe(60);
    await world.answer(person.phone, requestIdOf(asked.auth_req_id), 'approve');
    const form = { grant_type: CIBA_GRANT, auth_req_id: asked.auth_req_id };
    expect((await world.post('/token', { client_id, client_secret }, form)).body).toHaveProperty('id_token');
  });

  it('works once, and costs one write; its keys are fetched once', async () => {
    const { clientId } = await strictClient();
    const before = server.calls.length;
    const request = await signed(clientId);
    const calls = world.runtime.aws.calls.length;
    expect((await ask(clientId, { request })).status).toBe(200);
    const written = requestCalls(world.runtime.aws.calls.slice(calls)).filter(({ body }) => body.includes('JTI#'));
    expect(written.map(({ action, body }) => [action, body.includes(`JTI#${clientId}#request#`)])).toEqual([
      ['PutItem', false],
      ['PutItem', true],
    ]);
    const again = await ask(clientId, { request });
    expect(again.body).toMatchObject({ error: 'invalid_request', error_description: expect.stringContaining('jti') });
    expect((await world.line(again))['reason']).toBe('request_object_replayed');
    expect(server.calls.length - before).toBe(1);
  });

  it.each<[string, string, (clientId: string) => Promise<Record<string, string>>]>([
    ['parameters in the form', 'signed_request_required', async () => ({ scope: 'openid', login_hint: person.email })],
    [
      'a parameter outside',
      'parameter_outside_signed_request',
      async (id) => ({ request: await signed(id), login_hint: person.email }),
    ],
    ['a request_uri', 'request_uri_not_supported', async () => ({ request_uri: 'https://bank.example/request' })],
    [
      'an assertion in place of a request',
      'request_object_claim',
      async (id) => ({ request: await signed(id, { sub: id }) }),
    ],
    [
      'a request of another key under the same kid',
      'request_object_signature',
      async (id) => ({ request: await signed(id, {}, await newKey('kid-1')) }),
    ],
    [
      'a request for 70 minutes',
      'request_object_claim',
      async (id) => ({ request: await signed(id, { exp: world.runtime.now() + 4200 }) }),
    ],
  ])('is refused as invalid_request with %s', async (_what, reason, form) => {
    const { clientId } = await strictClient();
    const answer = await ask(clientId, await form(clientId));
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request']);
    expect((await world.line(answer))['reason']).toBe(reason);
  });
});

describe('a key at a jwks_uri', () => {
  it('that takes the place of another works ten seconds later, and the old one no longer than five minutes', async () => {
    const { clientId } = await strictClient();
    const old = await newKey('kid-old');
    const next = await newKey('kid-next');
    const isTaken = async (by: Key) =>
      (await ask(clientId, { request: await signed(clientId, {}, by) }, by)).status === 200;
    server.publish(old.jwk);
    expect([await isTaken(old), await isTaken(next)]).toEqual([true, false]);
    server.publish(next.jwk);
    world.runtime.advance(10);
    expect([await isTaken(next), await isTaken(old)]).toEqual([true, false]);
    // Nothing asks for an unknown key, so the copy stays for its time.
    server.publish(old.jwk);
    world.runtime.advance(240);
    expect(await isTaken(next)).toBe(true);
    world.runtime.advance(60);
    expect(await isTaken(next)).toBe(false);
    server.publish(key.jwk);
  });

  it('that cannot be fetched keeps its client out alone: it is told no more than of a wrong key', async () => {
    const { clientId } = await strictClient();
    const other = await strictClient();
    expect((await ask(other.clientId, { request: await signed(other.clientId) })).status).toBe(200);
    server.behave({ status: 500, body: '' });
    const refused = await ask(clientId, { request: await signed(clientId) });
    expect(refused.body).toEqual({ error: 'invalid_client', error_description: 'Client authentication failed.' });
    expect(await world.line(refused)).toMatchObject({ reason: 'client_keys_unavailable', detail: 'wrong_status' });
    expect((await ask(other.clientId, { request: await signed(other.clientId) })).status).toBe(200);
    server.publish(key.jwk);
  });

  it('is not fetched for an address that an operator took from the client: nothing more is accepted under it', async () => {
    const { clientId } = await strictClient();
    const asked = await ask(clientId, { request: await signed(clientId) });
    const authReqId = String(asked.body['auth_req_id']);
    await world.answer(person.phone, requestIdOf(authReqId), 'approve');
    const redeem = async () =>
      world.post('/token', undefined, {
        ...(await proof(clientId)),
        grant_type: CIBA_GRANT,
        auth_req_id: authReqId,
      });
    const unknown = await world.post('/token', undefined, {
      ...(await proof(clientId)),
      grant_type: CIBA_GRANT,
      auth_req_id: 'x',
    });
    expect(unknown.body['error']).toBe('invalid_grant');
    const jwks = { keys: [(await newKey('kid-2')).jwk] };
    expect((await world.admin('PATCH', `/admin/clients/${clientId}`, { jwks })).body).not.toHaveProperty('jwks_uri');
    const answer = await redeem();
    expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client']);
    expect((await world.line(answer))['reason']).toBe('credential_taken_back');
  });
});
