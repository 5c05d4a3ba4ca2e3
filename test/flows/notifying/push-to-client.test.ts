import { describe, expect, it } from 'vitest';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { txnOf } from '../../../provider/core/digest.ts';
import { FACTS, NOW, requestIn, USER } from '../../core/given.ts';
import { BANK } from '../world/clients.ts';
import { ENDPOINT, notifyingWorld, REQUEST_ID } from './given.ts';

const ABOUT = { txn: txnOf(REQUEST_ID), client_id: 'bank' };
/** Half of the access token's life. */
const HALF = 450;
const ISSUED = { event: 'tokens_issued', requestId: REQUEST_ID, sub: 'user-1', clientId: 'bank' };

/** A bank in push mode without the CIBA grant. */
function pushingWorld(request: AuthenticationRequest = requestIn('approved')) {
  const asks = { scopes: ['openid', 'email'], audiences: ['https://api.example/'], grantTypes: [] };
  const world = notifyingWorld(request, { deliveryMode: 'push', notificationEndpoint: ENDPOINT, ...asks });
  const bodies = () => world.pushed.map(({ body }) => JSON.parse(body));
  const stored = () => world.requests.get(REQUEST_ID);
  return { ...world, bodies, stored };
}

describe('a client in push mode (CIBA §10.3.1)', () => {
  it('is looked up again if the phone was quicker than the call that stores how to notify it', async () => {
    const { notify, waiting, pushed, time } = pushingWorld(requestIn('approved', { issuedAt: NOW - 1 }));
    waiting.isStored = false;
    expect(await notify()).toEqual({ againInSeconds: 1, noted: { reason: 'not_stored_yet', ...ABOUT } });
    waiting.isStored = true;
    time.now += 1;
    await notify();
    expect(pushed).toHaveLength(1);
  });

  it('gets the tokens of an approval: signed first, then claimed and stored sealed, then sent, then deleted', async () => {
    const { notify, journal, pushed, bodies, stored, signed, audited } = pushingWorld();
    const noted = { pushed: 'tokens', approval_seconds: 17, detail: 'accepted', notification_status: 204 };
    expect(await notify()).toEqual({ noted: { reason: 'notified', ...ABOUT, ...noted } });
    expect(journal.calls).toEqual([
      'find request',
      'find client bank',
      'claim for 20 seconds',
      'find user user-1',
      'list devices of user-1',
      'find client bank anew',
      'sign at+jwt',
      'sign JWT',
      'seal',
      'claim request',
      'audit tokens_issued',
      'push',
      'drop tokens',
      'record notified',
    ]);
    expect(pushed).toMatchObject([{ endpoint: ENDPOINT, token: 'bearer-1', correlationId: 'correlation-1' }]);
    expect(bodies()).toEqual([
      {
        auth_req_id: 'auth-req-1',
        access_token: 'at+jwt 1',
        token_type: 'Bearer',
        expires_in: 900,
        id_token: 'JWT 2',
        scope: 'openid email',
      },
    ]);
    expect(signed[1]?.claims).toMatchObject({ 'urn:openid:params:jwt:claim:auth_req_id': 'auth-req-1' });
    expect(signed[1]?.claims['at_hash']).toEqual(expect.any(String));
    expect(audited).toMatchObject([ISSUED]);
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('hears of a denial, and gets nothing else (CIBA §12)', async () => {
    const { notify, bodies, signed } = pushingWorld(requestIn('denied'));
    expect((await notify()).noted).toMatchObject({ reason: 'notified', pushed: 'access_denied' });
    const error = { error: 'access_denied', error_description: 'The end-user denied the authorization request.' };
    expect(bodies()).toEqual([{ auth_req_id: 'auth-req-1', ...error }]);
    expect(signed).toEqual([]);
  });

  it('starts again when no tokens could be made until the approval was over (CIBA §12)', async () => {
    const { notify, bodies, signed } = pushingWorld(requestIn('approved', { expiresAt: NOW - 60 }));
    expect((await notify()).noted).toMatchObject({ reason: 'notified', pushed: 'transaction_failed' });
    expect(bodies()).toMatchObject([{ error: 'transaction_failed' }]);
    expect(signed).toEqual([]);
  });

  it('hears nothing of a request that failed because no phone rang: the answer to its request said so', async () => {
    const { notify, pushed, waiting } = pushingWorld(requestIn('failed'));
    expect((await notify()).noted.reason).toBe('request_failed');
    expect([pushed, waiting.address]).toEqual([[], undefined]);
  });

  it.each<[string, (world: ReturnType<typeof pushingWorld>) => void, string]>([
    ['the user was blocked', ({ users }) => void users.set('user-1', { ...USER, status: 'blocked' }), 'user_blocked'],
    ['the user was removed', ({ users }) => void users.delete('user-1'), 'user_removed'],
    ['the device was removed', ({ enrolled }) => void enrolled.delete('device-1'), 'device_removed'],
  ])('is told access_denied when %s since the approval, and nothing is signed', async (_what, takeBack, because) => {
    const world = pushingWorld();
    const { notify, bodies, signed, audited, stored } = world;
    takeBack(world);
    expect((await notify()).noted).toMatchObject({ reason: 'notified', pushed: 'access_denied' });
    expect(bodies()).toMatchObject([{ error: 'access_denied' }]);
    expect(signed).toEqual([]);
    expect(audited).toMatchObject([{ event: 'approval_taken_back', because }]);
    expect(stored()).toMatchObject({ state: 'failed', takenBack: { because } });
  });

  it('that is removed before its tokens are made gets none, and its address is forgotten', async () => {
    const { notify, registered, pushed, signed, waiting } = pushingWorld();
    registered.delete('bank');
    expect((await notify()).noted.reason).toBe('client_not_notified');
    expect([pushed, signed, waiting.address]).toEqual([[], [], undefined]);
  });

  it('that is another one by now gets no tokens that were made before, and they are deleted', async () => {
    const { notify, registered, pushed, stored, answers } = pushingWorld();
    answers.answers = { status: 503 };
    await notify();
    registered.set('bank', { ...BANK, registrationId: 'registration-2', notificationEndpoint: ENDPOINT });
    expect((await notify()).noted.reason).toBe('redeemed_already');
    expect(pushed).toHaveLength(1);
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('gets its tokens at the endpoint that is registered at the moment, not at one that the function remembers', async () => {
    const { notify, registered, copy, pushed, answers } = pushingWorld();
    const move = (to: string) => {
      copy('bank');
      const client = registered.get('bank');
      if (client) registered.set('bank', { ...client, notificationEndpoint: to });
    };
    move('https://bank.example/second');
    answers.answers = { status: 503 };
    await notify();
    move('https://bank.example/third');
    await notify();
    expect(pushed.map(({ endpoint }) => endpoint)).toEqual([
      'https://bank.example/second',
      'https://bank.example/third',
    ]);
  });

  it('that is removed while its tokens wait gets none, and they are deleted at once', async () => {
    const { notify, registered, copy, pushed, stored, answers, waiting } = pushingWorld();
    answers.answers = { status: 503 };
    copy('bank');
    await notify();
    registered.delete('bank');
    expect(await notify()).toEqual({ noted: { reason: 'client_not_notified', ...ABOUT } });
    expect([pushed.length, waiting.address]).toEqual([1, undefined]);
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('that another one replaced while its tokens waited gets none, also where the function remembers the former one', async () => {
    const { notify, registered, copy, pushed, stored, answers, waiting } = pushingWorld();
    answers.answers = { status: 503 };
    copy('bank');
    await notify();
    const other = 'https://other.example/push';
    registered.set('bank', {
      ...BANK,
      registrationId: 'registration-2',
      deliveryMode: 'push',
      notificationEndpoint: other,
    });
    expect(await notify()).toEqual({ noted: { reason: 'client_not_notified', ...ABOUT } });
    expect([pushed.length, waiting.address]).toEqual([1, undefined]);
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('is told access_denied after the third wrong number (CIBA §12)', async () => {
    const { notify, bodies, signed } = pushingWorld({ ...FACTS, state: 'failed', because: 'wrong_number' });
    expect((await notify()).noted).toMatchObject({ reason: 'notified', pushed: 'access_denied' });
    expect(bodies()).toMatchObject([{ error: 'access_denied' }]);
    expect(signed).toEqual([]);
  });

  it('whose number was never entered is told expired_token, and its approval gives no tokens (CIBA §12)', async () => {
    const { notify, bodies, signed } = pushingWorld(requestIn('awaiting_number', { expiresAt: NOW - 40 }));
    expect((await notify(NOW, { watchesExpiry: true })).noted).toMatchObject({ pushed: 'expired_token' });
    expect(bodies()).toMatchObject([{ error: 'expired_token' }]);
    expect(signed).toEqual([]);
  });

  it('whose address was swept while its tokens waited gets none, and they are deleted', async () => {
    const { notify, pushed, stored, answers, waiting } = pushingWorld();
    answers.answers = { status: 503 };
    await notify();
    expect(stored()).toMatchObject({ sealed: { kid: 'key-1' } });
    waiting.address = undefined;
    expect(await notify()).toEqual({ noted: { reason: 'notified_already', ...ABOUT } });
    expect(pushed).toHaveLength(1);
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('that polls by now is not pushed, and one that is pinged by now is pinged', async () => {
    const { notify, registered, copy, pushed, sent } = pushingWorld();
    copy('bank');
    registered.set('bank', { ...BANK, deliveryMode: 'ping', notificationEndpoint: ENDPOINT });
    expect(await notify()).toMatchObject({ againInSeconds: 1, noted: { reason: 'not_decided_yet' } });
    expect(pushed).toEqual([]);
    copy('bank');
    expect((await notify()).noted.reason).toBe('notified');
    expect([pushed.length, sent.length]).toEqual([0, 1]);
  });
});

describe('what the endpoint answers (CIBA §10.3)', () => {
  it.each([200, 204, 299, 301, 302, 307, 400, 401, 404, 410])('%i ends it', async (status) => {
    const { notify, answers, waiting, stored } = pushingWorld();
    answers.answers = { status };
    const outcome = await notify();
    expect(outcome).not.toHaveProperty('againInSeconds');
    expect(outcome.noted).toMatchObject({ reason: 'notified', detail: status < 300 ? 'accepted' : 'refused' });
    expect(waiting.address).toBeUndefined();
    expect(stored()).toMatchObject({ sealed: undefined });
  });

  it.each([{ status: 429 }, { status: 500 }, { status: 503 }, { status: 0 }, { unreachable: 'timeout' }])(
    '%o is tried again with growing pauses, and every try sends the same bytes',
    async (answer) => {
      const { notify, answers, pushed, signed, time, waiting } = pushingWorld();
      answers.answers = answer;
      const pauses: unknown[] = [];
      for (let tries = 0; tries < 8; tries += 1) {
        pauses.push((await notify()).againInSeconds);
        time.now += 1;
      }
      expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
      expect(new Set(pushed.map(({ body }) => body)).size).toBe(1);
      expect(signed).toHaveLength(2);
      expect(waiting.lease).toBeUndefined();
    },
  );

  it('Retry-After makes a pause longer, never shorter: the first two up to 15 seconds, later ones up to 5 minutes', async () => {
    const { notify, answers } = pushingWorld();
    answers.answers = { status: 503, retryAfterSeconds: 90 };
    expect((await notify()).againInSeconds).toBe(15);
    expect((await notify()).againInSeconds).toBe(15);
    expect((await notify()).againInSeconds).toBe(90);
    answers.answers = { status: 429, retryAfterSeconds: 86_400 };
    expect((await notify()).againInSeconds).toBe(300);
    answers.answers = { status: 429, retryAfterSeconds: 0 };
    expect((await notify()).againInSeconds).toBe(16);
  });

  it('without success it ends with half of the access token’s life, in a dead letter that has no token', async () => {
    const { notify, answers, letters, time, waiting, stored, journal } = pushingWorld();
    answers.answers = { status: 500 };
    await notify();
    time.now = NOW + HALF - 1;
    expect((await notify()).againInSeconds).toBe(1);
    time.now = NOW + HALF;
    const outcome = await notify();
    const noted = {
      reason: 'notification_given_up',
      pushed: 'tokens',
      detail: 'unavailable',
      notification_status: 500,
    };
    expect(outcome).toEqual({ noted: { ...ABOUT, ...noted } });
    expect(journal.calls.slice(-4)).toEqual(['push', 'record dead letter', 'drop tokens', 'forget']);
    const letter = { requestId: REQUEST_ID, clientId: 'bank', correlationId: 'correlation-1', because: 'unavailable' };
    expect(letters).toEqual([letter]);
    expect(waiting.address).toBeUndefined();
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('a try that comes after half of the access token’s life sends nothing: a dead letter, and the tokens are deleted', async () => {
    const { notify, answers, letters, pushed, time, waiting, stored } = pushingWorld();
    answers.answers = { status: 500 };
    await notify();
    // The queue brought the message back late, because the function did not run for a while.
    answers.answers = { status: 204 };
    time.now = NOW + HALF + 6;
    expect(await notify()).toEqual({ noted: { ...ABOUT, reason: 'notification_given_up', detail: 'too_late' } });
    expect(pushed).toHaveLength(1);
    expect(letters).toMatchObject([{ because: 'too_late' }]);
    expect(waiting.address).toBeUndefined();
    expect(stored()).toMatchObject({ state: 'redeemed', sealed: undefined });
  });

  it('the last try may come some seconds after it was planned, as queues bring messages back', async () => {
    const { notify, answers, pushed, time } = pushingWorld();
    answers.answers = { status: 500 };
    await notify();
    answers.answers = { status: 204 };
    time.now = NOW + HALF + 5;
    expect((await notify()).noted).toMatchObject({ reason: 'notified', pushed: 'tokens' });
    expect(pushed).toHaveLength(2);
  });

  it('tokens whose key is gone are a dead letter, and are never made again', async () => {
    const { notify, answers, letters, deliveryKeys, signed, pushed } = pushingWorld();
    answers.answers = { status: 500 };
    await notify();
    deliveryKeys.clear();
    expect((await notify()).noted).toMatchObject({ reason: 'notification_given_up', detail: 'unreadable' });
    expect(letters).toMatchObject([{ because: 'unreadable' }]);
    expect([signed.length, pushed.length]).toEqual([2, 1]);
  });

  it('an error is tried again as well, with the same bytes', async () => {
    const { notify, answers, pushed } = pushingWorld(requestIn('denied'));
    answers.answers = { unreachable: 'connection_failed' };
    expect((await notify()).againInSeconds).toBe(1);
    answers.answers = { status: 200 };
    expect((await notify()).noted).toMatchObject({ reason: 'notified', pushed: 'access_denied' });
    expect(new Set(pushed.map(({ body }) => body)).size).toBe(1);
  });
});

describe('an expiry is told by a message that is sent again until its time has come (CIBA §12)', () => {
  const watch = { watchesExpiry: true } as const;

  it('it waits outside of anybody’s hands, at most a quarter of an hour at a time', async () => {
    const { notify, announcedLater, time, pushed, journal } = pushingWorld(
      requestIn('pending', { expiresAt: NOW + 1000 }),
    );
    expect(await notify(NOW, watch)).toEqual({ noted: { reason: 'expiry_watched', ...ABOUT } });
    time.now = NOW + 900;
    await notify(time.now, watch);
    expect(announcedLater).toEqual([
      { seconds: 900, requestId: REQUEST_ID },
      { seconds: 140, requestId: REQUEST_ID },
    ]);
    expect(pushed).toEqual([]);
    expect(journal.calls).not.toContain('claim for 20 seconds');
  });

  it('of a request of 72 hours it is 289 messages, of which none waits in the hands of a function', async () => {
    const expiresAt = NOW + 259_200;
    const { notify, announcedLater, time, bodies } = pushingWorld(requestIn('pending', { expiresAt }));
    for (let outcome = await notify(time.now, watch); outcome.noted.reason === 'expiry_watched'; ) {
      expect(outcome.againInSeconds).toBeUndefined();
      time.now += announcedLater.at(-1)?.seconds ?? 0;
      outcome = await notify(time.now, watch);
    }
    expect([announcedLater.length, time.now]).toEqual([289, expiresAt + 40]);
    expect(bodies()).toMatchObject([{ error: 'expired_token' }]);
  });

  it('expired_token is pushed once no decision can follow', async () => {
    const { notify, bodies, time, waiting } = pushingWorld(requestIn('pending', { expiresAt: NOW }));
    time.now = NOW + 39;
    expect((await notify(time.now, watch)).noted.reason).toBe('expiry_watched');
    time.now = NOW + 40;
    expect((await notify(time.now, watch)).noted).toMatchObject({ reason: 'notified', pushed: 'expired_token' });
    expect(bodies()).toMatchObject([{ auth_req_id: 'auth-req-1', error: 'expired_token' }]);
    expect(waiting.address).toBeUndefined();
    expect((await notify(time.now, watch)).noted.reason).toBe('notified_already');
    expect(bodies()).toHaveLength(1);
  });

  it.each<AuthenticationRequest['state']>(['approved', 'denied'])(
    'of a request that is %s it says nothing: the decision has an announcement of its own',
    async (state) => {
      const { notify, pushed, waiting } = pushingWorld(requestIn(state));
      expect((await notify(NOW, watch)).noted.reason).toBe('decided_already');
      expect(pushed).toEqual([]);
      expect(waiting.address).toBeDefined();
    },
  );

  it('a client that its user reported hears of a denial when a person would have answered', async () => {
    const { notify, announcedLater, time, bodies } = pushingWorld(requestIn('pending', { deniedFrom: NOW + 30 }));
    expect((await notify(NOW, watch)).noted.reason).toBe('expiry_watched');
    expect(announcedLater).toEqual([{ seconds: 30, requestId: REQUEST_ID }]);
    time.now = NOW + 30;
    expect((await notify(time.now, watch)).noted).toMatchObject({ pushed: 'access_denied' });
    expect(bodies()).toHaveLength(1);
  });

  it('a decision that was announced and never came is no expiry: the address is kept', async () => {
    const { notify, pushed, waiting, announcedLater } = pushingWorld(requestIn('pending', { expiresAt: NOW }));
    expect(await notify(NOW - 39)).toMatchObject({ againInSeconds: 1, noted: { reason: 'not_decided_yet' } });
    expect((await notify(NOW - 40)).noted.reason).toBe('never_decided');
    expect([pushed, announcedLater]).toEqual([[], []]);
    expect(waiting.address).toBeDefined();
  });
});

describe('never two sets of tokens (CIBA §10.1.1)', () => {
  const CALLS = 14;

  it.each(['fails', 'answer lost', 'dies'] as const)(
    'whatever call %s: the message comes back, and the client gets one set, the same bytes each time',
    async (fault) => {
      for (let at = 1; at <= CALLS; at += 1) {
        const { notify, journal, time, pushed, audited, stored, waiting } = pushingWorld();
        journal.breakOnce(fault, at);
        await notify().catch(() => undefined);
        journal.heal();
        // The queue hides the message for longer than a lease holds.
        time.now += 30;
        await notify();
        const what = `${fault} at ${journal.calls[at - 1]}`;
        expect(pushed.length, what).toBeGreaterThan(0);
        expect(new Set(pushed.map(({ body }) => body)).size, what).toBe(1);
        expect(audited.filter(({ event }) => event === 'tokens_issued').length, what).toBeLessThanOrEqual(1);
        expect(stored(), what).toMatchObject({ state: 'redeemed', sealed: undefined });
        expect(waiting.address, what).toBeUndefined();
      }
    },
  );

  it('when the request is redeemed by another while the tokens are signed: they are thrown away', async () => {
    const { notify, journal, requests, pushed } = pushingWorld();
    journal.meanwhile('claim request', () => {
      requests.set(REQUEST_ID, { ...requestIn('redeemed'), requestId: REQUEST_ID });
    });
    expect(await notify()).toMatchObject({ againInSeconds: 1, noted: { reason: 'not_decided_yet' } });
    journal.heal();
    expect((await notify()).noted.reason).toBe('redeemed_already');
    expect(pushed).toEqual([]);
  });

  it.each(['sign', 'claim request'])(
    'when the client withdraws the request at "%s": the tokens are thrown away, and nothing is told',
    async (call) => {
      const { notify, journal, requests, pushed } = pushingWorld();
      const withdrawn = { ...FACTS, state: 'failed', because: 'withdrawn', requestId: REQUEST_ID } as const;
      journal.meanwhile(call, () => void requests.set(REQUEST_ID, withdrawn));
      expect(await notify()).toMatchObject({ againInSeconds: 1, noted: { reason: 'not_decided_yet' } });
      journal.heal();
      expect((await notify()).noted.reason).toBe('request_withdrawn');
      expect([pushed, journal.calls.at(-1)]).toEqual([[], 'forget']);
    },
  );

  it('two consumers at once: the second waits for the lease of the first', async () => {
    const { notify, pushed, time } = pushingWorld();
    const both = await Promise.all([notify(), notify()]);
    expect(both.map(({ noted }) => noted.reason).toSorted()).toEqual(['being_notified', 'notified']);
    time.now += 20;
    expect((await notify()).noted.reason).toBe('redeemed_already');
    expect(pushed).toHaveLength(1);
  });

  it('a message that is delivered again after the delivery pushes nothing', async () => {
    const { notify, pushed } = pushingWorld();
    await notify();
    expect((await notify()).noted.reason).toBe('redeemed_already');
    expect(pushed).toHaveLength(1);
  });
});
