import { describe, expect, it } from 'vitest';
import { approvedRequest, GRANT, NOW, refusalOf, requestIn, valueFrom } from '../../core/given.ts';
import { Outage } from '../world/journal.ts';
import { REQUEST_ID, redeemingWorld } from './given.ts';

const ROUND = ['record poll by bank', 'record early poll'];

describe('a poll while the user has not answered (CIBA §11)', () => {
  it('in time is one write: authorization_pending', async () => {
    const { redeem, journal, requests } = redeemingWorld(requestIn('pending'));
    expect(refusalOf(await redeem())).toEqual({ reason: 'authorization_pending' });
    expect(journal.calls).toEqual(['find client bank', 'record poll by bank']);
    expect(requests.get(REQUEST_ID)).toMatchObject({ nextPollAt: NOW + 5 });
  });

  it('one second early is two writes: slow_down with the interval that is now 5 longer', async () => {
    const { redeem, journal, time, requests } = redeemingWorld(requestIn('pending'));
    await redeem();
    time.now += 4;
    expect(refusalOf(await redeem())).toEqual({ reason: 'polled_too_fast', intervalSeconds: 10 });
    expect(journal.calls.slice(-2)).toEqual(ROUND);
    expect(requests.get(REQUEST_ID)).toMatchObject({ intervalSeconds: 10, nextPollAt: NOW + 14 });
    time.now += 10;
    expect(refusalOf(await redeem())).toEqual({ reason: 'authorization_pending' });
  });

  it('one second early is too fast, also if its write takes that second', async () => {
    const { redeem, journal, time, requests } = redeemingWorld(requestIn('pending'));
    await redeem();
    time.now += 4;
    journal.meanwhile('record poll by bank', () => {
      time.now += 1;
    });
    expect(refusalOf(await redeem())).toEqual({ reason: 'polled_too_fast', intervalSeconds: 10 });
    expect(requests.get(REQUEST_ID)).toMatchObject({ nextPollAt: NOW + 14 });
  });

  it('by a client that keeps to the interval is in time, every time', async () => {
    const { redeem, time } = redeemingWorld(requestIn('pending'));
    for (let poll = 0; poll < 4; poll += 1) {
      expect(refusalOf(await redeem())).toEqual({ reason: 'authorization_pending' });
      time.now += 5;
    }
  });

  it('is an error and one write after 100 slow_down, whose interval stays; in time it is pending, and an approval still leads to tokens (CIBA §11)', async () => {
    const facts = { intervalSeconds: 505, nextPollAt: NOW + 505, expiresAt: NOW + 2000 };
    const { redeem, journal, time, requests, change } = redeemingWorld(requestIn('pending', facts));
    expect(refusalOf(await redeem())).toEqual({ reason: 'polled_too_fast', intervalSeconds: 510 });
    journal.calls.length = 0;
    expect(refusalOf(await redeem())).toEqual({ reason: 'slow_down_ignored' });
    expect(journal.calls).toEqual(['find client bank', 'record poll by bank']);
    expect(requests.get(REQUEST_ID)).toMatchObject({ intervalSeconds: 510, nextPollAt: NOW + 510 });
    time.now += 510;
    expect(refusalOf(await redeem())).toEqual({ reason: 'authorization_pending' });
    expect(refusalOf(await redeem())).toEqual({ reason: 'slow_down_ignored' });
    change(requestIn('approved', { ...facts, intervalSeconds: 510 }));
    expect((await redeem()).ok).toBe(true);
  });

  it('of another client says what an unknown id says in words, and changes nothing', async () => {
    const { redeem, requests, journal } = redeemingWorld(requestIn('pending', { clientId: 'shop' }));
    expect(refusalOf(await redeem())).toEqual({ reason: 'foreign_auth_req_id' });
    expect(requests.get(REQUEST_ID)).toMatchObject({ nextPollAt: 0 });
    expect(journal.calls).toHaveLength(2);
  });
});

describe('a poll of what is over signs nothing (CIBA §11)', () => {
  it.each([
    ['denied', requestIn('denied'), 'denied_by_user'],
    ['failed: nobody could be reached', requestIn('failed'), 'request_failed'],
    ['redeemed (CIBA §10.1.1)', requestIn('redeemed'), 'already_redeemed'],
    ['expired while pending', requestIn('pending', { expiresAt: NOW }), 'request_expired'],
    [
      'approved, a minute after its expiry',
      requestIn('approved', { expiresAt: NOW - 60 }),
      'approval_not_redeemed_in_time',
    ],
  ])('%s', async (_name, request, reason) => {
    const { redeem, signed, journal } = redeemingWorld(request);
    expect(refusalOf(await redeem())).toEqual({ reason });
    expect(signed).toEqual([]);
    expect(journal.calls).toEqual(['find client bank', 'record poll by bank']);
  });

  it('but an approval is redeemed a second before that, however fast the client polls', async () => {
    const facts = { expiresAt: NOW - 59, nextPollAt: NOW + 5 };
    expect((await redeemingWorld(requestIn('approved', facts)).redeem()).ok).toBe(true);
  });
});

describe('a client in ping mode polls like any other (CIBA §10)', () => {
  const client = { deliveryMode: 'ping', notificationEndpoint: 'https://bank.example/ping' } as const;

  it('before it is pinged: at once, and then no faster than the interval', async () => {
    const { redeem, time } = redeemingWorld(requestIn('pending'), { client });
    expect(refusalOf(await redeem())).toEqual({ reason: 'authorization_pending' });
    expect(refusalOf(await redeem())).toEqual({ reason: 'polled_too_fast', intervalSeconds: 10 });
    time.now += 10;
    expect(refusalOf(await redeem())).toEqual({ reason: 'authorization_pending' });
  });

  it('and gets the tokens without any ping', async () => {
    const { redeem, state } = redeemingWorld(requestIn('approved'), { client });
    expect((await redeem()).ok).toBe(true);
    expect(state()).toBe('redeemed');
  });
});

describe('a grant without openid', () => {
  it('becomes an access token alone: no ID token is signed, and the answer has none (RFC 6749 §5.1)', async () => {
    const grant = { ...GRANT, scopes: ['email'] };
    const { redeem, signed, journal } = redeemingWorld(approvedRequest({ grant }));
    expect(valueFrom(await redeem())).toStrictEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'email',
    });
    expect(journal.calls).toContain('sign at+jwt');
    expect(journal.calls).not.toContain('sign JWT');
    expect(signed).toMatchObject([{ claims: { scope: 'email', auth_time: GRANT.authTime, amr: GRANT.amr } }]);
  });
});

describe('a request that changes while it is polled is decided anew (CIBA §11)', () => {
  const tooFast = () => redeemingWorld(requestIn('pending', { nextPollAt: NOW + 1 }));

  it('approved meanwhile: the tokens at once, no slow_down', async () => {
    const { redeem, journal, change } = tooFast();
    journal.meanwhile('record early poll', () => change(requestIn('approved')));
    expect((await redeem()).ok).toBe(true);
    expect(journal.calls).toEqual([
      'find client bank',
      ...ROUND,
      'find user user-1',
      'list devices of user-1',
      'find client bank anew',
      'sign at+jwt',
      'sign JWT',
      'claim',
      'audit tokens_issued',
    ]);
  });

  it('gone meanwhile: unknown', async () => {
    const { redeem, journal, requests } = tooFast();
    journal.meanwhile('record early poll', () => requests.clear());
    expect(refusalOf(await redeem())).toEqual({ reason: 'unknown_auth_req_id' });
  });

  /** The first answer is that the request changed; what comes back is still polled too fast. */
  const changing = (times: number) => {
    const world = tooFast();
    let seen = 0;
    const { recordEarlyPoll } = world.ports.requests;
    world.ports.requests.recordEarlyPoll = async (poll) => {
      seen += 1;
      if (seen > times) return recordEarlyPoll(poll);
      world.journal.begin('record early poll');
      return { recorded: false, stored: world.requests.get(REQUEST_ID) };
    };
    return world;
  };

  it('twice: the third decision stands', async () => {
    const { redeem, journal } = changing(2);
    expect(refusalOf(await redeem())).toEqual({ reason: 'polled_too_fast', intervalSeconds: 10 });
    expect(journal.calls.filter((call) => call === 'record early poll')).toHaveLength(3);
  });

  it('three times: a fault, since each time its state must have moved on', async () => {
    const { redeem, journal } = changing(3);
    await expect(redeem()).rejects.toThrow('kept changing while it was polled');
    expect(journal.calls.filter((call) => call === 'record early poll')).toHaveLength(3);
  });

  it('and an outage at the second write is a fault, with the interval as it was', async () => {
    const { redeem, journal, requests } = tooFast();
    journal.breakAt('record early poll');
    await expect(redeem()).rejects.toThrow(Outage);
    expect(requests.get(REQUEST_ID)).toMatchObject({ intervalSeconds: 5, nextPollAt: NOW + 1 });
  });
});
