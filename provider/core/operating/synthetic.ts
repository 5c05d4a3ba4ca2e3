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
  const metadata = {
    client_name: 'Synthetic login',
    token_endpoint_auth_method: 'client_secret_basic',
    only_sub: SYNTHETIC_ID,
  } as const;
  // The ids of registration and profile stay the same at each set-up. Nobody else can have the client id or the `sub`, so
  // nothing can pass to another client or person. A login that is under way during a set-up ends with its secret.
  const own = { clientId: SYNTHETIC_ID, registrationId: SYNTHETIC_ID, secretHash: made.secretHash };
  const client = registerClient(metadata, own);
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
      blockCount: 0,
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

/**
 * An HTTP answer at the provider's public address, with its body as parsed JSON, or `{}` if the body is not JSON. If the
 * connection failed, the status is `NO_ANSWER` and `error` is the code of the failure.
 */
export type ProviderAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
/** The status of an answer that never came: the host name is not known yet, or no server listens there. */
export const NO_ANSWER = 0;

/**
 * Returns whether the provider itself gave an answer. Its errors have the member `error` (RFC 6749 §5.2), and its
 * successes have members or no content. API Gateway's own answers have a `message`. A page of somebody else is not JSON.
 */
export function isFromProvider({ status, body }: ProviderAnswer): boolean {
  if (status >= 400) return typeof body['error'] === 'string';
  return status === 204 || (status === 200 && Object.keys(body).length > 0 && !('message' in body));
}

/**
 * Returns whether a call that got this answer may succeed soon after a deployment. That is so if the answer is not the
 * provider's own: a new host name, stage or permission takes a moment to be known everywhere. Of the provider's own
 * answers it is so for a fault, because a new role may not have its rights yet, and for one that says "later".
 */
export function mayPass(answer: ProviderAnswer): boolean {
  return !isFromProvider(answer) || answer.status >= 500 || saysLater(answer);
}

/**
 * Whether the provider refuses for now: too many calls, or a secret that a warm function does not know yet. That takes
 * up to a minute, while somebody guesses at the client's secret.
 */
function saysLater({ status, body }: ProviderAnswer): boolean {
  return status === 429 || body['error'] === 'invalid_client';
}

/** How long after its start a test still begins a login, and how long it waits before it logs in again, in seconds. */
export type Patience = { readonly seconds: number; readonly pauseSeconds: number };
/** Of the smoke test. */
export const SMOKE_TEST: Patience = { seconds: 240, pauseSeconds: 15 };
/**
 * Of the login before a new version gets calls. It waits for a secret that a warm function does not know yet, which takes
 * up to a minute. Names and routes are not new then. The pause keeps the faults of a broken version below the three in a
 * minute that ring the alarm of its function: CodeDeploy does not roll back while that alarm is on.
 */
export const BEFORE_TRAFFIC: Patience = { seconds: 90, pauseSeconds: 30 };

/** How long after its start a test still makes a call, in seconds: half a minute for the last login. */
export function lastCallSeconds({ seconds }: Patience): number {
  return seconds + 30;
}

/** Returns the seconds until a test logs in again. Undefined when it has waited long enough. */
export function secondsUntilNextLogin(waitedSeconds: number, patience: Patience): number | undefined {
  return waitedSeconds + patience.pauseSeconds <= patience.seconds ? patience.pauseSeconds : undefined;
}

/** What CodeDeploy is about to do: to lead the calls of a function to another of its versions. */
export type TrafficShift = {
  /** The name of the function in the account. */
  readonly functionName: string;
  readonly from: number;
  readonly to: number;
  /** Whether CodeDeploy restores what was there before a deployment that failed. */
  readonly isRollback: boolean;
};

/**
 * Returns whether a version must log somebody in before it gets calls. A version that is not newer had calls before.
 * CodeDeploy and CloudFormation restore such versions, and nothing may fail then.
 */
export function isNewVersion({ from, to, isRollback: restores }: TrafficShift): boolean {
  return !restores && to > from;
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
