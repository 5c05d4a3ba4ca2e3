import { describe, expect, it } from 'vitest';
import { resultOf } from '../../../provider/core/asking/delivery-attempt.ts';
import { judgeResend, MOST_RESENDS, RESEND_PAUSE_SECONDS, resendsLeft } from '../../../provider/core/asking/resend.ts';
import { silentDenialAt } from '../../../provider/core/asking/silent-denial.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { CLIENT, FACTS, NOW, refusalOf, requestIn } from '../../core/given.ts';

const AGED = { issuedAt: NOW - RESEND_PAUSE_SECONDS };
const resentAt = (...instants: number[]) => ({ attempts: instants.map((at) => ({ kind: 'resend', at }) as const) });
const judge = (request: AuthenticationRequest | undefined, now = NOW) => refusalOf(judgeResend(request, CLIENT, now));

describe('a client may have the phones of its request rung again (RFC 10027 §6.1.11)', () => {
  it('once the request is as old as the pause, and not a second before', () => {
    expect(judge(requestIn('pending', AGED))).toBe(undefined);
    const young = requestIn('pending', { issuedAt: AGED.issuedAt + 1 });
    expect(judge(young)).toEqual({ reason: 'resend_too_soon', retryAfterSeconds: 1 });
  });

  it('once the pause after the last time is over', () => {
    const request = requestIn('pending', { issuedAt: NOW - 300, ...resentAt(NOW - 100, NOW - RESEND_PAUSE_SECONDS) });
    expect(judge(request)).toBe(undefined);
    expect(judge(request, NOW - 1)).toEqual({ reason: 'resend_too_soon', retryAfterSeconds: 1 });
  });

  it('a few times for each request, and reminders do not count', () => {
    const instants = Array.from({ length: MOST_RESENDS }, (_, index) => NOW - 100 * (MOST_RESENDS - index));
    const request = requestIn('pending', { issuedAt: NOW - 500, ...resentAt(...instants) });
    expect(judge(request)).toEqual({ reason: 'resends_used_up' });
    const reminders = instants.map((at) => ({ kind: 'reminder', at }) as const);
    expect(judge(requestIn('pending', { issuedAt: NOW - 500, attempts: reminders }))).toBe(undefined);
    expect(resendsLeft({ attempts: [...reminders, { kind: 'resend', at: NOW }] })).toBe(MOST_RESENDS - 1);
  });

  it('until its last second', () => {
    expect(judge(requestIn('pending', AGED), FACTS.expiresAt - 1)).toBe(undefined);
    expect(judge(requestIn('pending', AGED), FACTS.expiresAt)).toMatchObject({ because: 'expired' });
  });

  it.each(['approved', 'denied', 'failed', 'redeemed'] as const)('not when it is %s', (state) => {
    expect(judge(requestIn(state, AGED))).toEqual({ reason: 'nothing_to_resend', because: state });
  });

  it('not when it counts as denied, because the person reported the client', () => {
    const because = { reason: 'nothing_to_resend', because: 'denied' };
    expect(judge(requestIn('pending', { ...AGED, deniedFrom: NOW }))).toEqual(because);
    expect(judge(requestIn('pending', { ...AGED, deniedFrom: NOW + 1 }))).toBe(undefined);
  });

  it('not when it is unknown, or of another client or an earlier one with the same id', () => {
    expect(judge(undefined)).toEqual({ reason: 'nothing_to_resend', because: 'unknown' });
    for (const other of [{ clientId: 'shop' }, { registrationId: 'registration-0' }])
      expect(judge(requestIn('pending', { ...AGED, ...other }))).toEqual({
        reason: 'nothing_to_resend',
        because: 'foreign',
      });
  });

  it('so late that a client that was reported has heard of a denial: it cannot learn of the report by resending', () => {
    const block = { ...CLIENT, profileId: 'profile-1', denials: 1, deniedAt: 0 };
    const latest = silentDenialAt({ issuedAt: NOW, expiresAt: NOW + 120 }, block, 0.999_999);
    expect(latest - NOW).toBeLessThanOrEqual(RESEND_PAUSE_SECONDS);
  });
});

describe('what became of an attempt', () => {
  it('is how many devices it was sent to, how many pushes SNS accepted, and each error once', () => {
    const outage = { outcome: 'outage', error: 'Throttled' };
    expect(resultOf([{ outcome: 'accepted' }, outage, outage])).toEqual({
      devices: 3,
      accepted: 1,
      errors: 'Throttled',
    });
    expect(resultOf([{ outcome: 'accepted' }])).toEqual({ devices: 1, accepted: 1 });
  });

  it('is short, so that the stored request stays small', () => {
    const errors = Array.from({ length: 9 }, (_, index) => ({ outcome: 'outage', error: `Error${index}`.repeat(5) }));
    expect(resultOf(errors).errors).toHaveLength(40);
  });
});
