import type { Client } from '../../provider/core/client/client.ts';
import type {
  ApprovedRequest,
  AuthenticationRequest,
  RequestFacts,
} from '../../provider/core/deciding/authentication-request.ts';
import type { Device } from '../../provider/core/device/device.ts';
import type { IssuerNames } from '../../provider/core/issuer.ts';
import type { User } from '../../provider/core/person/user.ts';
import type { Refusal } from '../../provider/core/refusal.ts';
import type { Result } from '../../provider/core/result.ts';
import type { Grant } from '../../provider/core/token/grant.ts';

// What the tests of the rules start from. Every test changes only what it is about.

export const NOW = 1_800_000_000;
export const ISSUER = 'https://op.example/';
export const NAMES: IssuerNames = { issuer: ISSUER, previousIssuers: ['https://old.example/'] };

/** The refusal with its evidence; undefined when the rule held. */
export function refusalOf(result: Result<unknown>): Refusal | undefined {
  return result.ok ? undefined : result.refusal;
}

/** The value of a rule that held. */
export function valueFrom<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
}

export const FACTS: RequestFacts = {
  requestId: 'request-1',
  clientId: 'bank',
  registrationId: 'registration-1',
  sub: 'user-1',
  profileId: 'profile-1',
  issuedAt: NOW - 20,
  expiresAt: NOW + 100,
  intervalSeconds: 5,
  nextPollAt: 0,
};

/** The user of every request. */
export const USER: User = {
  sub: 'user-1',
  profileId: 'profile-1',
  status: 'active',
  claims: {},
  identifiers: [],
  deviceIds: ['device-1'],
  blockCount: 1,
};

/** What the user of an approved request granted. */
export const GRANT: Grant = {
  sub: 'user-1',
  profileId: 'profile-1',
  blockCount: 1,
  clientId: 'bank',
  registrationId: 'registration-1',
  deviceId: 'device-1',
  scopes: ['openid', 'email'],
  audience: ['https://api.example/'],
  authTime: NOW - 3,
  amr: ['face'],
  claims: {},
};

/** An approved request with whatever is different. */
export function approvedRequest(different: Partial<ApprovedRequest> = {}): ApprovedRequest {
  return { ...FACTS, state: 'approved', grant: GRANT, ...different };
}

/** A request in each state, with the same facts. */
export function requestIn(state: AuthenticationRequest['state'], facts: Partial<RequestFacts> = {}) {
  const all = { ...FACTS, ...facts };
  const inState: Record<AuthenticationRequest['state'], AuthenticationRequest> = {
    pending: { ...all, state: 'pending' },
    awaiting_number: {
      ...all,
      state: 'awaiting_number',
      numberMatching: 'client_enters',
      grant: { ...GRANT, amr: [...GRANT.amr, 'mca'] },
      number: '42',
    },
    approved: approvedRequest(facts),
    denied: { ...all, state: 'denied', deviceId: 'device-1' },
    failed: { ...all, state: 'failed' },
    // Who approved is still known after the tokens are gone.
    redeemed: { ...all, state: 'redeemed', ...{ deviceId: 'device-1' } },
  };
  return inState[state];
}

export const CLIENT: Client = {
  clientId: 'bank',
  registrationId: 'registration-1',
  name: 'Example Bank',
  credential: { method: 'client_secret_basic', secretHash: 'hash-of-secret' },
  grantTypes: ['urn:openid:params:grant-type:ciba'],
  deliveryMode: 'poll',
  scopes: ['openid', 'profile'],
  scopeDescriptions: {},
  audiences: [],
  idTokenAlgorithm: 'RS256',
  accessTokenAlgorithm: 'RS256',
};

export const DEVICE: Device = {
  deviceId: 'device-1',
  sub: 'user-1',
  name: 'Pixel',
  reach: {
    kind: 'sns',
    platform: 'GCM',
    endpointArn: 'arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/app/1',
    push: 'reachable',
  },
  proof: { kind: 'device-jws', publicKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } },
  enrolledAt: NOW - 1000,
};
