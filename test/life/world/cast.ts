import { marshall } from '../../../provider/adapters/dynamodb/attributes.ts';
import { clientItem } from '../../../provider/adapters/dynamodb/forms/client-form.ts';
import { deliveryKeyItem } from '../../../provider/adapters/dynamodb/forms/delivery-key-form.ts';
import { deviceItem } from '../../../provider/adapters/dynamodb/forms/device-form.ts';
import { userCodeItem } from '../../../provider/adapters/dynamodb/forms/user-code-form.ts';
import { loginKey, profileItem } from '../../../provider/adapters/dynamodb/forms/user-form.ts';
import type { Client } from '../../../provider/core/client/client.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { User } from '../../../provider/core/person/user.ts';
import { NOW } from '../../core/given.ts';
import { keyNamed } from '../../flows/world/signatures.ts';
import type { MemoryDynamoDB } from '../dynamodb/memory-dynamodb.ts';
import type { Scene } from './scene.ts';

// Who is there when a run begins.

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

const CLIENTS: readonly Client[] = [
  client('harbor', 'Harbor Bank', {}),
  client('kiosk', 'Kiosk Bikes', { deliveryMode: 'ping', notificationEndpoint: 'https://kiosk.example/cb' }),
  client('wallet', 'Blue Wallet', { deliveryMode: 'push', notificationEndpoint: 'https://wallet.example/cb' }),
];

/** One client for each delivery mode. */
export function clientsIn({ numbers, hasUserCode }: Scene): readonly Client[] {
  return CLIENTS.map((one, index) => ({
    ...one,
    numberMatching: numbers[index],
    ...(hasUserCode && { sendsUserCodes: true }),
  }));
}

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

/** The user code of Ben, where he has one. */
export const BENS_CODE = 'under the clock';

/** The hash of a user code. A real one takes long on purpose. */
export const hashOfCode = (code: string): string => `hash of ${code}`;

/** Stores everybody. */
export function enter(engine: MemoryDynamoDB, scene: Scene): void {
  const put = (item: object) => engine.put({ TableName: 'Directory', Item: marshall({ ...item }) });
  for (const one of clientsIn(scene)) put(clientItem(one, 1));
  for (const one of DEVICES) put(deviceItem(one));
  for (const one of USERS) {
    put(profileItem(one, 1));
    const { sub, profileId: profile_id } = one;
    for (const identifier of one.identifiers)
      put({ ...loginKey(identifier), sub, profile_id, revision: 1, put_at: NOW - 1000 });
  }
  if (scene.hasUserCode) {
    const code = { profileId: 'profile of ben', codeId: 'code of ben', hash: hashOfCode(BENS_CODE), setAt: NOW - 1000 };
    put(userCodeItem('ben', code));
  }
  put(deliveryKeyItem({ kid: 'delivery', generation: 1, ciphertext: new Uint8Array([1]), createdAt: NOW - 1000 }));
}
