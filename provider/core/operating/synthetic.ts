import type { Client } from '../client/client.ts';
import { registerClient } from '../client/registration.ts';
import type { Device } from '../device/device.ts';
import type { PublicJwk } from '../keys/jwk.ts';
import type { User } from '../person/user.ts';
import { SYNTHETIC_AUDIENCE, SYNTHETIC_ID } from './reserved.ts';

/** The content of the synthetic login's secret. */
export type SyntheticSecret = {
  readonly clientSecret: string;
  readonly devicePrivateKey: Readonly<Record<string, unknown>>;
};
/** Client, user and device of the synthetic login. */
export type SyntheticIdentities = { readonly client: Client; readonly user: User; readonly device: Device };

/**
 * Makes the client, the user and the device of the synthetic login. The client may name only this user, has no
 * scope beyond `openid`, and an audience that no API has. Nothing else makes a client that is marked as synthetic. The
 * user has no name and no login identifier. The device is never pushed to. A thief with all their secrets could not log
 * in as any other user, and could not use the tokens anywhere.
 */
export function makeSyntheticIdentities(made: {
  secretHash: string;
  devicePublicKey: PublicJwk;
  now: number;
}): SyntheticIdentities {
  const metadata = { client_name: 'Synthetic login', only_sub: SYNTHETIC_ID };
  const client = registerClient(metadata, { clientId: SYNTHETIC_ID, secretHash: made.secretHash });
  if (!client.ok) throw new Error('the synthetic client breaks the rules of registration');
  return {
    client: { ...client.value, defaultAudience: SYNTHETIC_AUDIENCE, isSynthetic: true },
    user: {
      sub: SYNTHETIC_ID,
      profileId: SYNTHETIC_ID,
      status: 'active',
      claims: {},
      identifiers: [],
      deviceIds: [SYNTHETIC_ID],
    },
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

/** The status of an answer that never came: the host name is not known yet, or no server listens there. */
export const NO_ANSWER = 0;

/** How long a smoke test waits for something that was just made, in seconds: a minute, and a little for clocks. */
const PATIENCE_SECONDS = 70;
const SECONDS_BETWEEN_TRIES = 5;
/**
 * The statuses that a new deployment may answer with at first. A new host name takes a moment to be known, and until
 * then API Gateway itself answers 403 or 404 for a new name or stage. While somebody guesses at a client's secret, a
 * function may not know a new one for some seconds.
 */
const TOO_EARLY = { address: [NO_ANSWER, 403, 404], secret: [401] } as const;

/** What a step of the smoke test may have to wait for. */
export type SomethingNew = keyof typeof TOO_EARLY;

/** Returns the seconds until a smoke test tries a step again. Undefined when the answer is final, good or bad. */
export function secondsUntilNextTry(
  { status, waitedSeconds }: { status: number; waitedSeconds: number },
  awaits: SomethingNew,
): number | undefined {
  const early = (TOO_EARLY[awaits] as readonly number[]).includes(status);
  return early && waitedSeconds < PATIENCE_SECONDS ? SECONDS_BETWEEN_TRIES : undefined;
}

/** The published version of each function, a number that only grows. */
export type DeployedVersions = Readonly<Record<string, number>>;

/**
 * Returns whether a deployment is being rolled back: a version is older than the one before. Nothing may fail then,
 * because a failed rollback leaves the stack in an intermediate state.
 */
export function isRollback(before: DeployedVersions, now: DeployedVersions): boolean {
  return Object.entries(now).some(([name, version]) => version < (before[name] ?? 0));
}
