import type { NotificationReason } from '../notifying/notification-decision.ts';
import type { RefusalReason } from '../refusal.ts';
import type { RequestLine } from './log-line.ts';

/**
 * The part of a log line that metrics are counted from. The line is about a request that was answered, about a fault,
 * or a record of the audit trail.
 */
export type CountedLine = Partial<RequestLine> & {
  /** The function that wrote it. */
  readonly service: string;
  readonly message: 'request' | 'fault' | 'audit';
  /** True if the audit store did not acknowledge the record in this line. */
  readonly unconfirmed?: boolean | undefined;
};

/**
 * The fields of the line that may split a metric. Each has few values, all of them the provider's own. Clients, users
 * and anything that was sent are excluded, because each value makes a metric of its own, which costs money.
 */
export type Dimension = 'service' | 'detail' | 'push_error';

type Condition = (line: CountedLine) => boolean;
type Rule = {
  /** The functions whose lines are counted. */
  readonly of: readonly string[];
  /** The kind of lines that are counted. By default lines of requests. */
  readonly message?: CountedLine['message'];
  /** Selects the lines that are counted. */
  readonly when: Condition;
  /** The field of the line that is measured. Without it, each line counts as one. */
  readonly value?: 'approval_seconds' | 'age_seconds' | 'days_left';
  /** Counts have no unit, because the word would stand in every line. */
  readonly unit?: 'Seconds';
  readonly dimensions?: readonly Dimension[];
};

const BACKCHANNEL = ['backchannel-authentication'];
const TOKEN = ['token'];
const DEVICE = ['device'];
const PUSHING = ['backchannel-authentication', 'device'];
const CLIENTS = ['backchannel-authentication', 'token', 'token-revocation'];
const NOTIFICATION = ['client-notification'];
const HTTP = [...CLIENTS, 'provider-metadata', 'device', 'admin'];

/** The functions that store records of the audit trail. */
const RECORDING = ['device', 'admin', 'signing-keys'];

const always: Condition = () => true;
/** Fits the line of a call that asks, and not of one about a request that was asked before. */
const isAsking: Condition = ({ route }) => route === 'POST /bc-authorize';
const succeeded: Condition = ({ status }) => status === 200;
/** Fits the line of a call that issued tokens. A push says so once, by its first try, whatever came of that try. */
const issued: Condition = (line) => (line.service === 'token' ? succeeded(line) : line.approval_seconds !== undefined);
const answered =
  (decision: 'approve' | 'deny'): Condition =>
  (line) =>
    line.decision === decision && line.status !== undefined && line.status < 300;
const because =
  (...reasons: readonly (RefusalReason | NotificationReason)[]): Condition =>
  ({ reason }) =>
    reasons.some((one) => one === reason);
/** Matches a line by the errors of its pushes. SNS's names of exceptions occur with and without an ending. */
const pushFailed =
  (...kinds: readonly string[]): Condition =>
  ({ push_errors }) =>
    kinds.some((kind) => push_errors?.includes(kind));
/** Fits a line that has this field. */
const has =
  (field: 'push_error' | 'detail'): Condition =>
  (line) =>
    line[field] !== undefined;
/**
 * Excludes the synthetic login. It redeems twice on purpose, and would make up most of the logins of a quiet stage. It
 * is told by the mark of its client, which no other client can have, and not by a name.
 */
const byPeople =
  (condition: Condition): Condition =>
  (line) =>
    !line.synthetic && condition(line);

/**
 * The metrics, by name. A line counts in each metric whose rule it fits. The names become members of the line, next to
 * its fields, which are in lower case.
 */
export const metrics = {
  /** Requests that ring somebody: without those of clients that their user reported, and without concealed ones. */
  RequestsStarted: {
    of: BACKCHANNEL,
    when: byPeople((line) => isAsking(line) && succeeded(line) && !line.reported && !line.concealed),
  },
  /** Requests that ring nobody without telling the client. */
  RequestsConcealed: { of: BACKCHANNEL, when: (line) => isAsking(line) && line.concealed !== undefined },
  /** Requests of clients that named too many unknown users. */
  ClientsGuessing: { of: BACKCHANNEL, when: because('too_many_unknown_users') },
  UsersLimited: { of: BACKCHANNEL, when: because('user_rate_limited') },
  ClientsLimited: { of: BACKCHANNEL, when: because('client_rate_limited', 'client_paused', 'request_open') },
  /** Wrong numbers, on phones and by clients: a slip now and then, or somebody who guesses. */
  WrongNumbers: { of: PUSHING, when: because('wrong_number') },
  NoReachableDevice: { of: BACKCHANNEL, when: because('no_reachable_device') },
  PushOutages: { of: BACKCHANNEL, when: because('push_unavailable') },
  PushEndpointsDead: { of: BACKCHANNEL, when: pushFailed('EndpointDisabled', 'NotFound', 'EndpointDeleted') },
  PushCredentialsRefused: { of: BACKCHANNEL, when: pushFailed('PlatformApplicationDisabled') },
  /** Lines with a push that SNS did not accept, by the kind of the first error. */
  PushErrors: { of: PUSHING, when: has('push_error'), dimensions: ['push_error'] },
  PushCredentialsNotApplied: { of: ['platform-application'], when: ({ status }) => status === 424 },
  /** Failures that Apple and Google report after SNS had accepted a push, by SNS's own few kinds. */
  PushDeliveryFailures: { of: ['endpoint-events'], when: has('detail'), dimensions: ['detail'] },
  Approvals: { of: DEVICE, when: byPeople(answered('approve')) },
  /** Denials that report fraud. */
  FraudReports: {
    of: DEVICE,
    when: (line) => line.reported === true && answered('deny')(line),
  },
  Denials: { of: DEVICE, when: answered('deny') },
  DevicesEnrolled: { of: DEVICE, when: ({ route, status }) => route === 'POST /devices' && status === 201 },
  DevicesRefused: { of: DEVICE, when: because('device_not_authenticated') },
  Logins: { of: [...TOKEN, ...NOTIFICATION], when: byPeople(issued) },
  ApprovalSeconds: {
    of: [...TOKEN, ...NOTIFICATION],
    when: byPeople(({ approval_seconds }) => (approval_seconds ?? -1) >= 0),
    value: 'approval_seconds',
    unit: 'Seconds',
  },
  SlowDowns: { of: TOKEN, when: because('polled_too_fast', 'slow_down_ignored') },
  Expiries: { of: TOKEN, when: because('request_expired', 'approval_not_redeemed_in_time') },
  RepeatedRedemptions: { of: TOKEN, when: byPeople(because('already_redeemed', 'lost_redemption_race')) },
  /** Pings and pushes, by outcome: `accepted`, `refused`, `unavailable`, or the reason why no HTTP answer came. */
  PingAttempts: {
    of: NOTIFICATION,
    when: because('notified', 'endpoint_unreachable', 'notification_given_up'),
    dimensions: ['detail'],
  },
  /** From the arrival of an announcement in its queue until the client has answered. */
  PingSeconds: { of: NOTIFICATION, when: because('notified'), value: 'age_seconds', unit: 'Seconds' },
  /** Notifications for which no answer came until it was too late to redeem, or to use the pushed tokens. */
  PingsGivenUp: { of: NOTIFICATION, when: because('notification_given_up', 'request_over') },
  AssertionReplays: { of: CLIENTS, when: because('client_assertion_replayed') },
  /** Calls with a client secret that ends within 14 days, or that has ended. */
  SecretsEnding: {
    of: CLIENTS,
    when: (line) => line.secret_days_left !== undefined || because('client_secret_expired')(line),
  },
  ClientAuthenticationFailures: { of: CLIENTS, when: ({ error }) => error === 'invalid_client' },
  /**
   * By function alone: with the error code there could be forty of them, each billed like a metric. The line has the
   * code and the reason, and what an operator must see has a metric of its own, such as
   * `ClientAuthenticationFailures`. `authorization_pending` is excluded: it is normal in polling, and its lines are
   * most of the log. They count in no metric, because the metric would be a third of their bytes. Lambda counts the
   * calls of `token`.
   */
  Refusals: {
    of: HTTP,
    when: ({ error }) => error !== undefined && error !== 'authorization_pending',
    dimensions: ['service'],
  },
  /** Calls for which a function had to be loaded. Reports of Lambda, which tell it too, are not logged. */
  ColdStarts: { of: HTTP, when: ({ cold_start }) => cold_start === true },
  /** Days until a certificate of CloudFront ends: the one for the API, and the one that callers see, each in a line. */
  CertificateDays: {
    of: ['origin-certificate'],
    when: ({ days_left }) => days_left !== undefined,
    value: 'days_left',
  },
  /** Records that the audit store did not acknowledge. Only the log has them. */
  AuditUnconfirmed: { of: RECORDING, message: 'audit', when: ({ unconfirmed }) => unconfirmed === true },
  Faults: { of: [...HTTP, ...NOTIFICATION, 'events'], message: 'fault', when: always, dimensions: ['service'] },
} as const satisfies Record<string, Rule>;

/** The name of a metric. */
export type MetricName = keyof typeof metrics;

/** One value of a metric, with the fields of the line that are its dimensions. */
export type Measured = {
  readonly name: MetricName;
  readonly value: number;
  readonly unit?: Rule['unit'];
  readonly dimensions: readonly Dimension[];
};

/**
 * Returns what a line counts: no metric, one or several. A metric is left out when the line lacks one of its
 * dimensions.
 */
export function measure(line: CountedLine): readonly Measured[] {
  return Object.entries<Rule>(metrics).flatMap(([name, rule]) => {
    const { of, message = 'request', when, value, unit, dimensions = [] } = rule;
    const counts = message === line.message && of.includes(line.service) && when(line);
    if (!counts || dimensions.some((dimension) => !line[dimension])) return [];
    const taken = value === undefined ? 1 : (line[value] ?? 0);
    return [{ name: name as MetricName, value: taken, ...(unit && { unit }), dimensions }];
  });
}
