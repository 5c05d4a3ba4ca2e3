import type { Client } from '../client/client.ts';
import { registerClient } from '../client/registration.ts';
import type { Device } from '../device/device.ts';
import type { PublicJwk } from '../keys/jwk.ts';
import type { User } from '../person/user.ts';

/** The one name of everything synthetic: client, user and device. Roles are cut to exactly these keys. */
export const SYNTHETIC_ID = 'synthetic-login';

/** What the synthetic login keeps in its secret. */
export type SyntheticSecret = {
  readonly clientSecret: string;
  readonly devicePrivateKey: Readonly<Record<string, unknown>>;
};
/** Client, user and device of the synthetic login. */
export type SyntheticCast = { readonly client: Client; readonly user: User; readonly device: Device };

/**
 * A client that may name its own user alone, with no scope beyond `openid` and no audience; a user without a name or an
 * identifier; a device that is never pushed to. With all their secrets a thief could log nobody in.
 */
export function castSyntheticLogin(made: {
  secretHash: string;
  devicePublicKey: PublicJwk;
  now: number;
}): SyntheticCast {
  const metadata = { client_name: 'Synthetic login', only_sub: SYNTHETIC_ID };
  const client = registerClient(metadata, { clientId: SYNTHETIC_ID, secretHash: made.secretHash });
  if (!client.ok) throw new Error('the synthetic client breaks the rules of registration');
  return {
    client: client.value,
    user: { sub: SYNTHETIC_ID, status: 'active', claims: {}, identifiers: [] },
    device: {
      deviceId: SYNTHETIC_ID,
      sub: SYNTHETIC_ID,
      name: 'Synthetic device',
      reach: { kind: 'none' },
      proof: { kind: 'device-jws', publicKey: made.devicePublicKey },
      enrolledAt: made.now,
    },
  };
}

/** Status of an answer that never came: the name is not known yet, or nobody listens there. */
export const NO_ANSWER = 0;

/** Longest that a smoke test waits for what was just made, in seconds: a minute, and a little for clocks. */
const PATIENCE_SECONDS = 70;
const SECONDS_BETWEEN_TRIES = 5;
/**
 * What a deployment that was just made may answer. A new name takes a moment to be known, and API Gateway answers 403
 * or 404 itself until it has heard of a new name or stage. A warm function believes a client's former secret for a
 * minute.
 */
const TOO_EARLY = { address: [NO_ANSWER, 403, 404], secret: [401] } as const;

/** What a step of the smoke test may have to wait for. */
export type SomethingNew = keyof typeof TOO_EARLY;

/** Seconds until a smoke test tries a step again; undefined when its answer is final, good or bad. */
export function secondsUntilNextTry(
  { status, waitedSeconds }: { status: number; waitedSeconds: number },
  awaits: SomethingNew,
): number | undefined {
  const early = (TOO_EARLY[awaits] as readonly number[]).includes(status);
  return early && waitedSeconds < PATIENCE_SECONDS ? SECONDS_BETWEEN_TRIES : undefined;
}

/** The published version of each function: a number that only grows. */
export type DeployedVersions = Readonly<Record<string, number>>;

/**
 * Whether a deployment is being rolled back: a version is older than the one before. Nothing may fail then, since a
 * rollback that fails leaves the stack in between.
 */
export function isRollback(before: DeployedVersions, now: DeployedVersions): boolean {
  return Object.entries(now).some(([name, version]) => version < (before[name] ?? 0));
}
