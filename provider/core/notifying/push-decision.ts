import {
  type ApprovedRequest,
  type AuthenticationRequest,
  isSilentlyDenied,
  isWithdrawn,
} from '../deciding/authentication-request.ts';
import { redemptionGrace } from '../deciding/redemption-grace.ts';
import { secondsUntilExpiry } from '../operating/expiry-watch.ts';
import type { NotNotified } from './notification-decision.ts';
import type { PushError } from './push-body.ts';
import { DECISION_WINDOW_SECONDS, LONGEST_DELAY_SECONDS, LOOK_AGAIN_SECONDS } from './retries.ts';
import type { SealedTokens } from './sealed-tokens.ts';

/** What to do about a request of a client in push mode that was announced. */
export type PushDecision =
  /** The tokens are to be made, and pushed. */
  | { readonly outcome: 'mint'; readonly request: ApprovedRequest }
  /** The tokens were made before, and are still to be pushed. */
  | { readonly outcome: 'send'; readonly sealed: SealedTokens }
  | { readonly outcome: 'tell'; readonly error: PushError }
  | { readonly outcome: 'wait'; readonly seconds: number }
  | {
      readonly outcome: 'drop';
      readonly because: NotNotified | 'decided_already';
      /** No further announcement will come for this request. */
      readonly isOver: boolean;
    };

/** When the message was sent. `watchesExpiry`: it was sent when the client asked, to tell it of the expiry. */
type Announced = { readonly at: number; readonly now: number; readonly watchesExpiry: boolean };

const drop = (because: NotNotified | 'decided_already', isOver = true): PushDecision => ({
  outcome: 'drop',
  because,
  isOver,
});
const tell = (error: PushError): PushDecision => ({ outcome: 'tell', error });

/**
 * Decides from the stored request what its client is pushed (CIBA §10.3, §12). A client whose request failed because no
 * phone rang heard so in the answer to its request, and never got an `auth_req_id`. A client that withdrew its request is
 * told nothing. An approval for which no tokens could be made in time is told as `transaction_failed`.
 */
export function decidePush(request: AuthenticationRequest, announced: Announced): PushDecision {
  const { now, watchesExpiry } = announced;
  if (request.state === 'pending' || request.state === 'awaiting_number') return decidePending(request, announced);
  if (isWithdrawn(request)) return drop('request_withdrawn');
  if (request.state === 'failed' && !request.takenBack && !request.because) return drop('request_failed');
  if (request.state === 'redeemed' && !request.sealed) return drop('redeemed_already');
  // The decision has an announcement of its own.
  if (watchesExpiry) return drop('decided_already', false);
  switch (request.state) {
    case 'approved':
      return now < request.expiresAt + redemptionGrace(request.intervalSeconds)
        ? { outcome: 'mint', request }
        : tell('transaction_failed');
    case 'redeemed':
      return request.sealed ? { outcome: 'send', sealed: request.sealed } : drop('redeemed_already');
    case 'denied':
    case 'failed':
      return tell('access_denied');
  }
}

function decidePending(
  request: Extract<AuthenticationRequest, { state: 'pending' | 'awaiting_number' }>,
  { at, now, watchesExpiry }: Announced,
): PushDecision {
  const { deniedFrom, expiresAt } = request;
  if (isSilentlyDenied(request, now)) return tell('access_denied');
  if (deniedFrom !== undefined) return { outcome: 'wait', seconds: Math.min(deniedFrom - now, LONGEST_DELAY_SECONDS) };
  if (watchesExpiry) {
    const seconds = secondsUntilExpiry(expiresAt, now);
    return seconds > 0 ? { outcome: 'wait', seconds } : tell('expired_token');
  }
  // The phone may answer again, and what watches the expiry is still to come.
  return now < at + DECISION_WINDOW_SECONDS
    ? { outcome: 'wait', seconds: LOOK_AGAIN_SECONDS }
    : drop('never_decided', false);
}
