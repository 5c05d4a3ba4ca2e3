import { equalInConstantTime } from '../digest.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { ClientCredential, ClientSecrets, OldSecret } from './client.ts';
import { CLIENT_COPY_SECONDS } from './rereads.ts';

/** The longest time that an old secret may work after it was replaced, in seconds: 30 days. */
export const LONGEST_OVERLAP_SECONDS = 30 * 86_400;

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

/** Returns the secrets of a credential. Undefined if the client has keys, or does not exist. */
export function secretsOf(credential: ClientCredential | undefined): ClientSecrets | undefined {
  return credential?.method === 'private_key_jwt' ? undefined : credential;
}

/** Returns when the old secret ends, in epoch seconds, as long as it works. */
export function oldSecretEnd(credential: ClientCredential, now: number): number | undefined {
  const end = secretsOf(credential)?.oldSecret?.expiresAt;
  return end !== undefined && now < end ? end : undefined;
}

/**
 * Returns whether a secret with this hash works now. Both secrets are compared, each in constant time, also where the
 * client has one or does not exist, so that the time tells none of this.
 */
export function isSecretHash(hash: string, secrets: ClientSecrets | undefined, now: number): boolean {
  const { secretHash = '', oldSecret = { hash: '', expiresAt: 0 } } = secrets ?? {};
  const isPresent = equalInConstantTime(hash, secretHash);
  const isOld = equalInConstantTime(hash, oldSecret.hash);
  return secrets !== undefined && (isPresent || (isOld && now < oldSecret.expiresAt));
}

/**
 * Returns the secrets after a change. `newHash` is the hash of the secret that this provider made. It is used when the
 * change asks for a new secret, and when the client had none. A client has two secrets at most. A third one would end a
 * secret that may be in use, so it is refused, unless the change says which one it ends.
 */
export function changeSecrets(
  before: ClientSecrets | undefined,
  change: SecretChange & { readonly newHash: string },
  now: number,
): Result<ClientSecrets> {
  const { newSecret, newHash, oldSecretExpiresIn, keepOldSecret } = change;
  if (!before) return withFirst(change);
  const { secretHash, oldSecret } = before;
  // A write of this same change made the secret before, and its answer was lost.
  if (secretHash === newHash) return ok(before);
  const livesUntil = oldSecret && now < oldSecret.expiresAt ? oldSecret.expiresAt : undefined;
  const working = livesUntil === undefined ? undefined : oldSecret;
  if (keepOldSecret) return replacePresent(working, change);
  const expiresAt = now + (oldSecretExpiresIn ?? 0);
  if (newSecret) {
    if (!oldSecretExpiresIn) return ok({ secretHash: newHash });
    if (livesUntil !== undefined) return refuse({ reason: 'two_secrets_work', until: livesUntil });
    return ok({ secretHash: newHash, oldSecret: { hash: secretHash, expiresAt, replacedAt: now } });
  }
  if (oldSecretExpiresIn === undefined) return ok(before);
  if (!working) return noOldSecret();
  const longest = working.replacedAt + LONGEST_OVERLAP_SECONDS - now;
  if (oldSecretExpiresIn > longest)
    return wrong('old_secret_expires_in', `at most ${longest}: an old secret works for 30 days at most`);
  return ok({ secretHash, ...(oldSecretExpiresIn > 0 && { oldSecret: { ...working, expiresAt } }) });
}

/** Gives a secret to a client that had none. It has no old one. */
function withFirst(change: SecretChange & { readonly newHash: string }): Result<ClientSecrets> {
  if (change.keepOldSecret) return noOldSecret('keep_old_secret');
  return change.oldSecretExpiresIn === undefined ? ok({ secretHash: change.newHash }) : noOldSecret();
}

/** Replaces the present secret, and leaves the old one its end. Without an old one, no secret would work on. */
function replacePresent(
  oldSecret: OldSecret | undefined,
  { newSecret, newHash, oldSecretExpiresIn }: SecretChange & { readonly newHash: string },
): Result<ClientSecrets> {
  if (!newSecret) return wrong('keep_old_secret', 'absent without new_secret');
  if (oldSecretExpiresIn !== undefined) return wrong('old_secret_expires_in', 'absent beside keep_old_secret');
  return oldSecret ? ok({ secretHash: newHash, oldSecret }) : noOldSecret('keep_old_secret');
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
  change: SecretChange & { method: ClientCredential['method']; newHash: string },
  now: number,
): Result<ClientSecrets> {
  if (change.method !== 'private_key_jwt') return changeSecrets(secretsOf(before), change, now);
  const { newSecret, keepOldSecret, oldSecretExpiresIn } = change;
  if (!newSecret && !keepOldSecret && oldSecretExpiresIn === undefined) return ok({ secretHash: change.newHash });
  const asked = newSecret ? 'new_secret' : keepOldSecret ? 'keep_old_secret' : 'old_secret_expires_in';
  const expected = 'absent: a private_key_jwt client has no secret';
  return refuse({ reason: 'invalid_client_metadata', member: asked, expected });
}
