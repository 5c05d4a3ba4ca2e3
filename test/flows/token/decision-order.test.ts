import { describe, expect, it } from 'vitest';
import type { AuthenticationRequest, RequestFacts } from '../../../provider/core/deciding/authentication-request.ts';
import { NOW, refusalOf, requestIn } from '../../core/given.ts';
import { basic } from '../world/clients.ts';
import { redeemingWorld } from './given.ts';

// The order in which a token request is decided. Each test meets the condition of its step and those of later steps, so
// that the order alone explains the answer.

const WRONG_SECRET = basic('bank', 'wrong');
const PUSHED = { deliveryMode: 'push', notificationEndpoint: 'https://bank.example/push' } as const;
/** A request of another client that is over, and was polled a moment ago. */
const FOREIGN = { clientId: 'shop', expiresAt: NOW - 1000, nextPollAt: NOW + 30 };
/** Over, and polled a moment ago. */
const OVER = { expiresAt: NOW - 1000, nextPollAt: NOW + 30 };
const TOO_FAST = { nextPollAt: NOW + 30 };
const STATES = ['pending', 'approved', 'denied', 'failed', 'redeemed'] as const;

/** The reason of a poll, and the calls of a poll whose client is authenticated. */
async function poll(state: AuthenticationRequest['state'], facts: Partial<RequestFacts>) {
  const world = redeemingWorld(requestIn(state, facts));
  const result = await world.redeem();
  return { ...world, reason: refusalOf(result)?.reason, isIssued: result.ok };
}

describe('the order of a token request for one auth_req_id (CIBA §10.1, §11)', () => {
  it('1: the client is authenticated, before its registration and its form are looked at', async () => {
    for (const client of [PUSHED, { grantTypes: [] }]) {
      const { redeem, journal } = redeemingWorld(requestIn('redeemed', OVER), { client });
      const form = { grant_type: [], auth_req_id: ['a', 'b'] };
      expect(refusalOf(await redeem(form, WRONG_SECRET))).toEqual({ reason: 'wrong_client_secret' });
      expect(journal.calls).toEqual(['find client bank']);
    }
  });

  it.each([
    ['in push mode', PUSHED, 'tokens_are_pushed'],
    ['without the grant', { grantTypes: [] }, 'grant_not_allowed'],
  ] as const)('2: a client %s is refused, before its auth_req_id is looked at', async (_what, client, reason) => {
    const { redeem, journal } = redeemingWorld(requestIn('redeemed', OVER), { client });
    for (const auth_req_id of [[], 'a b#c']) expect(refusalOf(await redeem({ auth_req_id }))).toEqual({ reason });
    expect(journal.calls).toEqual(['find client bank', 'find client bank']);
  });

  it('3: a malformed form is refused, before the request is read', async () => {
    const { redeem, journal } = redeemingWorld(requestIn('redeemed', { ...OVER, clientId: 'shop' }));
    expect(refusalOf(await redeem({ auth_req_id: [] }))).toMatchObject({ reason: 'missing_parameter' });
    expect(refusalOf(await redeem({ auth_req_id: ['a', 'b'] }))).toMatchObject({ reason: 'repeated_parameter' });
    expect(refusalOf(await redeem({ auth_req_id: 'a b#c' }))).toEqual({ reason: 'unknown_auth_req_id' });
    expect(new Set(journal.calls)).toEqual(new Set(['find client bank']));
  });

  it.each(STATES)('4: another client’s request is refused, before it is seen that it is %s', async (state) => {
    expect((await poll(state, FOREIGN)).reason).toBe('foreign_auth_req_id');
  });

  it('5: a redeemed request is refused, before its end and the speed of its polls are looked at', async () => {
    for (const facts of [{}, OVER, TOO_FAST]) expect((await poll('redeemed', facts)).reason).toBe('already_redeemed');
  });

  it.each([
    ['denied', 'denied_by_user'],
    ['failed', 'request_failed'],
  ] as const)(
    '6: a request that is %s ends so, before its end and the speed of its polls are looked at',
    async (state, reason) => {
      for (const facts of [{}, OVER, TOO_FAST]) expect((await poll(state, facts)).reason).toBe(reason);
    },
  );

  it('7: an approval that can be redeemed leads to tokens, although the request is over and is polled too fast', async () => {
    const { isIssued, state } = await poll('approved', { expiresAt: NOW - 59, nextPollAt: NOW + 30 });
    expect([isIssued, state()]).toEqual([true, 'redeemed']);
  });

  it('7: of two calls that found the approval, one write decides: the other one is refused', async () => {
    const { redeem } = redeemingWorld(requestIn('approved', TOO_FAST));
    const results = await Promise.all([redeem(), redeem()]);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results.map((result) => refusalOf(result)?.reason)).toContain('lost_redemption_race');
  });

  it('8: a request that expired is refused, before the speed of its polls is looked at', async () => {
    expect((await poll('pending', OVER)).reason).toBe('request_expired');
    expect((await poll('approved', OVER)).reason).toBe('approval_not_redeemed_in_time');
  });

  it('9: a pending request is polled too fast, or in time', async () => {
    expect((await poll('pending', { nextPollAt: NOW + 1 })).reason).toBe('polled_too_fast');
    expect((await poll('pending', { nextPollAt: NOW })).reason).toBe('authorization_pending');
  });
});
