import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideNotification } from '../../../provider/core/notifying/notification-decision.ts';
import { pauseBefore } from '../../../provider/core/notifying/retries.ts';
import { FACTS, NOW, requestIn } from '../given.ts';

const at = (now: number, announced = NOW) => ({ at: announced, now });
const client = { clientId: 'bank', registrationId: 'registration-1' };
const notify = { outcome: 'notify', client, until: FACTS.expiresAt + 60 };
const drop = (because: string, isOver = true) => ({ outcome: 'drop', because, clientId: 'bank', isOver });

describe('whether a client is notified (CIBA §10.2)', () => {
  it.each(['approved', 'denied'] as const)(
    'of a request that is %s, until nothing can be redeemed any more',
    (state) => {
      expect(decideNotification(requestIn(state), at(NOW))).toEqual(notify);
      expect(decideNotification(requestIn(state), at(notify.until - 1))).toEqual(notify);
      expect(decideNotification(requestIn(state), at(notify.until))).toEqual(drop('request_over'));
    },
  );

  it('of a decision that is announced but not yet there: looks again each second, for 40 s at most', () => {
    const pending = requestIn('pending');
    expect(decideNotification(pending, at(NOW))).toEqual({ outcome: 'wait', seconds: 1 });
    expect(decideNotification(pending, at(NOW + 39))).toEqual({ outcome: 'wait', seconds: 1 });
    expect(decideNotification(pending, at(NOW + 40))).toEqual(drop('never_decided', false));
  });

  it('of a request that expires meanwhile too, because the write may be under way; then it is over', () => {
    const short = { expiresAt: NOW + 10 };
    expect(decideNotification(requestIn('pending', short), at(NOW + 39))).toEqual({ outcome: 'wait', seconds: 1 });
    expect(decideNotification(requestIn('approved', short), at(NOW + 39))).toMatchObject({ outcome: 'notify' });
    expect(decideNotification(requestIn('pending', short), at(NOW + 40))).toEqual(drop('never_decided'));
    // It expires in the very second that expiresAt names.
    expect(decideNotification(requestIn('pending', { expiresAt: NOW + 40 }), at(NOW + 40))).toEqual(
      drop('never_decided'),
    );
  });

  it.each([
    ['redeemed', 'redeemed_already'],
    ['failed', 'request_failed'],
  ] as const)('not of a request that is %s', (state, because) => {
    expect(decideNotification(requestIn(state), at(NOW))).toEqual(drop(because));
  });

  it('not of a request for which nobody was asked: it is dropped at once, and its address is kept while it lives', () => {
    const concealed = requestIn('pending', { isConcealed: true });
    expect(decideNotification(concealed, at(NOW))).toEqual(drop('never_decided', false));
    expect(decideNotification(concealed, at(FACTS.expiresAt))).toEqual(drop('never_decided'));
  });

  it('not of a request that nobody knows', () => {
    expect(decideNotification(undefined, at(NOW))).toEqual({
      outcome: 'drop',
      because: 'unknown_request',
      isOver: true,
    });
  });

  it('never waits for ever, and never notifies without a decision', () => {
    const states = fc.constantFrom('pending', 'approved', 'denied', 'failed', 'redeemed');
    fc.assert(
      fc.property(states, fc.integer({ min: 0, max: 100_000 }), (state, later) => {
        const { outcome } = decideNotification(requestIn(state), at(NOW + later));
        if (outcome === 'wait') expect([state, later < 40]).toEqual(['pending', true]);
        if (outcome === 'notify') expect(['approved', 'denied']).toContain(state);
      }),
    );
  });
});

describe('an endpoint that can not be reached (CIBA §10.2)', () => {
  const pause = (tries: number, left: number) => pauseBefore({ tries, now: NOW, until: NOW + left });

  it('is tried again after 1, 2, 4 … seconds, 30 at most', () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 35].map((tries) => pause(tries, 900));
    expect(all).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('is tried again after 60, 120 … seconds when it was out for a quarter of an hour, 900 at most', () => {
    const all = [35, 36, 37, 38, 39, 40, 41, 1000, 100_000].map((tries) => pause(tries, 259_000));
    expect(all).toEqual([30, 60, 120, 240, 480, 900, 900, 900, 900]);
    const spent = Array.from({ length: 35 }, (_, tries) => pause(tries + 1, 259_000) ?? 0);
    expect(spent.reduce((sum, one) => sum + one, 0)).toBe(931);
    expect(pause(40, 500)).toBe(494);
  });

  it('is tried a last time six seconds before nothing can be redeemed any more, and then given up', () => {
    expect(pause(10, 36)).toBe(30);
    expect(pause(10, 35)).toBe(29);
    expect(pause(10, 7)).toBe(1);
    expect(pause(10, 6)).toBeUndefined();
    expect(pause(1, -100)).toBeUndefined();
  });
});

describe('a request of a client that the user reported', () => {
  const silent = requestIn('pending', { deniedFrom: NOW + 30 });

  it('is looked at again when its client is to hear that it was denied, and then the client is notified', () => {
    expect(decideNotification(silent, at(NOW))).toEqual({ outcome: 'wait', seconds: 30 });
    expect(decideNotification(silent, at(NOW + 29))).toEqual({ outcome: 'wait', seconds: 1 });
    expect(decideNotification(silent, at(NOW + 30))).toMatchObject({ outcome: 'notify' });
    expect(decideNotification(silent, at(NOW + 30))).toEqual(
      decideNotification(requestIn('denied', { deniedFrom: NOW + 30 }), at(NOW + 30)),
    );
  });

  it('notifies nobody when nothing can be redeemed any more', () => {
    const over = requestIn('pending', { deniedFrom: NOW - 900, expiresAt: NOW - 800 });
    expect(decideNotification(over, at(NOW))).toMatchObject({ outcome: 'drop', because: 'request_over' });
  });
});
