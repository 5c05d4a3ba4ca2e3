import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import { approvedRequest, FACTS, GRANT, NOW, refusalOf, requestIn, USER, valueFrom } from '../../core/given.ts';
import { basic } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { REQUEST_ID, redeemingWorld } from './given.ts';

type World = ReturnType<typeof redeemingWorld>;
const narrowed = (different: Partial<World['bank']>) => (world: World) => {
  world.registered.set('bank', { ...world.bank, ...different });
};
const block = ({ users }: World) => void users.set('user-1', { ...USER, status: 'blocked' });

it('the last scope of a grant without openid removed: nothing is signed, and the request has ended for good', async () => {
  const grant = { ...GRANT, scopes: ['email'] };
  const { redeem, signed, state } = redeemingWorld(approvedRequest({ grant }), { client: { scopes: [] } });
  expect(refusalOf(await redeem())).toEqual({ reason: 'approval_taken_back', because: 'scopes_removed' });
  expect([signed, state()]).toEqual([[], 'failed']);
});

describe('what was taken back before the last look is worth no tokens', () => {
  it.each<[string, (world: World) => void, string]>([
    ['the user removed', ({ users }) => void users.delete('user-1'), 'user_removed'],
    [
      'the subject given to another person',
      ({ users }) => void users.set('user-1', { ...USER, profileId: 'profile-2' }),
      'user_replaced',
    ],
    ['the user blocked', block, 'user_blocked'],
    ['the device removed', ({ enrolled }) => void enrolled.delete('device-1'), 'device_removed'],
    ['the client removed', ({ registered }) => void registered.delete('bank'), 'client_removed'],
    ['the client id given to another client', narrowed({ registrationId: 'registration-2' }), 'client_replaced'],
    ['the grant type removed', narrowed({ grantTypes: [] }), 'grant_type_removed'],
    ['the client kept to another user', narrowed({ onlySub: 'user-2' }), 'user_not_for_client'],
    ['the audience removed', narrowed({ audiences: [] }), 'audience_removed'],
  ])('%s: nothing is signed, and the request has ended for good', async (_name, takeBack, because) => {
    const world = redeemingWorld();
    const { redeem, journal, audited, signed, requests } = world;
    journal.meanwhile('find user', () => takeBack(world));
    expect(refusalOf(await redeem())).toEqual({ reason: 'approval_taken_back', because });
    expect(journal.calls.slice(-2)).toEqual([`record taken back: ${because}`, 'audit approval_taken_back']);
    expect(signed).toEqual([]);
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'failed', takenBack: { because, deviceId: 'device-1' } });
    expect(requests.get(REQUEST_ID)).not.toHaveProperty('grant');
    const event = { event: 'approval_taken_back', requestId: REQUEST_ID, sub: 'user-1', clientId: 'bank', because };
    expect(audited).toEqual([{ ...event, at: NOW }]);
  });

  it('a later unblock does not bring it back: access_denied is the last word (CIBA §11)', async () => {
    const world = redeemingWorld();
    block(world);
    await world.redeem();
    world.users.set('user-1', USER);
    const refusal = { reason: 'approval_taken_back', because: 'user_blocked' };
    expect(refusalOf(await world.redeem())).toEqual(refusal);
    expect(world.audited).toHaveLength(1);
  });

  it('a second call that comes to the same end says the same, and leaves one audit event', async () => {
    const world = redeemingWorld();
    block(world);
    const [first, second] = await Promise.all([world.redeem(), world.redeem()]);
    expect(refusalOf(first)).toEqual({ reason: 'approval_taken_back', because: 'user_blocked' });
    expect(refusalOf(second)).toEqual(refusalOf(first));
    expect(world.audited).toHaveLength(1);
  });

  it('an outage at the end of the request is a fault, and the next call ends it', async () => {
    const world = redeemingWorld();
    block(world);
    world.journal.breakAt('record taken back');
    await expect(world.redeem()).rejects.toThrow(Outage);
    expect([world.state(), world.audited]).toEqual(['approved', []]);
    world.journal.heal();
    expect(refusalOf(await world.redeem())).toMatchObject({ reason: 'approval_taken_back' });
  });
});

describe('a credential that was taken from the client after it was accepted', () => {
  it('gets no tokens, and the request stays the client’s: with its new secret the client redeems it', async () => {
    const world = redeemingWorld();
    const { redeem, journal, registered, bank, signed, audited, state } = world;
    journal.meanwhile('find client bank anew', () => {
      const credential = { method: 'client_secret_basic', secretHash: sha256('new') } as const;
      registered.set('bank', { ...bank, credential });
    });
    expect(refusalOf(await redeem())).toEqual({ reason: 'credential_taken_back' });
    expect([signed, audited, state()]).toEqual([[], [], 'approved']);
    expect((await redeem({}, basic('bank', 'new'))).ok).toBe(true);
  });

  it('is told before everything else that was taken back', async () => {
    const world = redeemingWorld();
    block(world);
    const credential = { method: 'client_secret_basic', secretHash: sha256('new') } as const;
    world.journal.meanwhile('find client bank anew', () => narrowed({ credential })(world));
    expect(refusalOf(await world.redeem())).toEqual({ reason: 'credential_taken_back' });
    expect(world.state()).toBe('approved');
  });
});

describe('what is taken back after the last look counts as taken back after the redemption', () => {
  it.each(['sign at+jwt', 'sign JWT', 'claim'])('at "%s": the tokens are given', async (call) => {
    const world = redeemingWorld();
    world.journal.meanwhile(call, () => block(world));
    expect((await world.redeem()).ok).toBe(true);
    expect(world.state()).toBe('redeemed');
  });
});

describe('a request that its client withdraws while it is redeemed', () => {
  const WITHDRAWN = { ...FACTS, state: 'failed', because: 'withdrawn' } as const;

  it.each(['record poll', 'find user', 'sign at+jwt', 'sign JWT', 'claim'])(
    'at "%s": the answer is that of a withdrawal, and nothing is issued (CIBA §11)',
    async (call) => {
      const world = redeemingWorld();
      world.journal.meanwhile(call, () => world.change(WITHDRAWN));
      expect(refusalOf(await world.redeem())).toEqual({ reason: 'withdrawn_by_client' });
      expect([world.audited, world.state()]).toEqual([[], 'failed']);
    },
  );

  it('whose approval was taken back at the same time: the answer is why it was', async () => {
    const world = redeemingWorld();
    const takenBack = { because: 'user_blocked', deviceId: 'device-1' } as const;
    world.journal.meanwhile('claim', () => world.change({ ...FACTS, state: 'failed', takenBack }));
    expect(refusalOf(await world.redeem())).toEqual({ reason: 'approval_taken_back', because: 'user_blocked' });
  });
});

describe('a client that lost a scope', () => {
  it('gets what is left: in its answer, in the access token, and in the claims of the ID token', async () => {
    const grant = { ...GRANT, claims: { email: 'ann@example.com' } };
    const world = redeemingWorld({ ...requestIn('approved'), ...{ grant } });
    narrowed({ scopes: [] })(world);
    expect(valueFrom(await world.redeem()).scope).toBe('openid');
    expect(world.signed.map(({ claims }) => claims['scope'])).toEqual(['openid', undefined]);
    expect(world.signed[1]?.claims).not.toHaveProperty('email');
  });

  it('is signed for with the algorithm that it registered meanwhile', async () => {
    const world = redeemingWorld();
    world.journal.meanwhile('find client bank anew', () => narrowed({ idTokenAlgorithm: 'ES256' })(world));
    await world.redeem();
    expect(world.signed.map(({ algorithm }) => algorithm)).toEqual(['RS256', 'ES256']);
  });
});
