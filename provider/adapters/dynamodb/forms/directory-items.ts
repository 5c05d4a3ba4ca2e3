import type { LoginIdentifier } from '../../../core/asking/login-hint.ts';
import type { Client, PublicJwk } from '../../../core/client/client.ts';
import type { Device } from '../../../core/device/device.ts';
import type { User, UserClaims } from '../../../core/person/user.ts';
import type { Item, Key } from '../table.ts';

// How clients, users and devices look in Directory: the one place where their stored form is written and read.

/** Sort keys of devices begin with this. */
export const DEVICE_PREFIX = 'DEVICE#';

export const clientKey = (clientId: string): Key => ({ pk: `CLIENT#${clientId}`, sk: 'CLIENT' });
export const profileKey = (sub: string): Key => ({ pk: `USER#${sub}`, sk: 'PROFILE' });
export const deviceKey = (device: { sub: string; deviceId: string }): Key => ({
  pk: `USER#${device.sub}`,
  sk: `${DEVICE_PREFIX}${device.deviceId}`,
});
export const loginKey = (identifier: LoginIdentifier): Key => ({
  pk: `LOGIN#${identifier.type}#${identifier.value}`,
  sk: 'LOGIN',
});

/** The client as JSON under `client`, so that one more member is no change of format. */
export function clientItem(client: Client): Item & Key {
  return { ...clientKey(client.clientId), client: JSON.stringify(client) };
}

export function clientFrom(item: Item): Client {
  return JSON.parse(String(item['client'])) as Client;
}

export function profileItem(user: User): Item & Key {
  return { ...profileKey(user.sub), status: user.status, claims: user.claims, identifiers: user.identifiers };
}

export function userFrom(item: Item): User {
  return {
    sub: String(item['pk']).slice('USER#'.length),
    status: item['status'] === 'blocked' ? 'blocked' : 'active',
    claims: item['claims'] as UserClaims,
    identifiers: item['identifiers'] as readonly LoginIdentifier[],
    revision: item['put_by'] as string | undefined,
  };
}

export function deviceFrom(item: Item): Device {
  return {
    deviceId: String(item['sk']).slice(DEVICE_PREFIX.length),
    sub: String(item['pk']).slice('USER#'.length),
    name: String(item['name']),
    publicKey: item['public_key'] as PublicJwk,
    platform: item['platform'] as Device['platform'],
    endpointArn: String(item['endpoint_arn']),
    push: item['push'] === 'reachable' ? 'reachable' : 'unreachable',
    enrolledAt: Number(item['enrolled_at']),
  };
}

export function deviceItem(device: Device): Item & Key {
  return {
    ...deviceKey(device),
    name: device.name,
    public_key: device.publicKey,
    platform: device.platform,
    endpoint_arn: device.endpointArn,
    push: device.push,
    enrolled_at: device.enrolledAt,
  };
}
