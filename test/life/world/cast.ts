import { marshall } from '../../../provider/adapters/dynamodb/attributes.ts';
import { clientItem } from '../../../provider/adapters/dynamodb/forms/client-form.ts';
import { deliveryKeyItem } from '../../../provider/adapters/dynamodb/forms/delivery-key-form.ts';
import { deviceItem } from '../../../provider/adapters/dynamodb/forms/device-form.ts';
import { loginKey, profileItem } from '../../../provider/adapters/dynamodb/forms/user-form.ts';
import type { Client } from '../../../provider/core/client/client.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { Settings } from '../../../provider/flows/ports.ts';
import { NAMES, NOW } from '../../core/given.ts';
import { keyNamed } from '../../flows/world/signatures.ts';
import type { MemoryDynamoDB } from '../dynamodb/memory-dynamodb.ts';

// Who is there when a run begins.

/** The settings of a run: the limits are near, so that runs meet them. */
export const SETTINGS: Settings = {
  ...NAMES,
  expiry: { default: 120, limit: 600 },
  intervalSeconds: 5,
  userLimits: { perMinute: 3, perHour: 6, longPerDay: 6 },
  lifetimes: { idTokenSeconds: 3600, accessTokenSeconds: 900 },
  acrPolicy: [],
  ticketLifetimeSeconds: 600,
  rotation: { rotateAfterSeconds: 1, publishBeforeUseSeconds: 1, retireForSeconds: 1, keepPublicForSeconds: 1 },
  auditOutage: 'refuse',
  clientLimits: { requestsPerMinute: undefined, unknownUsers: undefined },
  wrongUserCodes: 10,
  blocksReported: true,
  hasOneOpenRequest: false,
  concealsUsers: false,
  needsMessageWhileOpen: false,
  reminds: true,
};

const client = (clientId: string, name: string, different: Partial<Client>): Client => ({
  clientId,
  registrationId: `registration of ${clientId}`,
  name,
  credential: { method: 'client_secret_basic', secretHash: sha256(`secret of ${clientId}`) },
  grantTypes: ['urn:openid:params:grant-type:ciba'],
  deliveryMode: 'poll',
  scopes: ['openid', 'payments'],
  scopeDescriptions: {},
  audiences: [],
  idTokenAlgorithm: 'ES256',
  accessTokenAlgorithm: 'ES256',
  ...different,
});

/** One client for each delivery mode. */
export const CLIENTS: readonly Client[] = [
  client('harbor', 'Harbor Bank', {}),
  client('kiosk', 'Kiosk Bikes', { deliveryMode: 'ping', notificationEndpoint: 'https://kiosk.example/cb' }),
  client('wallet', 'Blue Wallet', { deliveryMode: 'push', notificationEndpoint: 'https://wallet.example/cb' }),
];

const user = (sub: string, deviceIds: readonly string[]): User => ({
  sub,
  profileId: `profile of ${sub}`,
  status: 'active',
  claims: { email: `${sub}@example.com` },
  identifiers: [{ type: 'email', value: `${sub}@example.com` }],
  deviceIds,
  blockCount: 0,
});

const device = (sub: string, deviceId: string): Device => ({
  deviceId,
  sub,
  name: deviceId,
  reach: { kind: 'sns', platform: 'GCM', endpointArn: `arn:of:${deviceId}`, push: 'reachable' },
  proof: { kind: 'device-jws', publicKey: keyNamed(deviceId) },
  enrolledAt: NOW - 1000,
});

export const DEVICES: readonly Device[] = [
  device('ana', 'anas-phone'),
  device('ana', 'anas-tablet'),
  device('ben', 'bens-phone'),
];

/** Ana has two phones, Ben has one. */
const USERS: readonly User[] = [user('ana', ['anas-phone', 'anas-tablet']), user('ben', ['bens-phone'])];

/** Stores everybody. */
export function enter(engine: MemoryDynamoDB): void {
  const put = (item: object) => engine.put({ TableName: 'Directory', Item: marshall({ ...item }) });
  for (const one of CLIENTS) put(clientItem(one, 1));
  for (const one of DEVICES) put(deviceItem(one));
  for (const one of USERS) {
    put(profileItem(one, 1));
    const { sub, profileId: profile_id } = one;
    for (const identifier of one.identifiers)
      put({ ...loginKey(identifier), sub, profile_id, revision: 1, put_at: NOW - 1000 });
  }
  put(deliveryKeyItem({ kid: 'delivery', generation: 1, ciphertext: new Uint8Array([1]), createdAt: NOW - 1000 }));
}
