import type { Concealed } from '../asking/concealment.ts';
import type { PushErrorKind } from '../device/push-error.ts';
import type { PushError } from '../notifying/push-body.ts';
import type { Whole } from '../whole.ts';

/**
 * What a flow may note for the log line of its request: the provider's own names and words, ids and counts, but nothing
 * that was sent.
 */
export type Noted = {
  client_id?: string | undefined;
  /** True if the call belongs to the synthetic login: of its client, or about a request of it. */
  synthetic?: true | undefined;
  /** A short name of the request, which cannot redeem it; see `txnOf`. */
  txn?: string | undefined;
  /**
   * The user whom the client wants to ask. Only the line of the authentication request has it; `txn` leads to the
   * others.
   */
  sub?: string | undefined;
  device_id?: string | undefined;
  reason?: string | undefined;
  /** Details of the reason, in the provider's own words. */
  detail?: string | undefined;
  devices?: number | undefined;
  accepted?: number | undefined;
  /**
   * Errors of pushes by SNS's names, the kind of the first error, and the ids by which SNS later reports on the pushes.
   */
  push_errors?: string | undefined;
  push_error?: PushErrorKind | undefined;
  push_ids?: string | undefined;
  decision?: string | undefined;
  /** True if the phone reports fraud, or if the client asks a user who reported it. */
  reported?: true | undefined;
  /** Why nobody was asked, if the client is not to notice it. */
  concealed?: Concealed['reason'] | 'push_unavailable' | undefined;
  /** Seconds from the request until its approval. */
  approval_seconds?: number | undefined;
  notification_status?: number | undefined;
  /** What a client in push mode was or is to be sent. */
  pushed?: 'tokens' | PushError | undefined;
  /** For how many days the certificate of CloudFront for the API is still valid. */
  days_left?: number | undefined;
  /** For how many whole days the client's secret still works, in its last 14 days. */
  secret_days_left?: number | undefined;
  /** How many events the event bus accepted. */
  events?: number | undefined;
};

/** The one log line of each request. */
export type RequestLine = Noted & {
  readonly route: string;
  readonly status: number;
  /** The ARN of the IAM identity that called, as in the audit trail. Only calls of the admin API have one. */
  readonly by?: string | undefined;
  /** The caller's address as CloudFront saw it. Without the shield the access log has the address instead. */
  readonly ip?: string | undefined;
  readonly error?: string | undefined;
  readonly duration_ms: number;
  /** True on the first line of an environment: its function was loaded for this call, which took longer. */
  readonly cold_start?: true | undefined;
  /** For a message: how long it was in its queue, in seconds. */
  readonly age_seconds?: number | undefined;
  readonly correlation_id: string;
};

/**
 * A fault: its kind, and the stack frames that locate it. Its message is never logged, because it may quote what was
 * sent.
 */
export type FaultLine = {
  readonly route: string;
  readonly by?: string | undefined;
  readonly correlation_id: string;
  /** The client and the request that the call had named before the fault. */
  readonly client_id?: string | undefined;
  readonly txn?: string | undefined;
  readonly fault: string;
  readonly frames?: readonly string[] | undefined;
};

/** Where a fault happened, and what the call had noted by then. */
export type FaultPlace = {
  readonly route: string;
  readonly by?: string | undefined;
  readonly correlationId: string;
  readonly noted?: Noted | undefined;
};

/** A call of AWS, at the level `debug`: which action, how long, how it ended. Nothing of its input or output. */
export type AwsCallLine = {
  /** The function that called. */
  readonly service: string;
  /** The SDK's name of the service, such as `DynamoDB`, and of the action, such as `GetItem`. */
  readonly aws_service: string;
  readonly action: string;
  readonly duration_ms: number;
  /** How often it was tried. Undefined if the call never got an answer. */
  readonly attempts: number | undefined;
  /** `ok`, or the name of the error. */
  readonly outcome: string;
};

const FIELD_LIMIT = 256;

/**
 * Returns the line as it may be written: only the named fields, with long texts shortened. A field that is missing here
 * does not compile, and an unnamed field that the line contains at run time is not written.
 */
export function loggable(line: RequestLine): Whole<RequestLine> {
  return {
    route: line.route,
    status: line.status,
    // AWS made it, and a shortened ARN could be that of another identity.
    by: line.by,
    ip: line.ip,
    client_id: shortened(line.client_id),
    synthetic: line.synthetic,
    txn: line.txn,
    sub: shortened(line.sub),
    device_id: shortened(line.device_id),
    reason: line.reason,
    error: line.error,
    detail: shortened(line.detail),
    devices: line.devices,
    accepted: line.accepted,
    push_errors: shortened(line.push_errors),
    push_error: line.push_error,
    push_ids: shortened(line.push_ids),
    decision: line.decision,
    reported: line.reported,
    concealed: line.concealed,
    approval_seconds: line.approval_seconds,
    notification_status: line.notification_status,
    pushed: line.pushed,
    days_left: line.days_left,
    secret_days_left: line.secret_days_left,
    events: line.events,
    age_seconds: line.age_seconds,
    duration_ms: line.duration_ms,
    cold_start: line.cold_start,
    correlation_id: shortened(line.correlation_id),
  };
}

/** Returns the line of a call of AWS as it may be written. */
export function loggableAwsCall(line: AwsCallLine): Whole<AwsCallLine> {
  return {
    service: line.service,
    aws_service: line.aws_service,
    action: line.action,
    duration_ms: line.duration_ms,
    attempts: line.attempts,
    outcome: shortened(line.outcome),
  };
}

function shortened<Text extends string | undefined>(text: Text): Text | string {
  return text === undefined ? text : text.slice(0, FIELD_LIMIT);
}
