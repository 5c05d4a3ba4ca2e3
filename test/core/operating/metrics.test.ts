import { describe, expect, it } from 'vitest';
import {
  type CountedLine,
  type Measured,
  type MetricName,
  measure,
  metrics,
} from '../../../provider/core/operating/metrics.ts';

const requestTo = (service: string, fields: Partial<CountedLine> = {}): CountedLine => ({
  service,
  message: 'request',
  status: 200,
  client_id: 'bank',
  ...fields,
});
const asked = (fields?: Partial<CountedLine>) =>
  requestTo('backchannel-authentication', { route: 'POST /bc-authorize', ...fields });
const polled = (fields?: Partial<CountedLine>) => requestTo('token', fields);
const phone = (fields?: Partial<CountedLine>) => requestTo('device', { client_id: undefined, ...fields });
const event = (fields?: Partial<CountedLine>) => requestTo('endpoint-events', { client_id: undefined, ...fields });
const pinged = (fields?: Partial<CountedLine>) => requestTo('client-notification', fields);
const applied = (fields?: Partial<CountedLine>) => requestTo('platform-application', fields);
const fault = (service: string): CountedLine => ({ service, message: 'fault', route: 'POST /token' });
const namesIn = (line: CountedLine): readonly MetricName[] => measure(line).map(({ name }) => name);

type Case = { readonly counts: readonly CountedLine[]; readonly not: readonly CountedLine[] };
/** Of each metric the lines that it is for, and near misses. */
const CASES: Readonly<Record<MetricName, Case>> = {
  RequestsStarted: {
    counts: [asked(), asked({ push_errors: 'EndpointDisabledException' })],
    not: [
      asked({ status: 400 }),
      asked({ status: 503 }),
      polled(),
      asked({ synthetic: true }),
      asked({ reported: true }),
      asked({ concealed: 'unknown_user' }),
      asked({ route: 'POST /bc-authorize/withdraw', reason: 'withdrawn' }),
      asked({ route: 'POST /bc-authorize/resend' }),
    ],
  },
  RequestsConcealed: {
    counts: [asked({ concealed: 'unknown_user' }), asked({ concealed: 'no_reachable_device' })],
    not: [
      asked(),
      asked({ status: 400, reason: 'unknown_user' }),
      asked({ reported: true }),
      asked({ route: 'POST /bc-authorize/resend', concealed: 'unknown_user' }),
    ],
  },
  UsersLimited: {
    counts: [asked({ status: 403, reason: 'user_rate_limited' })],
    not: [asked({ status: 403, reason: 'client_rate_limited' }), polled({ status: 403, reason: 'user_rate_limited' })],
  },
  ClientsLimited: {
    counts: [asked({ status: 403, reason: 'client_rate_limited' }), asked({ status: 403, reason: 'client_paused' })],
    not: [
      asked({ status: 403, reason: 'user_rate_limited' }),
      asked({ status: 403, reason: 'too_many_unknown_users' }),
    ],
  },
  ClientsGuessing: {
    counts: [asked({ status: 403, reason: 'too_many_unknown_users' })],
    not: [asked({ status: 400, reason: 'unknown_user' }), asked({ status: 403, reason: 'client_rate_limited' })],
  },
  FraudReports: {
    counts: [phone({ status: 204, decision: 'deny', reported: true })],
    not: [
      phone({ status: 204, decision: 'deny' }),
      phone({ status: 409, decision: 'deny', reported: true }),
      asked({ reported: true }),
    ],
  },
  WrongNumbers: {
    counts: [phone({ status: 400, reason: 'wrong_number' }), asked({ status: 400, reason: 'wrong_number' })],
    not: [phone({ status: 400, reason: 'number_required' }), asked({ status: 400, reason: 'number_not_awaited' })],
  },
  NoReachableDevice: {
    counts: [asked({ status: 400, reason: 'no_reachable_device' })],
    not: [asked({ status: 503, reason: 'push_unavailable' }), asked({ status: 400, reason: 'unknown_user' })],
  },
  PushOutages: {
    counts: [asked({ status: 503, reason: 'push_unavailable' })],
    not: [asked({ status: 400, reason: 'no_reachable_device' })],
  },
  PushEndpointsDead: {
    counts: [
      asked({ push_errors: 'TimeoutError EndpointDisabledException' }),
      asked({ push_errors: 'NotFound' }),
      asked({ push_errors: 'EndpointDeleted' }),
    ],
    not: [asked(), asked({ push_errors: 'ThrottledException PlatformApplicationDisabledException' })],
  },
  PushCredentialsRefused: {
    counts: [asked({ push_errors: 'TimeoutError PlatformApplicationDisabledException' })],
    // The role of the function, not the credential.
    not: [asked({ push_errors: 'EndpointDisabledException' }), asked({ push_errors: 'AuthorizationErrorException' })],
  },
  PushErrors: {
    counts: [asked({ push_error: 'throttled' }), phone({ status: 201, push_error: 'endpoint_dead' })],
    not: [asked(), phone({ status: 201 }), requestTo('admin', { push_error: 'other' })],
  },
  PushCredentialsNotApplied: {
    counts: [applied({ status: 424, reason: 'push_credential_not_applied', detail: 'it is empty' })],
    not: [applied(), asked({ status: 424 })],
  },
  PushDeliveryFailures: {
    counts: [event({ detail: 'InvalidPlatformToken' })],
    not: [event(), event({ detail: '' }), asked({ status: 400, detail: 'blocked' })],
  },
  Approvals: {
    counts: [phone({ status: 204, decision: 'approve', device_id: 'phone' })],
    not: [
      phone({ status: 204, decision: 'deny' }),
      phone({ status: 409, decision: 'approve' }),
      phone({ status: 300, decision: 'approve' }),
      phone({ status: 204 }),
      phone({ status: 204, decision: 'approve', synthetic: true }),
    ],
  },
  Denials: {
    counts: [phone({ status: 204, decision: 'deny' })],
    not: [phone({ status: 204, decision: 'approve' }), phone({ status: 409, decision: 'deny' })],
  },
  DevicesEnrolled: {
    counts: [phone({ route: 'POST /devices', status: 201 })],
    not: [
      phone({ route: 'POST /devices', status: 400 }),
      phone({ route: 'PATCH /devices/{device_id}', status: 201 }),
      requestTo('admin', { route: 'POST /devices', status: 201 }),
    ],
  },
  DevicesRefused: {
    counts: [phone({ status: 401, reason: 'device_not_authenticated', detail: 'signature' })],
    not: [phone({ status: 400, reason: 'device_token_claim' })],
  },
  Logins: {
    counts: [polled()],
    not: [polled({ status: 400 }), asked(), polled({ synthetic: true })],
  },
  ApprovalSeconds: {
    counts: [polled({ approval_seconds: 12 }), polled({ approval_seconds: 0 })],
    not: [polled(), polled({ approval_seconds: -1 }), polled({ approval_seconds: 12, synthetic: true })],
  },
  SlowDowns: {
    counts: [polled({ status: 400, reason: 'polled_too_fast' }), polled({ status: 400, reason: 'slow_down_ignored' })],
    not: [polled({ status: 400, reason: 'authorization_pending' })],
  },
  Expiries: {
    counts: [
      polled({ status: 400, reason: 'request_expired' }),
      polled({ status: 400, reason: 'approval_not_redeemed_in_time' }),
    ],
    not: [polled({ status: 400, reason: 'denied_by_user' })],
  },
  RepeatedRedemptions: {
    counts: [
      polled({ status: 400, reason: 'already_redeemed' }),
      // Two at once: one of them is a second redemption all the same.
      polled({ status: 400, reason: 'lost_redemption_race' }),
    ],
    not: [
      polled({ status: 400, reason: 'unknown_auth_req_id' }),
      polled({ status: 400, reason: 'already_redeemed', synthetic: true }),
    ],
  },
  PingAttempts: {
    counts: [
      pinged({ reason: 'notified', detail: 'accepted' }),
      pinged({ reason: 'notified', detail: 'refused' }),
      pinged({ status: 503, reason: 'endpoint_unreachable', detail: 'timeout' }),
      pinged({ reason: 'notification_given_up', detail: 'tls_failed' }),
    ],
    not: [pinged({ status: 503, reason: 'not_decided_yet' }), pinged({ reason: 'notified_already' })],
  },
  PingSeconds: {
    counts: [pinged({ reason: 'notified', age_seconds: 0.25 })],
    not: [pinged({ reason: 'endpoint_unreachable' })],
  },
  PingsGivenUp: {
    counts: [pinged({ reason: 'notification_given_up' }), pinged({ reason: 'request_over' })],
    not: [
      pinged({ reason: 'redeemed_already' }),
      pinged({ reason: 'endpoint_unreachable' }),
      phone({ reason: 'request_over' }),
    ],
  },
  AssertionReplays: {
    counts: [
      polled({ status: 401, reason: 'client_assertion_replayed' }),
      asked({ status: 401, reason: 'client_assertion_replayed' }),
      requestTo('token-revocation', { status: 401, reason: 'client_assertion_replayed' }),
    ],
    not: [polled({ status: 401, reason: 'client_assertion_claim' })],
  },
  SecretsEnding: {
    counts: [
      polled({ secret_days_left: 0 }),
      asked({ secret_days_left: 13 }),
      polled({ status: 401, error: 'invalid_client', reason: 'client_secret_expired' }),
    ],
    not: [polled(), phone({ secret_days_left: 3 }), polled({ status: 401, reason: 'wrong_client_secret' })],
  },
  ClientAuthenticationFailures: {
    counts: [polled, asked, (line: object) => requestTo('token-revocation', line)].map((to) =>
      to({ status: 401, error: 'invalid_client' }),
    ),
    not: [polled({ status: 400, error: 'invalid_grant' }), phone({ status: 401, error: 'invalid_device' })],
  },
  Refusals: {
    counts: [
      polled({ status: 400, error: 'invalid_grant' }),
      asked({ status: 400, error: 'invalid_request' }),
      requestTo('token-revocation', { status: 400, error: 'invalid_request' }),
      requestTo('provider-metadata', { status: 404, error: 'not_found' }),
      phone({ status: 401, error: 'invalid_device' }),
      requestTo('admin', { status: 409, error: 'conflict' }),
    ],
    not: [polled(), polled({ status: 400, error: 'authorization_pending' }), applied({ status: 424, error: 'other' })],
  },
  ColdStarts: { counts: [polled({ cold_start: true })], not: [polled(), applied({ status: 200, cold_start: true })] },
  CertificateDays: {
    counts: [requestTo('origin-certificate', { days_left: -1 })],
    not: [requestTo('origin-certificate'), requestTo('first-keys', { days_left: 7 })],
  },
  AuditUnconfirmed: {
    counts: ['device', 'admin', 'signing-keys'].map((service) => ({ service, message: 'audit', unconfirmed: true })),
    not: [
      { service: 'device', message: 'audit' },
      { service: 'token', message: 'audit', unconfirmed: true },
      { service: 'device', message: 'fault', unconfirmed: true },
    ],
  },
  Faults: {
    counts: [
      fault('backchannel-authentication'),
      fault('token'),
      fault('token-revocation'),
      fault('provider-metadata'),
      fault('device'),
      fault('admin'),
      fault('client-notification'),
      fault('events'),
    ],
    not: [polled({ status: 500 }), fault('endpoint-events')],
  },
};

describe.each(Object.entries(CASES))('the metric %s', (name, { counts, not }) => {
  it('counts the lines that it is for, once each', () => {
    for (const line of counts) expect(namesIn(line).filter((one) => one === name)).toEqual([name]);
  });

  it('counts no near miss, of another function, outcome or reason', () => {
    for (const line of not) expect(namesIn(line)).not.toContain(name);
  });
});

describe('what a line counts', () => {
  it('is nothing for most lines', () => {
    expect(measure(phone({ route: 'GET /device/requests' }))).toEqual([]);
    expect(measure(requestTo('provider-metadata'))).toEqual([]);
    expect(measure(requestTo('token-revocation', { status: 200, reason: 'access_token_revoked' }))).toEqual([]);
    expect(measure(requestTo('a function to come', { status: 400, error: 'invalid_request' }))).toEqual([]);
  });

  it('is nothing for a poll while the user thinks: its lines are most of the log, and Lambda counts the calls', () => {
    const pending = polled({ status: 400, error: 'authorization_pending', reason: 'authorization_pending' });
    expect(measure(pending)).toEqual([]);
  });

  it('is a repeated redemption after the first one, and of whoever lost the race for it (CIBA §10.1.1)', () => {
    for (const reason of ['already_redeemed', 'lost_redemption_race'])
      expect(namesIn(polled({ status: 400, error: 'invalid_grant', reason }))).toContain('RepeatedRedemptions');
  });

  it('is the login and the seconds until the approval when tokens go out', () => {
    expect(measure(polled({ approval_seconds: 12 }))).toEqual([
      { name: 'Logins', value: 1, dimensions: [] },
      { name: 'ApprovalSeconds', value: 12, unit: 'Seconds', dimensions: [] },
    ] satisfies Measured[]);
  });

  it('leaves the synthetic login out of what people do, not out of what was refused', () => {
    const repeated = { status: 400, reason: 'already_redeemed', error: 'invalid_grant', synthetic: true } as const;
    expect(namesIn(polled(repeated))).toEqual(['Refusals']);
  });
});

describe('the table', () => {
  it('has names that are no fields of the line: both are members of it', () => {
    for (const name of Object.keys(metrics)) expect(name).toMatch(/^([A-Z][a-z]+)+$/);
  });

  it('has dimensions of few values, none of them a client, a user or anything that was sent', () => {
    const dimensioned = Object.entries(metrics).flatMap(([name, rule]) =>
      'dimensions' in rule ? [[name, rule.dimensions]] : [],
    );
    expect(Object.fromEntries(dimensioned)).toEqual({
      PushDeliveryFailures: ['detail'],
      PingAttempts: ['detail'],
      PushErrors: ['push_error'],
      Refusals: ['service'],
      Faults: ['service'],
    });
  });
});
