import type { NotificationReason } from '../notifying/notification-decision.ts';
import type { RefusalReason } from '../refusal.ts';
import type { RequestLine } from './log-line.ts';
import { SYNTHETIC_ID } from './synthetic.ts';

/** A log line as far as metrics are counted from it: of a request that was answered, or of a fault. */
export type CountedLine = Partial<RequestLine> & {
  /** The function that wrote it. */
  readonly service: string;
  readonly message: 'request' | 'fault';
};

/**
 * Fields of the line by which a metric may be told apart: of few values, all of them ours. Never a client, a user or
 * anything that was sent, since each value is a metric of its own, which is paid for.
 */
export type Dimension = 'service' | 'error' | 'detail' | 'push_error';

type Condition = (line: CountedLine) => boolean;
type Rule = {
  /** The functions whose lines are looked at. */
  readonly of: readonly string[];
  /** Default: lines of requests. */
  readonly message?: CountedLine['message'];
  /** Which of their lines count. */
  readonly when: Condition;
  /** A field of the line to take instead of counting one. */
  readonly value?: 'approval_seconds' | 'age_seconds';
  /** Counts have none: the word would stand in every line. */
  readonly unit?: 'Seconds';
  readonly dimensions?: readonly Dimension[];
};

const BACKCHANNEL = ['backchannel-authentication'];
const TOKEN = ['token'];
const DEVICE = ['device'];
const PUSHING = ['backchannel-authentication', 'device'];
const CLIENTS = ['backchannel-authentication', 'token'];
const NOTIFICATION = ['client-notification'];
const HTTP = ['backchannel-authentication', 'token', 'provider-metadata', 'device', 'admin'];

const always: Condition = () => true;
const succeeded: Condition = ({ status }) => status === 200;
const answered =
  (decision: 'approve' | 'deny'): Condition =>
  (line) =>
    line.decision === decision && line.status !== undefined && line.status < 300;
const because =
  (...reasons: readonly (RefusalReason | NotificationReason)[]): Condition =>
  ({ reason }) =>
    reasons.some((one) => one === reason);
/** SNS's names of exceptions come with and without an ending. */
const pushFailed =
  (...kinds: readonly string[]): Condition =>
  ({ push_errors = '' }) =>
    kinds.some((kind) => push_errors.includes(kind));
/** Of people only: the synthetic login redeems twice on purpose, and would be most of the logins of a quiet stage. */
const byPeople =
  (condition: Condition): Condition =>
  (line) =>
    line.client_id !== SYNTHETIC_ID && condition(line);
const byPhones =
  (condition: Condition): Condition =>
  (line) =>
    line.device_id !== SYNTHETIC_ID && condition(line);

/**
 * What is counted, by the metric's name. A line counts in each metric whose rule it fits. The names are members of the
 * line, next to its fields, which are in lower case.
 */
export const metrics = {
  RequestsStarted: { of: BACKCHANNEL, when: byPeople(succeeded) },
  UsersLimited: { of: BACKCHANNEL, when: because('user_rate_limited') },
  ClientsLimited: { of: BACKCHANNEL, when: because('client_rate_limited') },
  NoReachableDevice: { of: BACKCHANNEL, when: because('no_reachable_device') },
  PushOutages: { of: BACKCHANNEL, when: because('push_unavailable') },
  PushEndpointsDead: { of: BACKCHANNEL, when: pushFailed('EndpointDisabled', 'NotFound', 'EndpointDeleted') },
  PushCredentialsRefused: { of: BACKCHANNEL, when: pushFailed('PlatformApplicationDisabled') },
  /** Lines with a push that SNS did not take, by the kind of its first error. */
  PushErrors: { of: PUSHING, when: ({ push_error }) => push_error !== undefined, dimensions: ['push_error'] },
  PushCredentialsNotApplied: { of: ['platform-application'], when: ({ status }) => status === 424 },
  /** What Apple and Google say after SNS had accepted a push, by SNS's own few kinds. */
  PushDeliveryFailures: { of: ['endpoint-events'], when: ({ detail }) => detail !== undefined, dimensions: ['detail'] },
  Approvals: { of: DEVICE, when: byPhones(answered('approve')) },
  Denials: { of: DEVICE, when: answered('deny') },
  DevicesEnrolled: { of: DEVICE, when: ({ route, status }) => route === 'POST /devices' && status === 201 },
  DevicesRefused: { of: DEVICE, when: because('device_not_authenticated') },
  TokenCalls: { of: TOKEN, when: byPeople(always) },
  Logins: { of: TOKEN, when: byPeople(succeeded) },
  ApprovalSeconds: {
    of: TOKEN,
    when: byPeople(({ approval_seconds }) => approval_seconds !== undefined && approval_seconds >= 0),
    value: 'approval_seconds',
    unit: 'Seconds',
  },
  SlowDowns: { of: TOKEN, when: because('polled_too_fast') },
  Expiries: { of: TOKEN, when: because('request_expired', 'approval_not_redeemed_in_time') },
  RepeatedRedemptions: { of: TOKEN, when: byPeople(because('already_redeemed', 'lost_redemption_race')) },
  /** By what came of them: `accepted`, `refused`, or why no HTTP answer came. */
  PingAttempts: {
    of: NOTIFICATION,
    when: because('notified', 'endpoint_unreachable', 'notification_given_up'),
    dimensions: ['detail'],
  },
  /** From the arrival of an announcement in its queue until the client has answered. */
  PingSeconds: { of: NOTIFICATION, when: because('notified'), value: 'age_seconds', unit: 'Seconds' },
  /** Nobody answered until it was too late to redeem. */
  PingsGivenUp: { of: NOTIFICATION, when: because('notification_given_up', 'request_over') },
  AssertionReplays: { of: CLIENTS, when: because('client_assertion_replayed') },
  ClientAuthenticationFailures: { of: CLIENTS, when: ({ error }) => error === 'invalid_client' },
  /**
   * By OAuth error code and function: about forty at most. Not `authorization_pending`, which is how polling goes; it
   * would be most of the log's bytes, and `TokenCalls` has it.
   */
  Refusals: {
    of: HTTP,
    when: ({ error }) => error !== undefined && error !== 'authorization_pending',
    dimensions: ['service', 'error'],
  },
  Faults: { of: [...HTTP, ...NOTIFICATION], message: 'fault', when: always, dimensions: ['service'] },
} as const satisfies Record<string, Rule>;

/** A metric that there is. */
export type MetricName = keyof typeof metrics;

/** One value of a metric, with the fields of the line that are its dimensions. */
export type Measured = {
  readonly name: MetricName;
  readonly value: number;
  readonly unit?: Rule['unit'];
  readonly dimensions: readonly Dimension[];
};

/** What a line counts: nothing, one or several metrics. A metric is left out when the line lacks one of its dimensions. */
export function measure(line: CountedLine): readonly Measured[] {
  return Object.entries<Rule>(metrics).flatMap(([name, rule]) => {
    const { of, message = 'request', when, value, unit, dimensions = [] } = rule;
    const counts = message === line.message && of.includes(line.service) && when(line);
    if (!counts || dimensions.some((dimension) => !line[dimension])) return [];
    const taken = value === undefined ? 1 : (line[value] ?? 0);
    return [{ name: name as MetricName, value: taken, ...(unit && { unit }), dimensions }];
  });
}
