import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STANDARD_SCOPES } from '../../../provider/core/asking/scope.ts';
import type { ClientSecrets, Registration } from '../../../provider/core/client/client.ts';
import type { ClientMetadata } from '../../../provider/core/client/metadata.ts';
import { describeClient, registerClient, warningsOf } from '../../../provider/core/client/registration.ts';
import type { PublicJwk } from '../../../provider/core/keys/jwk.ts';
import { CLIENT, refusalOf, valueFrom } from '../given.ts';

const OWN = { clientId: 'bank', registrationId: 'registration-1', secretHash: 'hash-of-secret' };
const EC = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'A'.repeat(43), kid: 'ec-1' };
const RSA = { kty: 'RSA', n: `v${'x'.repeat(341)}`, e: 'AQAB', kid: 'rsa-1' };
/** Registers a client that has a secret, unless the metadata name another method. */
const register = (metadata: Partial<ClientMetadata>, own: ClientSecrets & Registration = OWN) =>
  registerClient({ client_name: 'Example Bank', token_endpoint_auth_method: 'client_secret_basic', ...metadata }, own);
const withKeys = (...keys: PublicJwk[]) => register({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys } });
const NO_KEYS =
  'a set with at least one public key, because private_key_jwt is the default and needs one (or send jwks_uri); for a client with a secret, send token_endpoint_auth_method client_secret_basic';
const URI = 'https://bank.example/jwks.json';
const wrong = (member: string, expected: string) => ({ reason: 'invalid_client_metadata', member, expected });

describe('client registration (RFC 7591 §2, CIBA §4)', () => {
  it('fills in the defaults: keys instead of a secret, poll, the CIBA grant, openid, RS256', () => {
    expect(valueFrom(registerClient({ client_name: 'Example Bank', jwks: { keys: [EC] } }, OWN))).toEqual({
      ...CLIENT,
      credential: { method: 'private_key_jwt', algorithms: ['RS256', 'PS256', 'ES256'], keys: [EC] },
      scopes: ['openid'],
    });
    expect(valueFrom(register({}))).toEqual({ ...CLIENT, scopes: ['openid'] });
  });

  it('makes no client of a name alone, and says what to send instead (RFC 7591 §2)', () => {
    expect(refusalOf(registerClient({ client_name: 'Example Bank' }, OWN))).toEqual(wrong('jwks', NO_KEYS));
    expect(NO_KEYS).toContain('send token_endpoint_auth_method client_secret_basic');
  });

  it('takes what is given', () => {
    const client = valueFrom(
      register({
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: [],
        scope: 'openid read:x',
        scope_descriptions: { 'read:x': 'Read X' },
        audiences: ['https://a.example/'],
        default_audience: 'https://a.example/',
        id_token_signed_response_alg: 'ES256',
        access_token_signed_response_alg: 'PS256',
        requests_per_minute: 100,
      }),
    );
    expect(client).toEqual({
      ...CLIENT,
      credential: { method: 'client_secret_post', secretHash: 'hash-of-secret' },
      grantTypes: [],
      scopes: ['openid', 'read:x'],
      scopeDescriptions: { 'read:x': 'Read X' },
      audiences: ['https://a.example/'],
      defaultAudience: 'https://a.example/',
      idTokenAlgorithm: 'ES256',
      accessTokenAlgorithm: 'PS256',
      requestsPerMinute: 100,
    });
  });

  it('keeps the old secret beside the present one, and makes none of nothing', () => {
    const oldSecret = { hash: 'old', expiresAt: 60, replacedAt: 0 };
    const registered = { method: 'client_secret_basic', secretHash: 'hash-of-secret' };
    expect(valueFrom(register({}, { ...OWN, oldSecret })).credential).toStrictEqual({ ...registered, oldSecret });
    expect(valueFrom(register({})).credential).toStrictEqual(registered);
  });

  it('keeps the end of a secret, and for how many days each works; a client with keys has neither', () => {
    const secretExpiresAt = 90;
    const client = valueFrom(register({ client_secret_days: 90 }, { ...OWN, secretExpiresAt }));
    expect(client.credential).toStrictEqual({
      method: 'client_secret_basic',
      secretHash: 'hash-of-secret',
      secretExpiresAt,
    });
    expect(client.secretDays).toBe(90);
    const keyed = register({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [EC] },
      client_secret_days: 90,
    });
    expect(refusalOf(keyed)).toEqual(wrong('client_secret_days', 'absent: a private_key_jwt client has no secret'));
  });

  it('refuses the client id as an audience (OIDC Core §2), and other words for a standard scope', () => {
    expect(refusalOf(register({ audiences: ['https://a.example/', OWN.clientId] }))).toMatchObject({
      reason: 'invalid_client_metadata',
      member: 'audiences',
    });
    for (const scope of STANDARD_SCOPES)
      expect(refusalOf(register({ scope_descriptions: { [scope]: 'Confirm who you are' } }))).toMatchObject({
        reason: 'invalid_client_metadata',
        member: 'scope_descriptions',
      });
  });

  it('warns of audiences that are no URIs (RFC 8707 §2)', () => {
    expect(warningsOf({ audiences: ['https://a.example/', 'urn:b'] })).toEqual([]);
    expect(warningsOf({ audiences: ['orders'] })).toEqual([expect.stringContaining('The audience orders is no URI.')]);
  });

  it('refuses the audience of the synthetic login, and makes no client that is marked as it', () => {
    const audiences = ['https://a.example/', 'https://synthetic-login.invalid'];
    expect(refusalOf(register({ audiences }))).toEqual(
      wrong(
        'audiences',
        'without https://synthetic-login.invalid/ and synthetic-login, which are reserved for the synthetic login',
      ),
    );
    const marked = { ...describeClient({ ...CLIENT, isSynthetic: true }), isSynthetic: true };
    expect(valueFrom(register(marked)).isSynthetic).toBeUndefined();
  });

  it.each(['a', 'A-b.c_9', 'x'.repeat(64)])('accepts the client id %s', (clientId) => {
    expect(valueFrom(register({}, { ...OWN, clientId })).clientId).toBe(clientId);
  });

  it.each(['', '.', '..', 'x'.repeat(65), 'a b', 'a#b', 'a/b', 'a:b', 'ä', 'a\n'])(
    'refuses the client id "%s"',
    (clientId) => {
      expect(refusalOf(register({}, { ...OWN, clientId }))).toEqual(
        wrong('client_id', '1 to 64 letters, digits, dots, dashes or underscores'),
      );
    },
  );

  it.each(['', 'x'.repeat(65), 'Bank\u202E', 'Ba\u200Bnk', '\u{1F3E6} Bank', ' Bank'])(
    'refuses the name "%s": the phone shows it',
    (client_name) => {
      expect(refusalOf(register({ client_name }))).toEqual(wrong('client_name', '1 to 64 readable characters'));
    },
  );

  it.each(['', ' ', 'openid ', ' openid', 'openid  email', 'a"b', 'a\\b', 'é', 'openid\n'])(
    'refuses the scope "%s"',
    (scope) => {
      expect(refusalOf(register({ scope }))).toEqual(wrong('scope', 'scope tokens separated by single spaces'));
    },
  );

  it('accepts a scope description of 120 readable characters and refuses others: the phone shows them', () => {
    expect(register({ scope_descriptions: { x: 'a'.repeat(120) } }).ok).toBe(true);
    for (const text of ['a'.repeat(121), '', 'pay\u202E', 'line\nbreak']) {
      expect(refusalOf(register({ scope_descriptions: { fine: 'Fine', x: text } }))).toEqual(
        wrong('scope_descriptions', '1 to 120 readable characters each: the phone shows them'),
      );
    }
  });

  it('has a default audience only from its audiences', () => {
    const refusal = wrong('default_audience', 'one of audiences');
    expect(refusalOf(register({ default_audience: 'x' }))).toEqual(refusal);
    expect(refusalOf(register({ audiences: ['y'], default_audience: 'x' }))).toEqual(refusal);
  });

  it.each(['api\u202Eexample', 'a\u200Bb', 'a\nb', ''])(
    'refuses the audience "%s": the phone shows it with the request',
    (audience) => {
      expect(refusalOf(register({ audiences: ['https://a.example/', audience] }))).toMatchObject({
        reason: 'invalid_client_metadata',
        member: 'audiences',
      });
    },
  );
});

describe('registered keys of private_key_jwt (OIDC Core §9)', () => {
  it('are kept, for all algorithms or the one registered', () => {
    expect(valueFrom(withKeys(EC, RSA)).credential).toMatchObject({
      method: 'private_key_jwt',
      algorithms: ['RS256', 'PS256', 'ES256'],
      keys: [EC, RSA],
    });
    const one = register({
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [EC] },
    });
    expect(valueFrom(one).credential).toMatchObject({ algorithms: ['ES256'] });
  });

  it('accepts the keys that crypto libraries make', () => {
    const keys = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('rsa', { modulusLength: 4096 }),
    ].map(({ publicKey }) => publicKey.export({ format: 'jwk' }) as PublicJwk);
    expect(withKeys(...keys).ok).toBe(true);
  });

  it('refuses no keys at all', () => {
    const refusal = wrong('jwks', NO_KEYS);
    expect(refusalOf(withKeys())).toEqual(refusal);
    expect(refusalOf(register({ token_endpoint_auth_method: 'private_key_jwt' }))).toEqual(refusal);
  });

  it('refuses keys for a client that signs neither assertions nor requests', () => {
    const without = 'absent unless token_endpoint_auth_method is private_key_jwt or requests are signed';
    expect(refusalOf(register({ jwks: { keys: [EC] } }))).toEqual(wrong('jwks', without));
    expect(refusalOf(register({ jwks_uri: URI }))).toEqual(wrong('jwks_uri', without));
  });

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('refuses a key with the private member %s', (member) => {
    expect(refusalOf(withKeys(EC, { ...RSA, [member]: 'x' }))).toEqual(wrong('jwks', 'public keys only'));
  });

  it.each([
    ['RSA of less than 2048 bits', { ...RSA, n: 'v'.repeat(341) }],
    ['RSA of 1024 bits behind leading zeros', { ...RSA, n: 'A'.repeat(171) + 'v'.repeat(171) }],
    ['RSA with exponent 1, under which anybody can sign', { ...RSA, e: 'AQ' }],
    ['RSA with an even exponent', { ...RSA, e: 'Ag' }],
    ['RSA without exponent', { kty: 'RSA', n: RSA.n }],
    ['RSA without modulus', { kty: 'RSA', e: 'AQAB' }],
    ['RSA with a modulus that is no base64url', { ...RSA, n: '!'.repeat(342) }],
    ['EC on another curve', { ...EC, crv: 'P-384' }],
    ['EC without y', { kty: 'EC', crv: 'P-256', x: EC.x }],
    ['EC without x', { kty: 'EC', crv: 'P-256', y: EC.y }],
    ['EC with a coordinate of another length', { ...EC, x: 'x'.repeat(42) }],
    ['a symmetric key', { kty: 'oct' }],
    ['OKP', { kty: 'OKP', crv: 'Ed25519', x: EC.x }],
  ])('refuses a key that is %s', (_, key) => {
    expect(refusalOf(withKeys(RSA, key))).toEqual(
      wrong('jwks', 'RSA keys of 2048 to 4096 bits with e AQAB, or EC keys on P-256'),
    );
  });
});

describe('token delivery (CIBA §4)', () => {
  const endpoint = 'https://client.example/cb';
  const withDelivery = (metadata: Partial<ClientMetadata>) => register({ client_name: 'Bank', ...metadata });

  it('is poll where nothing is said', () => {
    expect(valueFrom(withDelivery({}))).toMatchObject({ deliveryMode: 'poll' });
    expect(valueFrom(withDelivery({})).notificationEndpoint).toBeUndefined();
  });

  it('is push with an endpoint, and needs no grant type (R2)', () => {
    const push = {
      backchannel_token_delivery_mode: 'push',
      backchannel_client_notification_endpoint: endpoint,
      grant_types: [],
    } as const;
    const client = valueFrom(withDelivery(push));
    expect(client).toMatchObject({ deliveryMode: 'push', notificationEndpoint: endpoint, grantTypes: [] });
    expect(describeClient(client)).toMatchObject(push);
  });

  it('is not push without an ID token, which binds the tokens to the request (CIBA §10.3.1)', () => {
    const push = {
      backchannel_token_delivery_mode: 'push',
      backchannel_client_notification_endpoint: endpoint,
    } as const;
    expect(refusalOf(withDelivery({ ...push, require_openid_scope: false }))).toMatchObject({
      reason: 'invalid_client_metadata',
      member: 'require_openid_scope',
    });
  });

  it('is ping with an endpoint, and is told so', () => {
    const ping = {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint,
    } as const;
    const client = valueFrom(withDelivery(ping));
    expect(client).toMatchObject({ deliveryMode: 'ping', notificationEndpoint: endpoint });
    expect(describeClient(client)).toMatchObject(ping);
  });

  it.each<[string, Partial<ClientMetadata>]>([
    ['an endpoint', { backchannel_token_delivery_mode: 'ping' }],
    ['an endpoint, nor push', { backchannel_token_delivery_mode: 'push' }],
    [
      'an endpoint that is https',
      { backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: 'http://client.example/cb' },
    ],
  ])('is not ping without %s', (_what, metadata) => {
    expect(refusalOf(withDelivery(metadata))).toEqual(
      wrong(
        'backchannel_client_notification_endpoint',
        'an https URL of at most 1024 characters, without user, password or fragment',
      ),
    );
  });

  it.each<Partial<ClientMetadata>>([{}, { backchannel_token_delivery_mode: 'poll' }])(
    'is not poll with an endpoint that would never be called: %o',
    (metadata) => {
      expect(refusalOf(withDelivery({ ...metadata, backchannel_client_notification_endpoint: endpoint }))).toEqual(
        wrong(
          'backchannel_client_notification_endpoint',
          'absent unless backchannel_token_delivery_mode is ping or push',
        ),
      );
    },
  );
});

describe('a registration as it is told (RFC 7591 §3.2.1)', () => {
  it('holds nothing secret, not even a hash', () => {
    const told = JSON.stringify(describeClient(CLIENT));
    expect(told).not.toContain('hash-of-secret');
    expect(told).not.toMatch(/secret(?!_basic)/i);
  });

  it('has the names of RFC 7591 and no empty members', () => {
    expect(describeClient(CLIENT)).toEqual({
      client_id: 'bank',
      client_name: 'Example Bank',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'poll',
      scope: 'openid profile',
      scope_descriptions: {},
      id_token_signed_response_alg: 'RS256',
      access_token_signed_response_alg: 'RS256',
      audiences: [],
    });
  });

  it('registers again to the same client, so that a change keeps what it does not name', () => {
    const algorithm = fc.constantFrom('RS256', 'PS256', 'ES256');
    const keys = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [EC, RSA] } };
    const authentication = fc.constantFrom<Partial<ClientMetadata>>(
      { token_endpoint_auth_method: 'client_secret_basic' },
      { token_endpoint_auth_method: 'client_secret_post' },
      keys as Partial<ClientMetadata>,
      { ...keys, token_endpoint_auth_signing_alg: 'ES256' } as Partial<ClientMetadata>,
    );
    const others = fc.record(
      {
        scope: fc.constantFrom('openid', 'openid email'),
        scope_descriptions: fc.constantFrom({}, { 'read:x': 'Read X' }),
        audiences: fc.constant(['a', 'b']),
        default_audience: fc.constant('b'),
        jwt_typ_audiences: fc.constantFrom(['a'], ['b', 'a']),
        strict_token_endpoint_auth_method: fc.boolean(),
        id_token_signed_response_alg: algorithm,
        access_token_signed_response_alg: algorithm,
        requests_per_minute: fc.integer({ min: 1 }),
        only_sub: fc.constantFrom('ana', 'crm|4711'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(authentication, others, (authenticated, other) => {
        const named = other.default_audience ?? other.jwt_typ_audiences;
        fc.pre(named === undefined || other.audiences !== undefined);
        const client = valueFrom(register({ ...authenticated, ...(other as Partial<ClientMetadata>) }));
        expect(valueFrom(registerClient(describeClient(client), OWN))).toEqual(client);
      }),
    );
  });
});

describe('keys at a jwks_uri (RFC 7591 §2)', () => {
  const keyed = { token_endpoint_auth_method: 'private_key_jwt' } as const;

  it('take the place of keys in the registration', () => {
    const { credential } = valueFrom(register({ ...keyed, jwks_uri: URI }));
    expect(credential).toEqual({
      method: 'private_key_jwt',
      algorithms: ['RS256', 'PS256', 'ES256'],
      keys: [],
      jwksUri: URI,
    });
  });

  it('are never beside keys in the registration', () => {
    const both = { ...keyed, jwks: { keys: [EC] }, jwks_uri: URI };
    expect(refusalOf(register(both))).toEqual(wrong('jwks_uri', 'absent beside jwks'));
  });

  it.each([
    ['without TLS', 'http://bank.example/jwks.json'],
    ['with a fragment', `${URI}#keys`],
    ['with a user', 'https://user@bank.example/jwks.json'],
    ['that is too long', `https://bank.example/${'x'.repeat(1004)}`],
  ])('are not %s', (_what, jwks_uri) => {
    expect(refusalOf(register({ ...keyed, jwks_uri }))).toEqual(
      wrong('jwks_uri', 'an https URL of at most 1024 characters, without user, password or fragment'),
    );
  });
});

describe('signed requests (CIBA §4, RFC 9101 §10.5)', () => {
  const signing = { backchannel_authentication_request_signing_alg: 'PS256' } as const;

  it('need keys, also of a client with a secret', () => {
    const client = valueFrom(register({ ...signing, jwks: { keys: [RSA] }, require_signed_request_object: true }));
    expect(client).toMatchObject({ requestAlgorithm: 'PS256', requiresSignedRequests: true });
    expect(client.credential).toEqual({ method: 'client_secret_basic', secretHash: 'hash-of-secret', keys: [RSA] });
    expect(valueFrom(register({ ...signing, jwks_uri: URI })).credential).toEqual({
      method: 'client_secret_basic',
      secretHash: 'hash-of-secret',
      keys: [],
      jwksUri: URI,
    });
    expect(refusalOf(register(signing))).toEqual(
      wrong('jwks', 'a set with at least one public key, or send jwks_uri: requests are signed'),
    );
  });

  it('are required only of a client that is registered for an algorithm', () => {
    expect(refusalOf(register({ require_signed_request_object: true }))).toEqual(
      wrong('require_signed_request_object', 'absent or false without backchannel_authentication_request_signing_alg'),
    );
    expect(register({ require_signed_request_object: false }).ok).toBe(true);
  });
});
