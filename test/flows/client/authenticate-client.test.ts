import { describe, expect, it } from 'vitest';
import type { Client, ClientCredential } from '../../../provider/core/client/client.ts';
import { type Profile, STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import {
  authenticateClient,
  type ClientAuthenticationPorts,
} from '../../../provider/flows/client/authenticate-client.ts';
import type { ClientCall } from '../../../provider/flows/client/authentication/method.ts';
import { CLIENT, ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { SETTINGS } from '../given.ts';

const SECRET: ClientCredential = { method: 'client_secret_basic', secretHash: sha256('s3cret') };
const KEYS: ClientCredential = { method: 'private_key_jwt', algorithms: ['ES256'], keys: [{ kty: 'EC' }] };

/** What a client with this credential meets, under a profile that differs in something. */
function portsFor(credential: ClientCredential, profile: Partial<Profile> = {}, claims: object = {}) {
  const asked: string[] = [];
  const client: Client = { ...CLIENT, credential };
  const ports: ClientAuthenticationPorts = {
    clients: {
      find: async (id) => {
        asked.push(`find ${id}`);
        return { client: id === client.clientId ? client : undefined, isCopy: false };
      },
      findAgain: async () => undefined,
      findAnew: async () => client,
    },
    replays: {
      recordFirstUse: async ({ id }) => {
        asked.push(`record ${id}`);
        return true;
      },
    },
    verifier: {
      decode: () => ({
        header: { alg: 'ES256' },
        claims: { iss: 'bank', sub: 'bank', aud: ISSUER, exp: NOW + 60, jti: 'jti-1', ...claims },
      }),
      verifies: async () => true,
      thumbprint: async () => 'thumbprint',
    },
    remoteKeySets: { find: async () => ({ keys: [] }) },
    clock: () => NOW,
    settings: SETTINGS,
    profile: { ...STANDARD_PROFILE, ...profile },
  };
  return { ports, asked };
}

function callWith(form: Record<string, string>, authorization?: string): ClientCall {
  return {
    form: new Map(Object.entries(form).map(([name, value]) => [name, [value]])),
    headers: authorization === undefined ? {} : { authorization },
    url: `${ISSUER}token`,
    certificate: undefined,
    correlationId: 'correlation-1',
    note: () => undefined,
  };
}
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const ASSERTION = {
  client_assertion: 'a.b.c',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
};

describe('a client is authenticated', () => {
  it('by its secret in the header (RFC 6749 §2.3.1)', async () => {
    const { ports } = portsFor(SECRET);
    expect(valueFrom(await authenticateClient(ports, callWith({}, basic('bank:s3cret'))))).toMatchObject({
      client: { clientId: 'bank' },
    });
  });

  it('by an assertion whose jti is recorded last, once everything else holds (RFC 7523 §3)', async () => {
    const { ports, asked } = portsFor(KEYS);
    expect((await authenticateClient(ports, callWith(ASSERTION))).ok).toBe(true);
    expect(asked).toEqual(['find bank', 'record jti-1']);
  });
});

describe('a client is not authenticated (CIBA §4)', () => {
  it('by a malformed header, and nobody is looked up for it', async () => {
    const { ports, asked } = portsFor(SECRET);
    const refused = await authenticateClient(
      ports,
      callWith({ client_id: 'bank', client_secret: 's3cret' }, 'Basic !'),
    );
    expect(refusalOf(refused)).toEqual({ reason: 'malformed_authorization_header' });
    expect(asked).toEqual([]);
  });

  it('by two methods at once (RFC 6749 §2.3)', async () => {
    const { ports } = portsFor(SECRET);
    const both = callWith({ client_id: 'bank', client_secret: 's3cret' }, basic('bank:s3cret'));
    expect(refusalOf(await authenticateClient(ports, both))).toEqual({ reason: 'several_client_authentications' });
  });

  it('by its secret in the body, where the profile takes it in the header alone', async () => {
    const { ports } = portsFor(SECRET, { authenticationMethods: ['client_secret_basic'] });
    const posted = callWith({ client_id: 'bank', client_secret: 's3cret' });
    expect(refusalOf(await authenticateClient(ports, posted))?.reason).toBe('wrong_authentication_method');
  });

  it('by its client_id alone, as a public client would be', async () => {
    const { ports, asked } = portsFor({ ...SECRET, method: 'client_secret_post' });
    const named = callWith({ client_id: 'bank' });
    expect(refusalOf(await authenticateClient(ports, named))).toEqual({ reason: 'no_client_authentication' });
    expect(asked).toEqual([]);
  });

  it('by an assertion with a wrong claim: its jti is not recorded', async () => {
    const { ports, asked } = portsFor(KEYS, {}, { iss: 'other' });
    expect(refusalOf(await authenticateClient(ports, callWith(ASSERTION)))).toMatchObject({ claim: 'iss' });
    expect(asked).toEqual(['find bank']);
  });
});

describe('a stricter profile (CIBA §4)', () => {
  it('refuses a method that the client registered', async () => {
    const { ports } = portsFor(SECRET, { authenticationMethods: ['private_key_jwt'] });
    const refused = await authenticateClient(ports, callWith({}, basic('bank:s3cret')));
    expect(refusalOf(refused)?.reason).toBe('wrong_authentication_method');
  });

  it('takes the issuer alone as the audience of an assertion', async () => {
    const claims = { aud: `${ISSUER}token` };
    expect((await authenticateClient(portsFor(KEYS, {}, claims).ports, callWith(ASSERTION))).ok).toBe(true);
    const { ports } = portsFor(KEYS, { assertionAudience: 'issuer' }, claims);
    expect(refusalOf(await authenticateClient(ports, callWith(ASSERTION)))).toMatchObject({ claim: 'aud' });
  });

  it('shortens the life of assertions, and narrows their algorithms', async () => {
    const short = portsFor(KEYS, { assertionLifetimeSeconds: 0 }, { exp: NOW + 61 });
    expect(refusalOf(await authenticateClient(short.ports, callWith(ASSERTION)))).toMatchObject({ claim: 'exp' });
    const narrow = portsFor(KEYS, { assertionAlgorithms: ['PS256'] });
    expect(refusalOf(await authenticateClient(narrow.ports, callWith(ASSERTION)))?.reason).toBe(
      'client_assertion_signature',
    );
  });
});
