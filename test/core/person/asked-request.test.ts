import { describe, expect, it } from 'vitest';
import { timesRung } from '../../../provider/core/asking/delivery-attempt.ts';
import { txnOf } from '../../../provider/core/digest.ts';
import { viewAskedRequest } from '../../../provider/core/person/asked-request.ts';
import type { KeptGrant, KeptRequest, KeptStatus } from '../../../provider/core/person/kept-records.ts';
import { NOW } from '../given.ts';

const STATUS: KeptStatus = {
  state: 'pending',
  client_id: 'bank',
  issued_at: NOW - 100,
  interval_seconds: 5,
  next_poll_at: 0,
};
const GRANT: KeptGrant = {
  block_count: 0,
  device_id: 'phone',
  auth_time: NOW - 50,
  amr: [],
  claims: {},
  scopes: [],
  audience: [],
};
const kept = (status: Partial<KeptStatus> = {}, more: Partial<KeptRequest> = {}): KeptRequest => ({
  request_id: 'request-1',
  profile_id: 'profile-1',
  registration_id: 'registration-1',
  expires_at: NOW + 20,
  details: { binding_message: 'Pay 4711' },
  details_hash: 'hash',
  asked: { client_id: 'bank', scopes: ['openid'], audience: [] },
  devices_rung: 2,
  status: { ...STATUS, ...status },
  ...more,
});
const stateOf = (...given: Parameters<typeof kept>) => viewAskedRequest(kept(...given), NOW)?.state;
const attemptsOf = (...given: Parameters<typeof kept>) => viewAskedRequest(kept(...given), NOW)?.attempts;

describe('an operator sees a request that a user got', () => {
  it('with its names, its client and its end, and nothing of what was shown', () => {
    expect(viewAskedRequest(kept(), NOW)).toEqual({
      request_id: 'request-1',
      txn: txnOf('request-1'),
      client_id: 'bank',
      issued_at: NOW - 100,
      expires_at: NOW + 20,
      state: 'pending',
      attempts: [{ kind: 'first', at: NOW - 100, devices: 2 }],
    });
  });

  it('with the first push and each later attempt, in their order', () => {
    const later = [
      { kind: 'resend', at: NOW - 50, devices: 2, accepted: 1, errors: 'EndpointDisabled' },
      { kind: 'reminder', at: NOW - 5 },
    ] as const;
    expect(attemptsOf({ attempts: later })).toEqual([{ kind: 'first', at: NOW - 100, devices: 2 }, ...later]);
  });

  it('with no number of devices, if the version before made the request', () => {
    expect(attemptsOf({}, { devices_rung: undefined })).toEqual([{ kind: 'first', at: NOW - 100 }]);
  });

  it('which failed because no push was accepted', () => {
    expect(stateOf({ state: 'failed' })).toBe('failed');
    expect(attemptsOf({ state: 'failed' })).toEqual([{ kind: 'first', at: NOW - 100, devices: 2, accepted: 0 }]);
  });

  it('which was withdrawn, had too many wrong numbers, or whose approval was taken back, after a push was accepted', () => {
    expect(stateOf({ state: 'failed', failed_because: 'withdrawn' })).toBe('withdrawn');
    expect(stateOf({ state: 'failed', failed_because: 'wrong_number' })).toBe('wrong_number');
    expect(stateOf({ state: 'failed', taken_back: 'user_blocked' })).toBe('taken_back');
    expect(attemptsOf({ state: 'failed', failed_because: 'withdrawn' })?.[0]).not.toHaveProperty('accepted');
  });

  it('which waits for the number that the client has to enter', () => {
    expect(stateOf({ grant: GRANT })).toBe('awaiting_number');
    expect(stateOf({ state: 'approved', grant: GRANT })).toBe('approved');
  });

  it('which expired in the second of its end, not before, and only without an answer', () => {
    expect(stateOf({}, { expires_at: NOW + 1 })).toBe('pending');
    expect(stateOf({}, { expires_at: NOW })).toBe('expired');
    expect(stateOf({ grant: GRANT }, { expires_at: NOW })).toBe('expired');
    for (const state of ['approved', 'denied', 'redeemed'] as const)
      expect(stateOf({ state }, { expires_at: NOW })).toBe(state);
  });

  it('but not one of which only the details are left', () => {
    expect(viewAskedRequest(kept({}, { status: undefined }), NOW)).toBe(undefined);
  });
});

describe('how often phones were rung', () => {
  it('counts the first time, and each attempt that rang somebody or may have', () => {
    const at = NOW;
    expect(timesRung({})).toBe(1);
    const attempts = [
      { kind: 'resend', at, devices: 2, accepted: 1 },
      { kind: 'resend', at, devices: 0, accepted: 0 },
      { kind: 'reminder', at },
    ] as const;
    expect(timesRung({ attempts })).toBe(3);
  });
});
