import { devicesThatReach } from '../deciding/acr.ts';
import type { AcrRule } from '../deciding/acr-rule.ts';
import { reachable } from '../device/device.ts';
import { SYNTHETIC_ID } from '../operating/reserved.ts';
import type { UserWithBlocks } from '../person/user.ts';
import { ok, type Result, refuse } from '../result.ts';
import { isNamedBy, type LoginHint, namesPredecessor } from './hint.ts';
import type { Counted } from './rate-window.ts';

/** What is known at the first check: of the user, only the subject. */
export type NamedUser = {
  readonly hint: LoginHint;
  /** The result of counting the attempt for the client. Undefined for a client without a limit of its own. */
  readonly clientLimit: Counted | undefined;
  /** The only user that the client may name. Undefined means any user. */
  readonly onlySub: string | undefined;
  /** Whether the client is that of the synthetic login. */
  readonly isSynthetic: boolean | undefined;
  /** The subject that the hint names. Undefined when no login identifier of it is stored, or when they differ. */
  readonly sub: string | undefined;
  /** Whether the names in the hint are those of different users. */
  readonly differ: boolean;
};
/** What is known after the user was read and the attempt was counted for them. */
export type FoundUser = NamedUser & {
  /** Undefined when the subject has no profile. */
  readonly found: UserWithBlocks | undefined;
  /** For how many seconds more the client pauses after this user's denials. */
  readonly pauseSeconds: number;
  /** For how many seconds more another request of the client is open. 0 if there is none, or any number may be open. */
  readonly openSeconds: number;
  /** Whether the client sent no binding message although the user could take the question for another open one. */
  readonly needsMessage: boolean;
  /** Whether the user code that they may need was sent. */
  readonly userCode: Result<true>;
  /** The result of counting the attempt for the user. Undefined where limits are switched off. */
  readonly userLimit: Counted | undefined;
  /** The classes of which an approval must reach one. Undefined if any approval will do. */
  readonly acrValues: readonly AcrRule[] | undefined;
};

/**
 * Checks whether the user may be read and the attempt counted for them. The value is their subject. The client's own
 * limit is checked first: a client over it must neither use up a user's limit nor go on guessing names. A client that
 * may name only one user learns nothing about others. The user of the synthetic login may be named by its client alone,
 * and is unknown to all others.
 */
export function checkNamed({ clientLimit, sub, differ, onlySub, isSynthetic }: NamedUser): Result<string> {
  if (clientLimit?.allowed === false) {
    const { retryAfterSeconds, isGuessing } = clientLimit;
    return refuse({ reason: isGuessing ? 'too_many_unknown_users' : 'client_rate_limited', retryAfterSeconds });
  }
  if (sub === undefined)
    return refuse({ reason: 'unknown_user', because: differ ? 'different_users' : 'no_such_identifier' });
  const isForOther = onlySub !== undefined && onlySub !== sub;
  if (isForOther || (sub === SYNTHETIC_ID && !isSynthetic))
    return refuse({ reason: 'unknown_user', because: 'not_for_this_client' });
  return ok(sub);
}

/**
 * Checks whether the user may be asked. The order of refusals is: those of {@link checkNamed}, a pause after denials,
 * another open request where there may be one only, a binding message that is needed, no profile, a name that is no
 * longer the user's, a subject that was another person's when it was named, a blocked user, the user code, the user's
 * limit, no device that would learn of the request, none of these that could approve it. A client knows of its own
 * denials and open requests, whatever became of the user since. Unknown and blocked users are refused before the limit,
 * so that the limit does not reveal that a user exists, and so is a client without the user's code. The limit protects
 * people from too many pushes. It does not stop the synthetic login, which rings no phone: the attempts of a failed
 * deployment would make the next one fail. They are counted all the same, so that the login shows that counting works.
 */
export function checkAskable(known: FoundUser): Result<UserWithBlocks> {
  const { hint, found, userLimit, sub, isSynthetic } = known;
  const named = checkNamed(known);
  if (!named.ok) return named;
  if (known.pauseSeconds > 0) return refuse({ reason: 'client_paused', retryAfterSeconds: known.pauseSeconds });
  if (known.openSeconds > 0) return refuse({ reason: 'request_open', retryAfterSeconds: known.openSeconds });
  if (known.needsMessage) return refuse({ reason: 'binding_message_needed' });
  if (!found) return refuse({ reason: 'unknown_user', because: 'no_profile' });
  const { user, devices } = found;
  if (!isNamedBy(user, hint)) return refuse({ reason: 'unknown_user', because: 'no_such_identifier' });
  if (namesPredecessor(hint, user)) return refuse({ reason: 'unknown_user', because: 'earlier_person' });
  if (user.status === 'blocked') return refuse({ reason: 'unknown_user', because: 'blocked' });
  if (!known.userCode.ok) return known.userCode;
  const isPerson = !(isSynthetic && sub === SYNTHETIC_ID);
  if (userLimit?.allowed === false && isPerson)
    return refuse({ reason: 'user_rate_limited', retryAfterSeconds: userLimit.retryAfterSeconds });
  const rung = reachable(devices);
  if (rung.length === 0) return refuse({ reason: 'no_reachable_device', devices: devices.length });
  if (devicesThatReach(rung, known.acrValues).length === 0)
    return refuse({ reason: 'acr_out_of_reach', devices: rung.length });
  return ok(found);
}
