import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import { NOW, requestIn } from '../../core/given.ts';
import { BANK } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { ENDPOINT, notifyingWorld, REQUEST_ID } from './given.ts';

const TXN = { txn: txnOf(REQUEST_ID) };
const ABOUT = { ...TXN, client_id: 'bank' };
const LONG = requestIn('approved', { expiresAt: NOW + 259_200 });

describe('a client is notified (CIBA §10.2)', () => {
  it('of an announced decision that the request itself shows; it is taken in hand before, and recorded after', async () => {
    const { notify, journal, sent } = notifyingWorld();
    expect(await notify()).toEqual({
      noted: { reason: 'notified', ...ABOUT, detail: 'accepted', notification_status: 204 },
    });
    expect(journal.calls).toEqual([
      'find request',
      'find client bank',
      'claim for 20 seconds',
      'send',
      'record notified',
    ]);
    const address = { token: 'bearer-1', authReqId: 'auth-req-1' };
    expect(sent).toEqual([{ ...address, endpoint: ENDPOINT, correlationId: 'correlation-1' }]);
  });

  it('after a denial too', async () => {
    const { notify, sent } = notifyingWorld(requestIn('denied'));
    expect((await notify()).noted.reason).toBe('notified');
    expect(sent).toHaveLength(1);
  });

  it.each([
    [199, 'refused'],
    [200, 'accepted'],
    [299, 'accepted'],
    [300, 'refused'],
    [401, 'refused'],
    [500, 'refused'],
    [0, 'refused'],
  ])('and the answer %i ends it: %s', async (status, detail) => {
    const { notify, endpoint, waiting } = notifyingWorld();
    endpoint.answers = { status };
    const outcome = await notify();
    expect(outcome).toEqual({ noted: { reason: 'notified', ...ABOUT, detail, notification_status: status } });
    expect(waiting.address).toBeUndefined();
  });

  it('once, though the announcement comes twice', async () => {
    const { notify, sent } = notifyingWorld();
    await notify();
    expect(await notify()).toEqual({ noted: { reason: 'notified_already', ...ABOUT } });
    expect(sent).toHaveLength(1);
  });

  it('also if the phone was quicker than the call that stores how to notify it: then it is looked up again', async () => {
    const { notify, waiting, sent, time } = notifyingWorld(requestIn('approved', { issuedAt: NOW - 1 }));
    waiting.isStored = false;
    expect(await notify()).toEqual({ againInSeconds: 1, noted: { reason: 'not_stored_yet', ...ABOUT } });
    waiting.isStored = true;
    time.now += 1;
    expect((await notify()).noted.reason).toBe('notified');
    expect(sent).toHaveLength(1);
  });

  it('not of a request whose notification was never stored, or is deleted by now', async () => {
    const { notify, waiting, sent } = notifyingWorld(requestIn('approved', { issuedAt: NOW - 40 }));
    waiting.isStored = false;
    expect(await notify()).toEqual({ noted: { reason: 'notified_already', ...ABOUT } });
    expect(sent).toHaveLength(0);
  });

  it('by one of two at once: the other looks again when the lease of the first ends', async () => {
    const { notify, waiting, sent } = notifyingWorld();
    waiting.lease = { holder: 'another', until: NOW + 12 };
    expect(await notify()).toEqual({ againInSeconds: 12, noted: { reason: 'being_notified', ...ABOUT } });
    expect(sent).toEqual([]);
    waiting.lease = { holder: 'another', until: NOW };
    expect((await notify()).noted.reason).toBe('notified');
  });
});

describe('an endpoint that gives no answer (CIBA §10.2)', () => {
  it('is tried again after 1, 2, 4 seconds, and free for another in between', async () => {
    const { notify, endpoint, waiting, journal } = notifyingWorld();
    endpoint.answers = { unreachable: 'connection_failed' };
    const noted = { reason: 'endpoint_unreachable', ...ABOUT, detail: 'connection_failed' };
    expect(await notify()).toEqual({ againInSeconds: 1, noted });
    expect(journal.calls.slice(-2)).toEqual(['send', 'release']);
    expect(waiting.lease).toBeUndefined();
    expect(waiting.address).toBeDefined();
    expect(await notify()).toEqual({ againInSeconds: 2, noted });
    expect(await notify()).toEqual({ againInSeconds: 4, noted });
  });

  it('is tried again by another message after a long outage, so that none waits in the hands of a function', async () => {
    const { notify, endpoint, waiting, journal, announcedLater } = notifyingWorld(LONG);
    endpoint.answers = { unreachable: 'connection_failed' };
    const noted = { reason: 'endpoint_unreachable', ...ABOUT, detail: 'connection_failed' };
    waiting.tries = 34;
    expect(await notify()).toEqual({ againInSeconds: 30, noted });
    expect(announcedLater).toEqual([]);
    expect(await notify()).toEqual({ noted });
    expect(journal.calls.slice(-3)).toEqual(['send', 'release', 'announce later']);
    expect(announcedLater).toEqual([{ seconds: 60, requestId: REQUEST_ID }]);
    expect(waiting.address).toBeDefined();
  });

  it('comes back in the same message when the other one cannot be sent', async () => {
    const { notify, endpoint, waiting, journal } = notifyingWorld(LONG);
    endpoint.answers = { unreachable: 'connection_failed' };
    waiting.tries = 35;
    journal.breakAt('announce later');
    await expect(notify()).rejects.toThrow(Outage);
    expect([waiting.lease, waiting.address === undefined]).toEqual([undefined, false]);
  });

  it('is given up and forgotten when the next try would come too late to redeem', async () => {
    const { notify, endpoint, waiting, time, journal } = notifyingWorld();
    endpoint.answers = { unreachable: 'connection_failed' };
    time.now = NOW + 160 - 7;
    expect((await notify()).againInSeconds).toBe(1);
    time.now += 1;
    const noted = { reason: 'notification_given_up', ...ABOUT, detail: 'connection_failed' };
    expect(await notify()).toEqual({ noted });
    expect(journal.calls.slice(-2)).toEqual(['send', 'forget']);
    expect(waiting.address).toBeUndefined();
  });
});

describe('an announcement is only an intent: nobody is called', () => {
  it('while the request is still pending: it is looked at again in a second', async () => {
    const { notify, journal, time } = notifyingWorld(requestIn('pending'));
    const waits = { againInSeconds: 1, noted: { reason: 'not_decided_yet', ...TXN } };
    expect(await notify()).toEqual(waits);
    time.now = NOW + 39;
    expect(await notify()).toEqual(waits);
    expect(journal.calls).toEqual(['find request', 'find client bank', 'find request', 'find client bank']);
  });

  it('when the decision never came; the address is kept, because the phone may answer again', async () => {
    const { notify, journal, waiting } = notifyingWorld(requestIn('pending'));
    expect(await notify(NOW - 40)).toEqual({ noted: { reason: 'never_decided', ...ABOUT } });
    expect(journal.calls).toEqual(['find request', 'find client bank']);
    expect(waiting.address).toBeDefined();
  });

  it.each([
    ['when it never came and can’t any more', requestIn('pending', { expiresAt: NOW }), 'never_decided'],
    ['when the client has its tokens already', requestIn('redeemed'), 'redeemed_already'],
    ['when nobody could be asked', requestIn('failed'), 'request_failed'],
    ['when nothing can be redeemed any more', requestIn('approved', { expiresAt: NOW - 60 }), 'request_over'],
  ])('%s: the address is forgotten', async (_name, request, reason) => {
    const { notify, journal, waiting } = notifyingWorld(request);
    expect(await notify(NOW - 40)).toEqual({ noted: { reason, ...ABOUT } });
    expect(journal.calls).toEqual(['find request', 'find client bank', 'forget']);
    expect(waiting.address).toBeUndefined();
  });

  it('about a request that nobody knows', async () => {
    const { notify, journal, requests } = notifyingWorld();
    requests.clear();
    expect(await notify()).toStrictEqual({ noted: { reason: 'unknown_request', ...TXN } });
    expect(journal.calls).toEqual(['find request', 'forget']);
  });

  it.each([
    ['that polls by now', {}],
    ['that is gone', { clientId: 'shop' }],
  ])('of a client %s: the address is forgotten (CIBA §10)', async (_name, client) => {
    const { notify, journal, waiting } = notifyingWorld(requestIn('approved'), client);
    expect(await notify()).toEqual({ noted: { reason: 'client_not_notified', ...ABOUT } });
    expect(journal.calls).toEqual(['find request', 'find client bank', 'forget']);
    expect(waiting.address).toBeUndefined();
  });
});

describe('another client that has the id of the client that asked', () => {
  const ANOTHER = { ...BANK, registrationId: 'registration-2', notificationEndpoint: 'https://other.example/ping' };

  it('is not notified: it would receive the bearer token and the auth_req_id of the other', async () => {
    const { notify, journal, sent, waiting, registered } = notifyingWorld();
    registered.set('bank', ANOTHER);
    expect(await notify()).toEqual({ noted: { reason: 'client_replaced', ...ABOUT } });
    expect(journal.calls).toEqual(['find request', 'find client bank', 'forget']);
    expect([sent, waiting.address]).toEqual([[], undefined]);
  });

  it('is read anew if the function has a copy of the former one, so that its own notifications arrive', async () => {
    const request = requestIn('approved', { registrationId: ANOTHER.registrationId });
    const { notify, journal, sent, registered, copy } = notifyingWorld(request);
    copy('bank');
    registered.set('bank', ANOTHER);
    expect((await notify()).noted.reason).toBe('notified');
    expect(journal.calls.slice(0, 2)).toEqual(['find request', 'find client bank anew']);
    expect(sent).toMatchObject([{ endpoint: 'https://other.example/ping' }]);
  });

  it('is read anew too if the function remembers that no client had the id', async () => {
    const { notify, sent, registered, copy } = notifyingWorld();
    const bank = registered.get('bank');
    registered.delete('bank');
    copy('bank');
    if (bank) registered.set('bank', bank);
    expect((await notify()).noted.reason).toBe('notified');
    expect(sent).toHaveLength(1);
  });
});

describe('an outage is thrown, so that the announcement comes back', () => {
  it.each([
    ['at the request', 'find request'],
    ['at the client', 'find client'],
    ['at the lease', 'claim'],
  ])('%s: nobody was called, and the next try calls', async (_name, call) => {
    const { notify, journal, sent } = notifyingWorld();
    journal.breakAt(call);
    await expect(notify()).rejects.toThrow(Outage);
    expect(sent).toEqual([]);
    journal.heal();
    expect((await notify()).noted.reason).toBe('notified');
  });

  it.each([
    ['an announcement is dropped', requestIn('redeemed'), {}, 'redeemed_already'],
    ['a client is not notified', requestIn('approved'), { deliveryMode: 'poll' as const }, 'client_not_notified'],
  ])('at the forgetting when %s: the next try forgets', async (_name, request, client, reason) => {
    const { notify, journal, waiting } = notifyingWorld(request, client);
    journal.breakAt('forget');
    await expect(notify()).rejects.toThrow(Outage);
    expect(waiting.address).toBeDefined();
    journal.heal();
    expect((await notify()).noted.reason).toBe(reason);
    expect(waiting.address).toBeUndefined();
  });

  it('at the record of an answer: the client hears again, when the lease is over and not before', async () => {
    const { notify, journal, sent, time } = notifyingWorld();
    journal.breakAt('record notified');
    await expect(notify()).rejects.toThrow(Outage);
    journal.heal();
    expect(await notify()).toEqual({ againInSeconds: 20, noted: { reason: 'being_notified', ...ABOUT } });
    time.now += 20;
    expect((await notify()).noted.reason).toBe('notified');
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['at the release', 'release', NOW],
    ['at the forgetting of what is given up', 'forget', NOW + 155],
  ])('%s: the address is still there', async (_name, call, at) => {
    const { notify, journal, endpoint, time, waiting } = notifyingWorld();
    time.now = at;
    endpoint.answers = { unreachable: 'connection_failed' };
    journal.breakAt(call);
    await expect(notify()).rejects.toThrow(Outage);
    expect(waiting.address).toBeDefined();
  });
});
