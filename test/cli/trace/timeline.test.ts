import { describe, expect, it } from 'vitest';
import { readEntry } from '../../../cli/function-logs/log-entry.ts';
import { timelineOf } from '../../../cli/trace/timeline.ts';
import { span } from '../../../cli/trace/trace-text.ts';

const BEGIN = Date.parse('2026-11-30T10:00:00.000Z');

/** A timeline of calls: seconds after the begin, and the members of the line. */
function timeline(...lines: readonly (readonly [number, Record<string, unknown>])[]) {
  const entries = lines.map(([seconds, members]) => {
    const timestamp = new Date(BEGIN + seconds * 1000).toISOString();
    return readEntry({ at: 0, function: 'token', line: JSON.stringify({ message: 'request', timestamp, ...members }) });
  });
  return timelineOf({ login: { txn: 't', requestId: undefined }, entries, missing: [] });
}
const says = (members: Record<string, unknown>) => timeline([0, members]).steps[0]?.says;
const poll = { route: 'POST /token', status: 400, error: 'authorization_pending' };

describe('a step of a timeline', () => {
  it.each([
    [
      'a request that nobody hears because the user reported the client',
      { route: 'POST /bc-authorize', status: 200, reported: true },
      'asked, but nobody rings: the user reported this client',
    ],
    [
      'a request that is concealed',
      { route: 'POST /bc-authorize', status: 200, concealed: 'unknown_user' },
      'asked, but nobody rings: unknown_user',
    ],
    [
      'a push outage, with the internal reason',
      { route: 'POST /bc-authorize', status: 503, error: 'temporarily_unavailable', reason: 'push_unavailable' },
      'refused: temporarily_unavailable (push_unavailable)',
    ],
    [
      'an answer that came too late',
      {
        route: 'POST /device/requests/{request_id}/response',
        status: 410,
        error: 'expired',
        reason: 'request_over',
        device_id: 'device-1-abc',
      },
      'phone device-1: answer refused: expired (request_over)',
    ],
    [
      'an approval that was taken back, with its cause',
      {
        route: 'POST /token',
        status: 400,
        error: 'access_denied',
        reason: 'approval_taken_back',
        detail: 'user_blocked',
      },
      'no tokens: access_denied (approval_taken_back, user_blocked)',
    ],
    [
      'a ping that the client refused',
      {
        route: 'SQS client-notification',
        status: 200,
        reason: 'notified',
        detail: 'refused',
        notification_status: 500,
      },
      'ping refused, the client answered 500',
    ],
    [
      'a ping that was given up',
      { route: 'SQS client-notification', status: 200, reason: 'notification_given_up', detail: 'timeout' },
      'ping given up (timeout)',
    ],
    [
      'an expiry that nobody polled for, where events are on',
      { route: 'SQS events', status: 200, events: 1 },
      'expired, and other systems are told',
    ],
    [
      'a resend, and for how many devices SNS took it',
      { route: 'POST /bc-authorize/resend', status: 200, devices: 2, accepted: 1, push_errors: 'Throttled' },
      'the client resends, 1 of 2 devices rung, Throttled',
    ],
    [
      'a resend that is refused',
      { route: 'POST /bc-authorize/resend', status: 403, error: 'access_denied', reason: 'resend_too_soon' },
      'resend refused: access_denied (resend_too_soon)',
    ],
    [
      'a resend that rings nobody',
      { route: 'POST /bc-authorize/resend', status: 200, concealed: 'user_rate_limited' },
      'the client resends, but nobody rings: user_rate_limited',
    ],
    [
      'a reminder',
      { route: 'SQS client-notification', status: 200, reason: 'reminded', devices: 1, accepted: 1, age_seconds: 900 },
      'the phones are reminded, 1 of 1 device rung',
    ],
    [
      'why there is no reminder',
      { route: 'SQS client-notification', status: 200, reason: 'nobody_to_remind', detail: 'unknown_user' },
      'no reminder: nobody_to_remind (unknown_user)',
    ],
    ['a line of a later version', { route: 'POST /later', status: 200 }, 'POST /later'],
  ])('tells %s', (_, members, expected) => {
    expect(says(members)).toBe(expected);
  });

  it('leaves out that a reminder waits, which a message says every quarter of an hour', () => {
    const waits = { route: 'SQS client-notification', status: 200, reason: 'reminder_waits', age_seconds: 900 };
    expect(timeline([0, waits], [900, waits]).steps).toEqual([]);
  });

  it('folds polls only as long as nothing else happens between them', () => {
    const { steps } = timeline(
      [0, poll],
      [5, poll],
      [6, { route: 'GET /device/requests/{request_id}', status: 200, device_id: 'd' }],
      [10, poll],
    );
    expect(steps.map(({ step, count }) => [step, count])).toEqual([
      ['polled', 2],
      ['details_fetched', 1],
      ['polled', 1],
    ]);
    expect(steps[0]?.until).toBe(BEGIN + 5000);
  });

  it('tells once when a decision was announced, although its message came several times', () => {
    const ping = { route: 'SQS client-notification', status: 202, correlation_id: 'c' };
    const { steps } = timeline(
      [11, { ...ping, reason: 'not_decided_yet', age_seconds: 1 }],
      [16, { ...ping, reason: 'notified', detail: 'accepted', notification_status: 204, age_seconds: 6 }],
    );
    expect(steps.map(({ step, at }) => [step, (at - BEGIN) / 1000])).toEqual([
      ['announced', 10],
      ['ping_waits', 11],
      ['pinged', 16],
    ]);
  });

  it('reads calls of the second path of the token endpoint, which some SDKs call', () => {
    const route = 'POST /oauth/token';
    const { steps, outcome } = timeline(
      [0, { ...poll, route }],
      [5, { ...poll, route }],
      [10, { route, status: 200, approval_seconds: 8 }],
    );
    expect(steps.map(({ step, count }) => [step, count])).toEqual([
      ['polled', 2],
      ['tokens_issued', 1],
    ]);
    expect(outcome).toBe('tokens_issued');
  });

  it('puts lines in order that came out of order', () => {
    const { steps } = timeline(
      [9, { ...poll, error: undefined, status: 200 }],
      [0, { route: 'POST /bc-authorize', status: 200 }],
    );
    expect(steps.map(({ step }) => step)).toEqual(['asked', 'tokens_issued']);
  });
});

describe('the outcome of a login', () => {
  const expired = { ...poll, error: 'expired_token', reason: 'request_expired' };
  it.each([
    ['open', [[0, poll]]],
    [
      'expired',
      [
        [0, poll],
        [120, expired],
      ],
    ],
    ['refused', [[0, { route: 'POST /bc-authorize', status: 403, error: 'access_denied' }]]],
  ] as const)('is %s', (outcome, lines) => {
    expect(timeline(...lines).outcome).toBe(outcome);
  });
});

describe('a span', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [59_900, '59.9 s'],
    [60_000, '1 min 0 s'],
    [119_600, '2 min 0 s'],
  ])('of %i milliseconds is %s', (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text);
  });
});
