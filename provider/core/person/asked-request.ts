import type { AttemptKind, DeliveryAttempt } from '../asking/delivery-attempt.ts';
import type { FailureCause } from '../deciding/authentication-request.ts';
import { txnOf } from '../digest.ts';
import type { KeptRequest, KeptStatus } from './kept-records.ts';

/** An attempt to reach the user, as operators see it. `first` is the push that was sent when the request was made. */
export type AttemptView = Omit<DeliveryAttempt, 'kind'> & { readonly kind: 'first' | AttemptKind };

/**
 * What became of a request, as operators see it. `awaiting_number`: the user approved, and the client has to enter the
 * number. `expired`: nobody answered, or the number did not come in time. `taken_back`: the user, the phone or the client
 * was gone or blocked before the approval was redeemed. `failed`: no push was accepted.
 */
export type RequestState =
  | 'pending'
  | 'awaiting_number'
  | 'approved'
  | 'denied'
  | 'redeemed'
  | 'expired'
  | 'failed'
  | 'taken_back'
  | FailureCause;

/** A request that a user got, and each attempt to reach them. Nothing in it is what was shown. Instants are epoch seconds. */
export type AskedRequestView = {
  readonly request_id: string;
  /** Its name in logs and the audit trail. */
  readonly txn: string;
  readonly client_id: string;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly state: RequestState;
  /** In their order. The first one is always there. */
  readonly attempts: readonly AttemptView[];
};

/** Returns the request as operators see it. Undefined if its state is not stored any more. */
export function viewAskedRequest(kept: KeptRequest, now: number): AskedRequestView | undefined {
  const { request_id, expires_at, status } = kept;
  if (!status) return undefined;
  const { client_id, issued_at, attempts = [] } = status;
  return {
    request_id,
    txn: txnOf(request_id),
    client_id,
    issued_at,
    expires_at,
    state: stateOf(kept, status, now),
    attempts: [firstAttempt(kept, status), ...attempts],
  };
}

/**
 * What SNS said to the first push is stored only if it accepted none: then the request failed at once. The version before
 * stored no number of devices.
 */
function firstAttempt({ devices_rung: devices }: KeptRequest, status: KeptStatus): AttemptView {
  const isUnreached = failureOf(status) === 'failed';
  return {
    kind: 'first',
    at: status.issued_at,
    ...(devices !== undefined && { devices }),
    ...(isUnreached && { accepted: 0 }),
  };
}

function stateOf({ expires_at }: KeptRequest, status: KeptStatus, now: number): RequestState {
  const { state, grant } = status;
  const failure = failureOf(status);
  if (failure || state !== 'pending') return failure ?? state;
  if (now >= expires_at) return 'expired';
  return grant ? 'awaiting_number' : 'pending';
}

function failureOf({ state, failed_because, taken_back }: KeptStatus): RequestState | undefined {
  if (state !== 'failed') return undefined;
  return failed_because ?? (taken_back === undefined ? 'failed' : 'taken_back');
}
