import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideNotification,
  isNotificationEndpoint,
  isNotificationToken,
  pauseBefore,
} from '../../../provider/core/notifying/client-notification.ts';
import { FACTS, NOW, requestIn } from '../given.ts';

const at = (now: number, announced = NOW) => ({ at: announced, now });
const notify = { outcome: 'notify', clientId: 'bank', until: FACTS.expiresAt + 60 };
const drop = (because: string, isOver = true) => ({ outcome: 'drop', because, clientId: 'bank', isOver });

describe('client notification endpoint (CIBA §4)', () => {
  it.each(['https://client.example/cb', 'https://client.example:8443/cb?tenant=1', 'https://203.0.113.7/'])(
    'may be %s',
    (url) => expect(isNotificationEndpoint(url)).toBe(true),
  );

  it.each([
    ['plain http', 'http://client.example/cb'],
    ['another scheme', 'ftp://client.example/cb'],
    ['no URL', 'client.example/cb'],
    ['no slashes', 'https:client.example/cb'],
    ['backslashes', 'https:\\\\client.example/cb'],
    ['an empty user', 'https://@client.example/cb'],
    ['no host', 'https:///cb'],
    ['a port beyond all ports', 'https://client.example:99999/cb'],
    ['a user', 'https://user@client.example/cb'],
    ['a password', 'https://:secret@client.example/cb'],
    ['a fragment', 'https://client.example/cb#here'],
    ['an empty fragment', 'https://client.example/cb#'],
    ['a line break, which URL parsers drop', 'https://client.example/\ncb'],
    ['a space around it', ' https://client.example/cb'],
    ['letters beyond ASCII', 'https://clïent.example/cb'],
    ['more than 1024 characters', `https://client.example/${'x'.repeat(1002)}`],
    ['nothing', undefined],
  ])('can not have %s', (_what, url) => expect(isNotificationEndpoint(url)).toBe(false));
});

describe('client_notification_token (CIBA §7.1, RFC 6750 §2.1)', () => {
  it.each(['8d67dc78-7faa-4d41-aabd-67707b374255', 'aZ09-._~+/==', 'x'.repeat(1024)])('may be %s', (token) =>
    expect(isNotificationToken(token)).toBe(true),
  );

  it.each([
    ['more than 1024 characters', 'x'.repeat(1025)],
    ['nothing but padding', '=='],
    ['padding in the middle', 'a=b'],
    ['a space', 'a b'],
    ['a line break, which would be a header of its own', 'a\r\nx: y'],
    ['a line break at its end', 'a\n'],
    ['a letter beyond ASCII', 'ä'],
  ])('can not have %s', (_what, token) => expect(isNotificationToken(token)).toBe(false));
});

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
  });

  it.each([
    ['redeemed', 'redeemed_already'],
    ['failed', 'request_failed'],
  ] as const)('not of a request that is %s', (state, because) => {
    expect(decideNotification(requestIn(state), at(NOW))).toEqual(drop(because));
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

describe('an endpoint that can not be reached', () => {
  const pause = (tries: number, left: number) => pauseBefore({ tries, now: NOW, until: NOW + left });

  it('is tried again after 1, 2, 4 … seconds, 30 at most', () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 1000].map((tries) => pause(tries, 900));
    expect(all).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('is tried a last time six seconds before nothing can be redeemed any more, and then given up', () => {
    expect(pause(10, 36)).toBe(30);
    expect(pause(10, 35)).toBe(29);
    expect(pause(10, 7)).toBe(1);
    expect(pause(10, 6)).toBeUndefined();
    expect(pause(1, -100)).toBeUndefined();
  });
});
