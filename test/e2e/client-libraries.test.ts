import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { KeySetServer } from '../support/key-set-server.ts';
import { requestIdOf, type TestClient, World } from '../support/world.ts';

// Standard libraries as black boxes: nothing of this project is told to them but issuer, client and secret.

let world: World;
let keySet: KeySetServer;
let client: TestClient;
let email: string;
let sub: string;
let phone: Phone;

beforeAll(async () => {
  // A short interval and a running clock, because the libraries wait it out for real.
  const variables = { REQUEST_LIMITS: JSON.stringify({ perUser: 'off', interval: 1 }) };
  keySet = await KeySetServer.start();
  world = await World.start({ variables, clock: 'running', trustedCertificates: [keySet.cert] });
  client = await world.client({ scope: 'openid profile' });
  ({ email, sub, phone } = await world.person({ name: 'Ana' }));
});
afterAll(async () => {
  await world?.close();
  await keySet?.close();
});

describe('openid-client', () => {
  const discover = (auth: openid.ClientAuth, id = client.client_id) =>
    openid.discovery(new URL(world.issuer), id, {}, auth, { execute: [openid.allowInsecureRequests] });

  it('discovers, asks, polls and validates the ID token', async () => {
    const config = await discover(openid.ClientSecretBasic(client.client_secret));
    const asked = await openid.initiateBackchannelAuthentication(config, {
      scope: 'openid profile',
      login_hint: email,
    });
    const polling = openid.pollBackchannelAuthenticationGrant(config, asked);
    expect(await world.answer(phone, requestIdOf(asked.auth_req_id), 'approve')).toBe(204);
    const tokens = await polling;
    expect(tokens.claims()).toMatchObject({ sub, name: 'Ana', aud: client.client_id, iss: world.issuer });
    expect(tokens.scope).toBe('openid profile');
  });

  it('works with client_secret_post and private_key_jwt', async () => {
    const post = await world.client({ token_endpoint_auth_method: 'client_secret_post' });
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const jwks = {
      keys: [
        { ...(await crypto.subtle.exportKey('jwk', publicKey)), alg: 'ES256', key_ops: undefined, ext: undefined },
      ],
    };
    const signing = await world.client({ token_endpoint_auth_method: 'private_key_jwt', jwks });
    const configs = [
      await discover(openid.ClientSecretPost(post.client_secret), post.client_id),
      await discover(openid.PrivateKeyJwt(privateKey), signing.client_id),
    ];
    for (const config of configs) {
      const asked = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: email });
      await world.answer(phone, requestIdOf(asked.auth_req_id), 'approve');
      expect((await openid.pollBackchannelAuthenticationGrant(config, asked)).claims()?.sub).toBe(sub);
    }
  });

  it('takes an access token alone, where openid need not be asked for', async () => {
    const plain = await world.client({ scope: 'pay', require_openid_scope: false });
    const config = await discover(openid.ClientSecretBasic(plain.client_secret), plain.client_id);
    const asked = await openid.initiateBackchannelAuthentication(config, { scope: 'pay', login_hint: email });
    await world.answer(phone, requestIdOf(asked.auth_req_id), 'approve');
    const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
    expect([tokens.scope, tokens.id_token, tokens.claims()]).toEqual(['pay', undefined, undefined]);
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub, scope: 'pay' });
  });

  it('revokes the access token, and again without an error (RFC 7009)', async () => {
    const config = await discover(openid.ClientSecretBasic(client.client_secret));
    const asked = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: email });
    await world.answer(phone, requestIdOf(asked.auth_req_id), 'approve');
    const { access_token: token } = await openid.pollBackchannelAuthenticationGrant(config, asked);
    await openid.tokenRevocation(config, token, { token_type_hint: 'access_token' });
    expect(world.trail('token_revoked').at(-1)).toMatchObject({ sub, clientId: client.client_id });
    await openid.tokenRevocation(config, token);
    const wrong = await discover(openid.ClientSecretBasic('wrong'));
    await expect(openid.tokenRevocation(wrong, token)).rejects.toMatchObject({ status: 401 });
  });

  it('is told error codes and descriptions that it passes on', async () => {
    const config = await discover(
      openid.ClientSecretPost(
        (await world.client({ client_id: 'poster', token_endpoint_auth_method: 'client_secret_post' })).client_secret,
      ),
      'poster',
    );
    const unknown = openid.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: 'nobody@example.com',
    });
    await expect(unknown).rejects.toMatchObject({ error: 'unknown_user_id', status: 400 });
    const asked = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: email });
    const polling = openid.pollBackchannelAuthenticationGrant(config, asked);
    await world.answer(phone, requestIdOf(asked.auth_req_id), 'deny');
    await expect(polling).rejects.toMatchObject({ error: 'access_denied' });
  });
});

describe('oauth4webapi', () => {
  it('accepts every answer of a login as conforming', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true } as const;
    const issuer = new URL(world.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const registered: oauth.Client = { client_id: client.client_id };
    const auth = oauth.ClientSecretBasic(client.client_secret);
    const parameters = new URLSearchParams({ scope: 'openid', login_hint: email });
    const response = await oauth.backchannelAuthenticationRequest(as, registered, auth, parameters, insecure);
    const asked = await oauth.processBackchannelAuthenticationResponse(as, registered, response);
    const poll = () => oauth.backchannelAuthenticationGrantRequest(as, registered, auth, asked.auth_req_id, insecure);
    const pending = oauth.processBackchannelAuthenticationGrantResponse(as, registered, await poll());
    await expect(pending).rejects.toMatchObject({ error: 'authorization_pending', status: 400 });
    await world.answer(phone, requestIdOf(asked.auth_req_id), 'approve');
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(as, registered, await poll());
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub });
  });

  it('accepts every answer to a revocation as conforming (RFC 7009)', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true } as const;
    const issuer = new URL(world.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    const { body } = await world.poll(client, authReqId);
    const registered: oauth.Client = { client_id: client.client_id };
    const auth = oauth.ClientSecretBasic(client.client_secret);
    for (const token of [String(body['access_token']), String(body['access_token']), 'unknown']) {
      const response = await oauth.revocationRequest(as, registered, auth, token, insecure);
      expect(await oauth.processRevocationResponse(response)).toBeUndefined();
    }
    const { jti } = decodeJwt(String(body['access_token']));
    expect(world.trail(String(jti)).map(({ event }) => event)).toEqual(['tokens_issued', 'token_revoked']);
  });

  it('validates the access token as RFC 9068', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true } as const;
    const issuer = new URL(world.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    const { body } = await world.poll(client, authReqId);
    const request = new Request('https://api.example.com/', {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });
    expect(await oauth.validateJwtAccessToken(as, request, world.issuer, insecure)).toMatchObject({
      sub,
      client_id: client.client_id,
    });
  });
});

describe('each hint, of a client that publishes its keys at a jwks_uri (CIBA §7.1, §7.1.1)', () => {
  const insecure = { [oauth.allowInsecureRequests]: true } as const;
  type Form = Record<string, string>;
  type Login = (parameters: Form) => Promise<{ readonly idToken: string | undefined; readonly sub: unknown }>;
  let key: { readonly key: CryptoKey; readonly kid: string };
  /** The key of somebody whom the client trusts to name users. */
  let namer: CryptoKey;
  let clientId: string;
  let as: oauth.AuthorizationServer;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('PS256');
    key = { key: privateKey, kid: 'kid-1' };
    keySet.publish({ ...(await exportJWK(publicKey)), kid: key.kid, alg: 'PS256', use: 'sig' });
    const named = await generateKeyPair('ES256');
    namer = named.privateKey;
    const registered = await world.client({
      token_endpoint_auth_method: 'private_key_jwt',
      login_hint_token_issuers: [
        { issuer: 'https://names.example/', jwks: { keys: [await exportJWK(named.publicKey)] } },
      ],
      jwks_uri: keySet.url,
      backchannel_authentication_request_signing_alg: 'PS256',
    });
    clientId = registered.client_id;
    const issuer = new URL(world.issuer);
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  });

  const byOpenidClient: Login = async (parameters) => {
    const execute = [openid.allowInsecureRequests];
    const config = await openid.discovery(new URL(world.issuer), clientId, {}, openid.PrivateKeyJwt(key), { execute });
    const asked = await openid.initiateBackchannelAuthentication(config, parameters);
    await world.answer(phone, requestIdOf(asked.auth_req_id), 'approve');
    const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
    return { idToken: tokens.id_token, sub: tokens.claims()?.sub };
  };
  const byOauth4webapi: Login = async (parameters) => {
    const registered = { client_id: clientId };
    const auth = oauth.PrivateKeyJwt(key);
    const form = new URLSearchParams(parameters);
    const answer = await oauth.backchannelAuthenticationRequest(as, registered, auth, form, insecure);
    const { auth_req_id: id } = await oauth.processBackchannelAuthenticationResponse(as, registered, answer);
    await world.answer(phone, requestIdOf(id), 'approve');
    const redeemed = await oauth.backchannelAuthenticationGrantRequest(as, registered, auth, id, insecure);
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(as, registered, redeemed);
    return { idToken: tokens.id_token, sub: oauth.getValidatedIdTokenClaims(tokens)?.sub };
  };
  const hintToken = () => {
    const iat = world.runtime.now();
    const claims = { iss: 'https://names.example/', aud: world.issuer, iat, exp: iat + 60 };
    const sub_id = { format: 'email', email };
    return new SignJWT({ ...claims, sub_id }).setProtectedHeader({ alg: 'ES256' }).sign(namer);
  };
  const inTheForm = async (parameters: Form): Promise<Form> => parameters;
  const inASignedRequest = async (parameters: Form): Promise<Form> => ({
    request: await oauth.issueRequestObject(as, { client_id: clientId }, parameters, key),
  });

  it.each([
    ['openid-client, in the form', byOpenidClient, inTheForm],
    ['openid-client, in a signed request', byOpenidClient, inASignedRequest],
    ['oauth4webapi, in the form', byOauth4webapi, inTheForm],
    ['oauth4webapi, in a signed request', byOauth4webapi, inASignedRequest],
  ])('%s', async (_, logIn, send) => {
    const by = async (hint: Form) => logIn(await send({ scope: 'openid', binding_message: 'W4SCT', ...hint }));
    const { idToken = '' } = await by({ login_hint: email });
    const hints: Form[] = [
      { login_hint: `sub:${sub}` },
      { login_hint: JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub }) },
      { id_token_hint: idToken },
      { login_hint_token: await hintToken() },
    ];
    for (const hint of hints) expect(await by(hint)).toMatchObject({ sub });
  });
});
