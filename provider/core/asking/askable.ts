import { reachable } from '../device/device.ts';
import { goesBy, type UserWithDevices } from '../person/user.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { LoginHint } from './login-hint.ts';
import type { Counted } from './rate-window.ts';

/** What is known when it is first asked whether a client may ask a user: nothing of the user but the subject. */
export type NamedUser = {
  readonly hint: LoginHint;
  /** The attempt as it counts for the client; undefined for a client without a limit of its own. */
  readonly clientLimit: Counted | undefined;
  /** The one user whom the client may name; undefined is any. */
  readonly onlySub: string | undefined;
  /** The subject that the hint names; undefined when no login identifier is stored. */
  readonly sub: string | undefined;
};
/** What is known after the user was read and the attempt was counted. */
export type FoundUser = NamedUser & {
  /** Undefined when the subject has no profile. */
  readonly found: UserWithDevices | undefined;
  /** The attempt as it counts for the user; undefined where limits are switched off. */
  readonly userLimit: Counted | undefined;
};

/**
 * Whether the user may be read and the attempt counted for them; the value is their subject. A client over its own limit
 * comes first: it must not use up a user's limit, nor guess names without one. A client that may name one user learns
 * nothing of others.
 */
export function checkNamed({ clientLimit, sub, onlySub }: NamedUser): Result<string> {
  if (clientLimit?.allowed === false)
    return refuse({ reason: 'client_rate_limited', retryAfterSeconds: clientLimit.retryAfterSeconds });
  if (sub === undefined) return refuse({ reason: 'unknown_user', because: 'no_such_identifier' });
  if (onlySub !== undefined && onlySub !== sub)
    return refuse({ reason: 'unknown_user', because: 'not_for_this_client' });
  return ok(sub);
}

/**
 * Whether the user may be asked, in the order in which a user is refused: what {@link checkNamed} refuses, no profile, a
 * name that is no longer theirs, blocked, limit, no device that learns of it. Unknown and blocked come before the limit,
 * so that a limit tells nobody that a user exists.
 */
export function checkAskable(known: FoundUser): Result<UserWithDevices> {
  const { hint, found, userLimit } = known;
  const named = checkNamed(known);
  if (!named.ok) return named;
  if (!found) return refuse({ reason: 'unknown_user', because: 'no_profile' });
  const { user, devices } = found;
  if (hint.kind === 'identifier' && !goesBy(user, hint.identifier))
    return refuse({ reason: 'unknown_user', because: 'no_such_identifier' });
  if (user.status === 'blocked') return refuse({ reason: 'unknown_user', because: 'blocked' });
  if (userLimit?.allowed === false)
    return refuse({ reason: 'user_rate_limited', retryAfterSeconds: userLimit.retryAfterSeconds });
  if (reachable(devices).length === 0) return refuse({ reason: 'no_reachable_device', devices: devices.length });
  return ok(found);
}
