import { describe, expect, it } from 'vitest';
import { loggable, type RequestLine } from '../../../provider/core/operating/log-line.ts';
import type { Whole } from '../../../provider/core/whole.ts';

const LINE: Whole<RequestLine> = {
  route: 'POST /token',
  status: 200,
  by: 'arn:aws:iam::123456789012:user/operator',
  ip: '203.0.113.7',
  client_id: 'bank',
  synthetic: true,
  txn: 'txn-1',
  sub: 'user-1',
  device_id: 'device-1',
  reason: 'polled_too_fast',
  error: 'slow_down',
  detail: 'jwks',
  devices: 2,
  accepted: 1,
  push_errors: 'TimeoutError',
  push_error: 'timeout',
  push_ids: 'm1',
  reported: true,
  concealed: 'unknown_user',
  decision: 'approve',
  approval_seconds: 3,
  notification_status: 204,
  pushed: 'tokens',
  days_left: 300,
  secret_days_left: 13,
  events: 2,
  age_seconds: 0.5,
  cold_start: true,
  duration_ms: 12,
  correlation_id: 'correlation-1',
};

describe('the log line of a request', () => {
  it('has every field that is named, as it is', () => {
    expect(loggable(LINE)).toEqual(LINE);
  });

  it('has no field that is not named, even when one is there at run time', () => {
    expect(loggable({ ...LINE, ...{ access_token: 's3cret' } })).toEqual(LINE);
  });

  it('has the whole ARN of the operator, which may be longer than other fields', () => {
    const by = `arn:aws:iam::123456789012:user/${'division/'.repeat(50)}operator`;
    expect(loggable({ ...LINE, by }).by).toBe(by);
  });

  it('leaves a field empty that was not noted', () => {
    const line = { route: 'POST /token', status: 200, duration_ms: 12, correlation_id: 'correlation-1' };
    expect(loggable(line)).toEqual(line);
  });

  it.each(['client_id', 'sub', 'device_id', 'detail', 'push_errors', 'push_ids', 'correlation_id'] as const)(
    'has at most 256 characters of %s',
    (field) => {
      expect(loggable({ ...LINE, [field]: 'x'.repeat(256) })[field]).toHaveLength(256);
      expect(loggable({ ...LINE, [field]: `${'x'.repeat(256)}y` })[field]).toBe('x'.repeat(256));
    },
  );
});
