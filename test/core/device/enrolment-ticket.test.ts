import { describe, expect, it } from 'vitest';
import { type EnrolmentTicket, judgeTicket, viewTicket } from '../../../provider/core/device/enrolment-ticket.ts';
import { NOW } from '../given.ts';

const TICKET: EnrolmentTicket = { hash: 'hash-of-ticket-and-more', issuedAt: NOW - 10, expiresAt: NOW + 1 };
const USE = { keyThumbprint: 'key-1', deviceId: 'device-1', isReported: true };
const PRESENTED = { hash: TICKET.hash, keyThumbprint: 'key-1', now: NOW };
const judge = (ticket: EnrolmentTicket | undefined, different: Partial<typeof PRESENTED> = {}) =>
  judgeTicket({ status: 'active', ticket }, { ...PRESENTED, ...different });
const NOT_USABLE = { outcome: 'not_usable' };

describe('a ticket that a phone presents (docs/device-api.md)', () => {
  it('is good for one enrolment while it is the ticket of an active user', () => {
    expect(judge(TICKET)).toEqual({ outcome: 'unused' });
  });

  it('is good until the second before its expiry', () => {
    expect(judge(TICKET, { now: NOW + 1 })).toEqual(NOT_USABLE);
  });

  it('is good for the key that used it, again and again, and for no other', () => {
    const used = { ...TICKET, use: USE };
    expect(judge(used)).toEqual({ outcome: 'used_by_this_key', use: USE });
    expect(judge(used, { keyThumbprint: 'key-2' })).toEqual(NOT_USABLE);
    expect(judge(used, { now: NOW + 1 })).toEqual(NOT_USABLE);
  });

  it('is good for nothing once the user has another or none, is blocked, or is gone', () => {
    expect(judge({ ...TICKET, hash: 'newer' })).toEqual(NOT_USABLE);
    expect(judge(undefined)).toEqual(NOT_USABLE);
    expect(judgeTicket({ status: 'blocked', ticket: TICKET }, PRESENTED)).toEqual(NOT_USABLE);
    expect(judgeTicket(undefined, PRESENTED)).toEqual(NOT_USABLE);
  });
});

describe('a ticket as an operator reads it', () => {
  it('has the beginning of its hash as a name, and the device that it enrolled', () => {
    const open = { ticket_id: 'hash-of-ticket-a', issued_at: NOW - 10, expires_at: NOW + 1 };
    expect(viewTicket(TICKET)).toEqual(open);
    expect(viewTicket({ ...TICKET, use: USE })).toEqual({ ...open, device_id: 'device-1' });
  });
});
