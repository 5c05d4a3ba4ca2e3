import { equalInConstantTime } from '../digest.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { ClientCredential, ClientSecrets, OldSecret } from './client.ts';
import { CLIENT_COPY_SECONDS } from './rereads.ts';

const DAY_SECONDS = 86_400;

/** Why a client with keys has no member that is about secrets. */
export const NO_SECRET = 'absent: a private_key_jwt client has no secret';

/** The longest time that an old secret may work after it was replaced, in seconds: 30 days. */
export const LONGEST_OVERLAP_SECONDS = 30 * DAY_SECONDS;

/** The days that a secret may work by the setting of a deployment, and by the registration of one client. */
export const SECRET_DAYS = { leastByDefault: 30, least: 1, most: 1095 } as const;

/** A secret that is used in its last days is counted, so that somebody replaces it in time: 14 days, in seconds. */
const LAST_DAYS_SECONDS = 14 * DAY_SECONDS;

/**
 * The shortest time, in seconds. A copy of the client that was read before the change does not know the end, and lives
 * no longer than this.
 */
export const SHORTEST_OVERLAP_SECONDS = CLIENT_COPY_SECONDS;

/** What an operator asks for: a new secret, an end for the old one, or both. */
export type SecretChange = {
  readonly newSecret: boolean;
  /** Seconds from now until the old secret ends. With a new secret, absent means 0: the old one ends now. */
  readonly oldSecretExpiresIn?: number | undefined;
  /**
   * The new secret replaces the present one, and the old one keeps its end. For a secret that nobody knows, because the
   * answer that told it was lost.
   */
  readonly keepOldSecret?: boolean | undefined;
};

/** A change of secrets, with what the provider adds to it. */
export type SecretRenewal = SecretChange & {
  /** The hash of the secret that this provider made, for a client that needs a new one. */
  readonly newHash: string;
  /** For how many days a secret works that gets its end now. Absent means without end. */
  readonly days?: number | undefined;
  /** True if the change names other days than before. The present secret then gets a new end, counted from now. */
  readonly hasOtherDays?: boolean | undefined;
};

/** Returns the secrets of a credential. Undefined if the client has keys, or does not exist. */
export function secretsOf(credential: ClientCredential | undefined): ClientSecrets | undefined {
  return credential?.method === 'private_key_jwt' ? undefined : credential;
}

/** Returns when the old secret ends, in epoch seconds, as long as it works. */
export function oldSecretEnd(credential: ClientCredential, now: number): number | undefined {
  const end = secretsOf(credential)?.oldSecret?.expiresAt;
  return end !== undefined && now < end ? end : undefined;
}

/** Returns the first secret of a client: its hash, and its end if it has one. */
export function firstSecret({ newHash, days }: Pick<SecretRenewal, 'newHash' | 'days'>, now: number): ClientSecrets {
  return { secretHash: newHash, ...(days !== undefined && { secretExpiresAt: now + days * DAY_SECONDS }) };
}

/** What a secret is to a client: one that works, with the end of the present one, one that has ended, or neither. */
export type SecretJudgement = {
  readonly state: 'works' | 'ended' | 'unknown';
  readonly endsAt?: number | undefined;
};

/**
 * Judges a secret by its hash. Both secrets are compared, each in constant time, also where the client has one or does
 * not exist, so that the time tells none of this. Their ends are compared with the clock.
 */
export function judgeSecret(hash: string, secrets: ClientSecrets | undefined, now: number): SecretJudgement {
  const { secretHash = '', secretExpiresAt, oldSecret } = secrets ?? {};
  const isPresent = equalInConstantTime(hash, secretHash);
  const isOld = equalInConstantTime(hash, oldSecret?.hash ?? '');
  if (secrets && isPresent)
    return secretExpiresAt === undefined || now < secretExpiresAt
      ? { state: 'works', endsAt: secretExpiresAt }
      : { state: 'ended' };
  if (oldSecret && isOld) return { state: now < oldSecret.expiresAt ? 'works' : 'ended' };
  return { state: 'unknown' };
}

/** Returns for how many whole days a secret still works. Undefined before its last 14 days, and without an end. */
export function lastDaysOf(endsAt: number | undefined, now: number): number | undefined {
  if (endsAt === undefined || endsAt - now > LAST_DAYS_SECONDS) return undefined;
  return Math.floor((endsAt - now) / DAY_SECONDS);
}

/**
 * Returns the secrets after a change. The new hash is used when the change asks for a new secret, and when the client had
 * none. A client has two secrets at most. A third one would end a secret that may be in use, so it is refused, unless the
 * change says which one it ends.
 */
export function changeSecrets(
  before: ClientSecrets | undefined,
  change: SecretRenewal,
  now: number,
): Result<ClientSecrets> {
  const made = firstSecret(change, now);
  if (!before) return withFirst(made, change);
  const { secretHash, oldSecret } = before;
  // A write of this same change made the secret before, and its answer was lost.
  if (secretHash === change.newHash) return ok(before);
  const working = oldSecret && now < oldSecret.expiresAt ? oldSecret : undefined;
  if (change.keepOldSecret) return replacePresent(made, working, change);
  if (change.newSecret) return replaceWithOverlap(made, { before, working }, { ...change, now });
  const present = change.hasOtherDays ? moveEnd(before, change.days, now) : ok(before);
  if (!present.ok || change.oldSecretExpiresIn === undefined) return present;
  return moveOldEnd(present.value, working, { expiresIn: change.oldSecretExpiresIn, now });
}

/** Gives a secret to a client that had none. It has no old one. */
function withFirst(made: ClientSecrets, change: SecretChange): Result<ClientSecrets> {
  if (change.keepOldSecret) return noOldSecret('keep_old_secret');
  return change.oldSecretExpiresIn === undefined ? ok(made) : noOldSecret();
}

/** Replaces the present secret, and leaves the old one its end. Without an old one, no secret would work on. */
function replacePresent(
  made: ClientSecrets,
  oldSecret: OldSecret | undefined,
  { newSecret, oldSecretExpiresIn }: SecretChange,
): Result<ClientSecrets> {
  if (!newSecret) return wrong('keep_old_secret', 'absent without new_secret');
  if (oldSecretExpiresIn !== undefined) return wrong('old_secret_expires_in', 'absent beside keep_old_secret');
  return oldSecret ? ok({ ...made, oldSecret }) : noOldSecret('keep_old_secret');
}

/** Makes the present secret the old one, for as long as the change says and not beyond its own end. */
function replaceWithOverlap(
  made: ClientSecrets,
  { before, working }: { before: ClientSecrets; working: OldSecret | undefined },
  { oldSecretExpiresIn, now }: SecretChange & { now: number },
): Result<ClientSecrets> {
  if (!oldSecretExpiresIn) return ok(made);
  if (working) return refuse({ reason: 'two_secrets_work', until: working.expiresAt });
  const { secretHash: hash, secretExpiresAt: ownEnd } = before;
  const expiresAt = Math.min(now + oldSecretExpiresIn, ownEnd ?? Number.POSITIVE_INFINITY);
  const oldSecret = { hash, expiresAt, replacedAt: now, ...(ownEnd !== undefined && { ownEnd }) };
  return ok({ ...made, ...(expiresAt > now && { oldSecret }) });
}

/** Gives the present secret a new end, counted from now. One that has ended does not come back. */
function moveEnd(before: ClientSecrets, days: number | undefined, now: number): Result<ClientSecrets> {
  const { secretExpiresAt, oldSecret, secretHash } = before;
  if (secretExpiresAt !== undefined && secretExpiresAt <= now)
    return wrong('client_secret_days', 'changed together with new_secret: the present secret has ended');
  return ok({ ...firstSecret({ newHash: secretHash, days }, now), ...(oldSecret && { oldSecret }) });
}

/** Gives the old secret another end, or ends it now. */
function moveOldEnd(
  { oldSecret: _replaced, ...present }: ClientSecrets,
  working: OldSecret | undefined,
  { expiresIn, now }: { expiresIn: number; now: number },
): Result<ClientSecrets> {
  if (!working) return noOldSecret();
  const { replacedAt, ownEnd = Number.POSITIVE_INFINITY } = working;
  const latest = Math.min(replacedAt + LONGEST_OVERLAP_SECONDS, ownEnd);
  const why = ownEnd === latest ? 'a secret works until its own end' : 'an old secret works for 30 days';
  if (now + expiresIn > latest) return wrong('old_secret_expires_in', `at most ${latest - now}: ${why} at most`);
  return ok({ ...present, ...(expiresIn > 0 && { oldSecret: { ...working, expiresAt: now + expiresIn } }) });
}

function noOldSecret(member = 'old_secret_expires_in'): Result<never> {
  return wrong(member, 'absent: the client has no old secret');
}

function wrong(member: string, expected: string): Result<never> {
  return refuse({ reason: 'invalid_client_metadata', member, expected });
}

/** Returns the secrets that a client has after a change, which it uses unless its method is `private_key_jwt`. */
export function renewSecrets(
  before: ClientCredential,
  change: SecretRenewal & { method: ClientCredential['method'] },
  now: number,
): Result<ClientSecrets> {
  if (change.method !== 'private_key_jwt') return changeSecrets(secretsOf(before), change, now);
  const { newSecret, keepOldSecret, oldSecretExpiresIn } = change;
  if (!newSecret && !keepOldSecret && oldSecretExpiresIn === undefined) return ok({ secretHash: change.newHash });
  const asked = newSecret ? 'new_secret' : keepOldSecret ? 'keep_old_secret' : 'old_secret_expires_in';
  return wrong(asked, NO_SECRET);
}
