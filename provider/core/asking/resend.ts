import { isSameRegistration, type Registration } from '../client/client.ts';
import { type AuthenticationRequest, isSilentlyDenied, type RequestFacts } from '../deciding/authentication-request.ts';
import type { UserCode } from '../person/user-code.ts';
import { ok, type Result, refuse } from '../result.ts';
import { attemptsOf } from './delivery-attempt.ts';
import type { ClientLimits, CountedAttempt } from './rate-window.ts';
import type { NothingToResend } from './refusals.ts';

/** How often a client may have the phones of one request rung again. */
export const MOST_RESENDS = 3;
/**
 * How long a client waits before a resend, in seconds: after its request, and after each resend. A client that was
 * reported hears within this time that its request was denied, so it has no open request to resend.
 */
export const RESEND_PAUSE_SECONDS = 45;

/** How often, and after what pause in seconds, a client may have the phones of one request rung again. */
export type ResendLimits = { readonly most: number; readonly pauseSeconds: number };
const RESEND_LIMITS: ResendLimits = { most: MOST_RESENDS, pauseSeconds: RESEND_PAUSE_SECONDS };
/** Nearly none, for test runs. Two resends in one second could not be told apart. */
const NO_RESEND_LIMITS: ResendLimits = { most: 1000, pauseSeconds: 1 };

/** Returns the limits of resends. Only a provider on one machine can be without those that clients are registered for. */
export function resendLimitsOf({ ignoresRegistered }: Pick<ClientLimits, 'ignoresRegistered'>): ResendLimits {
  return ignoresRegistered ? NO_RESEND_LIMITS : RESEND_LIMITS;
}

/**
 * A request whose phones the client may have rung again. If an approval waits for a number, no phone rings. The client
 * gets the same answer as before the approval, because it must not learn of the approval.
 */
export type ResendableRequest = Extract<AuthenticationRequest, { state: 'pending' | 'awaiting_number' }>;

/** Returns how often the client may still have the phones rung. */
export function resendsLeft(request: Pick<RequestFacts, 'attempts'>, { most } = RESEND_LIMITS): number {
  return Math.max(0, most - attemptsOf(request, 'resend').length);
}

/** Returns from when on the client may have the phones rung again, as far as the pause is concerned. */
export function nextResendAt(
  request: Pick<RequestFacts, 'attempts' | 'issuedAt'>,
  { pauseSeconds } = RESEND_LIMITS,
): number {
  return (attemptsOf(request, 'resend').at(-1)?.at ?? request.issuedAt) + pauseSeconds;
}

/**
 * Decides whether a client may have the phones of a request rung again. An unknown request, another client's and one
 * that is over get the same answer, so that a client cannot probe for the ids of others.
 */
export function judgeResend(
  request: AuthenticationRequest | undefined,
  client: Registration,
  now: number,
  { limits = RESEND_LIMITS }: { readonly limits?: ResendLimits | undefined } = {},
): Result<ResendableRequest> {
  const over = (because: NothingToResend) => refuse({ reason: 'nothing_to_resend', because });
  if (!request) return over('unknown');
  if (!isSameRegistration(request, client)) return over('foreign');
  if (request.state !== 'pending' && request.state !== 'awaiting_number') return over(request.state);
  if (isSilentlyDenied(request, now)) return over('denied');
  if (now >= request.expiresAt) return over('expired');
  if (resendsLeft(request, limits) === 0) return refuse({ reason: 'resends_used_up' });
  const retryAfterSeconds = nextResendAt(request, limits) - now;
  return retryAfterSeconds > 0 ? refuse({ reason: 'resend_too_soon', retryAfterSeconds }) : ok(request);
}

/**
 * Returns what the windows of the person count when the phones of a request ring once more. A long-lived request is
 * counted for the day only once, when it is made.
 */
export function ringOf({ sub }: Pick<RequestFacts, 'sub'>): CountedAttempt {
  return { sub, isLong: false };
}

/**
 * Judges the user code of a request that was asked before, when its phones are to ring again. A code that was set since
 * was not sent with it, and the person may have set it because of this client.
 */
export function judgeCodeSetSince(
  code: UserCode | undefined,
  { issuedAt }: { readonly issuedAt: number },
): Result<true> {
  return code && code.setAt > issuedAt ? refuse({ reason: 'missing_user_code', because: 'set_since' }) : ok(true);
}
