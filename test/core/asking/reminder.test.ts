import { describe, expect, it } from 'vitest';
import {
  decideReminder,
  MOST_REMINDERS,
  REMINDER_LEASE_SECONDS,
  reminderAt,
} from '../../../provider/core/asking/reminder.ts';
import { NOW, requestIn } from '../../core/given.ts';

const HOUR = 3600;
const LONG = { issuedAt: NOW, expiresAt: NOW + 6 * HOUR };
/** When the reminder of such a request comes. */
const DUE = NOW + 5 * HOUR;
const tried = (at: number, more: { accepted?: number } = {}) => ({ kind: 'reminder', at, ...more }) as const;

describe('the reminder of a request (RFC 10027 §6.1.11)', () => {
  it.each([
    ['half an hour', 1800, undefined],
    ['a second more', 1801, 300],
    ['an hour', HOUR, 600],
    ['6 hours', 6 * HOUR, HOUR],
    ['72 hours', 72 * HOUR, HOUR],
  ])('that lives %s comes when so many seconds are left, if at all', (_, life, left) => {
    const at = reminderAt({ issuedAt: NOW, expiresAt: NOW + life });
    expect(at).toBe(left === undefined ? undefined : NOW + life - left);
  });

  it('waits for its time, a quarter of an hour at most with each message', () => {
    const request = requestIn('pending', LONG);
    expect(decideReminder(request, NOW)).toEqual({ outcome: 'wait', seconds: 900 });
    expect(decideReminder(request, DUE - 7)).toEqual({ outcome: 'wait', seconds: 7 });
    expect(decideReminder(request, DUE)).toEqual({ outcome: 'ring', request });
  });

  it.each([
    ['unknown_request', undefined],
    ['decided_already', requestIn('approved', LONG)],
    ['decided_already', requestIn('denied', LONG)],
    ['decided_already', requestIn('failed', LONG)],
    ['decided_already', requestIn('redeemed', LONG)],
    ['nobody_asked', requestIn('pending', { ...LONG, isConcealed: true })],
    ['nobody_asked', requestIn('pending', { ...LONG, deniedFrom: NOW + 10 })],
    ['request_over', requestIn('pending', { issuedAt: NOW, expiresAt: NOW + 1800 })],
    ['reminded_already', requestIn('pending', { ...LONG, attempts: [tried(DUE, { accepted: 1 })] })],
  ])('does not come: %s', (because, request) => {
    expect(decideReminder(request, DUE + 100)).toEqual({ outcome: 'drop', because });
  });

  it('does not come at the end of the request or after it', () => {
    expect(decideReminder(requestIn('pending', LONG), LONG.expiresAt)).toMatchObject({ because: 'request_over' });
  });

  it('is tried again when a try left no result or SNS accepted nothing, not while that try may be under way', () => {
    for (const more of [{}, { accepted: 0 }]) {
      const request = requestIn('pending', { ...LONG, attempts: [tried(DUE, more)] });
      expect(decideReminder(request, DUE + 1)).toEqual({ outcome: 'wait', seconds: REMINDER_LEASE_SECONDS - 1 });
      expect(decideReminder(request, DUE + REMINDER_LEASE_SECONDS).outcome).toBe('ring');
    }
  });

  it('is tried a few times at most', () => {
    const attempts = Array.from({ length: MOST_REMINDERS }, (_, index) => tried(DUE + index * 100));
    const last = DUE + 100 * MOST_REMINDERS;
    expect(decideReminder(requestIn('pending', { ...LONG, attempts }), last)).toMatchObject({
      because: 'reminded_already',
    });
  });

  it('comes also after resends', () => {
    const request = requestIn('pending', { ...LONG, attempts: [{ kind: 'resend', at: DUE - 5, accepted: 1 }] });
    expect(decideReminder(request, DUE).outcome).toBe('ring');
  });
});
