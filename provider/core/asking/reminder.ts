import type { AuthenticationRequest, RequestFacts } from '../deciding/authentication-request.ts';
import { LONGEST_DELAY_SECONDS } from '../notifying/retries.ts';
import { attemptsOf } from './delivery-attempt.ts';
import type { ResendableRequest } from './resend.ts';

/** A request that lives longer than this many seconds has a reminder before its end. */
const REMINDED_LIFE_SECONDS = 1800;
/** Which part of its life a request still has when its reminder comes. */
const LAST_PART = 6;
/** How long before the end a reminder comes at most, in seconds. */
const EARLIEST_SECONDS = 3600;
/** How often a reminder is tried at most. It is tried again if SNS did not accept it. */
export const MOST_REMINDERS = 3;
/** How long one try may take, in seconds. It is longer than the function may run, so that two tries never overlap. */
export const REMINDER_LEASE_SECONDS = 60;

/** Why a request has no reminder, or none any more. */
export type NotReminded = 'unknown_request' | 'decided_already' | 'nobody_asked' | 'reminded_already' | 'request_over';

/** What to do about the reminder of a request. */
export type ReminderDecision =
  | { readonly outcome: 'ring'; readonly request: ResendableRequest }
  /** It is too early, or another try may be under way. At most as long as a message can wait. */
  | { readonly outcome: 'wait'; readonly seconds: number }
  | { readonly outcome: 'drop'; readonly because: NotReminded };

/**
 * Returns when the phones of a request are reminded: when a sixth of its life is left, or an hour. Undefined for a
 * request that is too short for it.
 */
export function reminderAt({ issuedAt, expiresAt }: Pick<RequestFacts, 'issuedAt' | 'expiresAt'>): number | undefined {
  const life = expiresAt - issuedAt;
  if (life <= REMINDED_LIFE_SECONDS) return undefined;
  return expiresAt - Math.min(Math.floor(life / LAST_PART), EARLIEST_SECONDS);
}

/**
 * Decides about the reminder of a request, from the request as it is stored now. A try without a result may have rung
 * phones or not. It is repeated, because a reminder that comes twice replaces itself on the phone, and one that does not
 * come can cost the approval.
 */
export function decideReminder(request: AuthenticationRequest | undefined, now: number): ReminderDecision {
  const drop = (because: NotReminded): ReminderDecision => ({ outcome: 'drop', because });
  if (!request) return drop('unknown_request');
  if (request.state !== 'pending') return drop('decided_already');
  if (request.deniedFrom !== undefined || request.isConcealed) return drop('nobody_asked');
  const at = reminderAt(request);
  if (at === undefined || now >= request.expiresAt) return drop('request_over');
  const tries = attemptsOf(request, 'reminder');
  if (tries.some(({ accepted = 0 }) => accepted > 0) || tries.length >= MOST_REMINDERS) return drop('reminded_already');
  const last = tries.at(-1);
  const seconds = Math.max(at, last === undefined ? 0 : last.at + REMINDER_LEASE_SECONDS) - now;
  return seconds > 0
    ? { outcome: 'wait', seconds: Math.min(seconds, LONGEST_DELAY_SECONDS) }
    : { outcome: 'ring', request };
}
