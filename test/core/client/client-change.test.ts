import { describe, expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import { changesOfClient } from '../../../provider/core/client/client-change.ts';
import { CLIENT_METADATA_ROWS } from '../../../provider/core/client/metadata.ts';
import { CLIENT } from '../given.ts';

const changes = (after: Partial<Client>, before: Partial<Client> = {}) =>
  changesOfClient({ ...CLIENT, ...before }, { ...CLIENT, ...before, ...after });
const secret = (secretHash: string, expiresAt?: number): Client['credential'] => ({
  method: 'client_secret_basic',
  secretHash,
  ...(expiresAt !== undefined && { oldSecret: { hash: 'hash-of-old', expiresAt, replacedAt: 0 } }),
});
const keyed = (x: string): Client['credential'] => ({
  method: 'private_key_jwt',
  algorithms: ['ES256'],
  keys: [{ kty: 'EC', crv: 'P-256', x, y: 'y' }],
});

describe('what a change made of a client', () => {
  it('is nothing where nothing is another', () => {
    expect(changes({})).toEqual([]);
    expect(changes({ scopes: [...CLIENT.scopes], scopeDescriptions: {} })).toEqual([]);
  });

  it.each<[string, Partial<Client>, object]>([
    [
      'a wider scope',
      { scopes: ['openid', 'pay'] },
      { member: 'scope', before: 'openid profile', after: 'openid pay' },
    ],
    ['audiences', { audiences: ['urn:a'] }, { member: 'audiences', before: [], after: ['urn:a'] }],
    ['the default audience', { defaultAudience: 'urn:a' }, { member: 'default_audience', after: 'urn:a' }],
    ['the one user', { onlySub: 'ana' }, { member: 'only_sub', after: 'ana' }],
    [
      'where it is notified',
      { notificationEndpoint: 'https://bank.example/cb' },
      { member: 'backchannel_client_notification_endpoint', after: 'https://bank.example/cb' },
    ],
    [
      'how it is notified',
      { deliveryMode: 'ping' },
      { member: 'backchannel_token_delivery_mode', before: 'poll', after: 'ping' },
    ],
    [
      'its grants',
      { grantTypes: [] },
      { member: 'grant_types', before: ['urn:openid:params:grant-type:ciba'], after: [] },
    ],
  ])('has the values before and after of %s', (_name, after, changed) => {
    expect(changes(after)).toEqual([changed]);
  });

  it.each<[string, Partial<Client>, Partial<Client>, string[]]>([
    ['a new name', { name: 'New Bank' }, {}, ['client_name']],
    ['a new sentence', { scopeDescriptions: { pay: 'Pay' } }, {}, ['scope_descriptions']],
    ['another limit', { requestsPerMinute: 3 }, {}, ['requests_per_minute']],
    ['a new secret', { credential: secret('hash-of-new') }, {}, ['client_secret']],
    [
      'a new secret beside the old one',
      { credential: secret('hash-of-new', 1000) },
      {},
      ['client_secret', 'old_secret_expires_at'],
    ],
    [
      'another end of the present one',
      { credential: { ...secret('h'), secretExpiresAt: 1000 } as Client['credential'] },
      { credential: secret('h') },
      ['client_secret_expires_at'],
    ],
    ['an earlier end', { credential: secret('h', 1000) }, { credential: secret('h', 2000) }, ['old_secret_expires_at']],
    ['another key', { credential: keyed('x2') }, { credential: keyed('x1') }, ['jwks']],
    [
      'keys instead of a secret',
      { credential: keyed('x1') },
      {},
      ['token_endpoint_auth_method', 'jwks', 'token_endpoint_auth_signing_alg', 'client_secret'],
    ],
  ])('has the name alone of %s', (_name, after, before, members) => {
    expect(changes(after, before)).toEqual(members.map((member) => ({ member })));
  });

  it('never has a hash of a secret, a key or a name of a client', () => {
    const text = JSON.stringify([
      changes({ credential: secret('hash-of-new', 1000), name: 'New Bank' }),
      changes({ credential: keyed('x2') }, { credential: keyed('x1') }),
      changesOfClient(undefined, { ...CLIENT, credential: secret('hash-of-new', 1000) }),
    ]);
    for (const kept of ['hash-of', 'x1', 'x2', '1000', 'Bank']) expect(text).not.toContain(kept);
  });

  it('at creation is what the client was registered with', () => {
    const created = changesOfClient(undefined, CLIENT);
    expect(created).toContainEqual({ member: 'scope', before: undefined, after: 'openid profile' });
    expect(created.map(({ member }) => member)).toContain('client_secret');
    expect(created.map(({ member }) => member)).not.toContain('client_id');
  });
});

it('the values of these members are in the audit trail, and of no others', () => {
  const withValues = CLIENT_METADATA_ROWS.filter(([, { audited }]) => audited === 'values').map(([name]) => name);
  expect(withValues).toEqual([
    'scope',
    'strict_token_endpoint_auth_method',
    'jwks_uri',
    'backchannel_authentication_request_signing_alg',
    'require_signed_request_object',
    'grant_types',
    'backchannel_token_delivery_mode',
    'backchannel_client_notification_endpoint',
    'backchannel_user_code_parameter',
    'jwt_typ_audiences',
    'audiences',
    'default_audience',
    'client_secret_days',
    'require_openid_scope',
    'number_matching',
    'only_sub',
  ]);
});
