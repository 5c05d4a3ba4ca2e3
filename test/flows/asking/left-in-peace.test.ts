import { describe, expect, it } from 'vitest';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { NOW, refusalOf, requestIn, valueFrom } from '../../core/given.ts';
import { FIRST_REQUEST, FIRST_SECRET } from '../world/world.ts';
import { askingWorld, kindsOf } from './given.ts';

const SETTINGS = { denialPause: DEFAULTS.denialPause };
const DENIED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: NOW - 10,
};
const REPORTED: ClientBlock = { ...DENIED, deniedAt: NOW - 100, report: { at: NOW - 100, requestId: 'request-0' } };

describe('after a denial (RFC 10027 §6.1.11)', () => {
  it('the client pauses: nothing is stored, nobody is rung, and the attempt uses up no limit of the user', async () => {
    const { ask, journal, rung, requests } = askingWorld({ settings: SETTINGS, blocks: [DENIED] });
    expect(refusalOf(await ask())).toEqual({ reason: 'client_paused', retryAfterSeconds: 5 });
    expect(journal.calls.slice(-2)).toEqual(['count user ana', `give back ana of ${NOW}`]);
    expect([requests.stored.size, rung.length]).toEqual([0, 0]);
  });

  it('the client may ask again once the pause is over, and an approval of that request ends the pauses', async () => {
    const { ask, requests } = askingWorld({ settings: SETTINGS, blocks: [{ ...DENIED, deniedAt: NOW - 15 }] });
    expect((await ask()).ok).toBe(true);
    expect(requests.created[0]?.isAfterDenial).toBe(true);
  });

  it('other clients, and a later registration of the same id, do not pause', async () => {
    for (const different of [{ clientId: 'shop' }, { registrationId: 'registration-2' }, { profileId: 'profile-2' }]) {
      const { ask, requests } = askingWorld({ settings: SETTINGS, blocks: [{ ...DENIED, ...different }] });
      expect((await ask()).ok).toBe(true);
      expect(requests.created[0]?.isAfterDenial).toBe(undefined);
    }
  });

  it('nobody pauses where pauses are switched off', async () => {
    const { ask } = askingWorld({ settings: { denialPause: undefined }, blocks: [DENIED] });
    expect((await ask()).ok).toBe(true);
  });
});

describe('an attempt that rings nobody', () => {
  it('uses up no limit of a blocked user, or of one without a device', async () => {
    for (const given of [{ users: [], blocks: [] }, { devices: [] }]) {
      const world = askingWorld(given);
      world.logins.set('email ana@example.com', 'ana');
      expect((await world.ask()).ok).toBe(false);
      expect(world.journal.calls.at(-1)).toBe(`give back ana of ${NOW}`);
    }
  });

  it('that was not counted is not given back', async () => {
    const world = askingWorld({ devices: [] });
    world.limits.user = { allowed: false, retryAfterSeconds: 42 };
    expect((await world.ask()).ok).toBe(false);
    expect(world.journal.calls.at(-1)).toBe('count user ana');
  });
});

describe('a client that looks for users (CIBA §13)', () => {
  const clientLimits = { requestsPerMinute: undefined, unknownUsers: 100 };

  it('is counted with each unknown user that it names, blocked ones too', async () => {
    const world = askingWorld({ settings: { clientLimits } });
    expect((await world.ask({ login_hint: 'nobody@example.com' })).ok).toBe(false);
    expect(world.journal.calls.at(-1)).toBe('count unknown user of bank');
    const other = askingWorld({ settings: { clientLimits }, client: { onlySub: 'bo' } });
    expect((await other.ask()).ok).toBe(false);
    expect(other.journal.calls.at(-1)).toBe('count unknown user of bank');
  });

  it('is counted once for each name of an unknown user, so that several names in one hint are several guesses', async () => {
    const world = askingWorld({ settings: { clientLimits } });
    const identifiers = ['a', 'b', 'c'].map((name) => ({ format: 'email', email: `${name}@example.com` }));
    expect((await world.ask({ login_hint: JSON.stringify({ format: 'aliases', identifiers }) })).ok).toBe(false);
    expect(world.journal.calls.at(-1)).toBe('count unknown user of bank, by 3 names');
  });

  it('is not counted with a user that it may ask, or that has no phone', async () => {
    for (const given of [{}, { devices: [] }]) {
      const world = askingWorld({ ...given, settings: { clientLimits } });
      await world.ask();
      expect(world.journal.calls).not.toContain('count unknown user of bank');
    }
  });

  it('is refused when it has named too many, before any user is read', async () => {
    const world = askingWorld({ settings: { clientLimits } });
    world.limits.client = { allowed: false, retryAfterSeconds: 3600, isGuessing: true };
    expect(refusalOf(await world.ask())).toEqual({ reason: 'too_many_unknown_users', retryAfterSeconds: 3600 });
    expect(world.journal.calls.at(-1)).toBe('resolve email ana@example.com');
  });
});

describe('a client that the user reported for fraud', () => {
  it('gets the same answer as ever, for a request that rings nobody and has no details for a phone', async () => {
    const world = askingWorld({ settings: SETTINGS, blocks: [REPORTED] });
    const usual = askingWorld({ settings: SETTINGS });
    expect(valueFrom(await world.ask())).toEqual(valueFrom(await usual.ask()));
    expect(world.rung).toEqual([]);
    expect(world.requests.created).toEqual([]);
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending', deniedFrom: NOW + 5 });
    expect(world.line()).toMatchObject({ reported: true });
  });

  it('leaves nothing stored that names the person: an erasure could not find the request', async () => {
    const world = askingWorld({ settings: SETTINGS, blocks: [REPORTED] });
    await world.ask();
    const stored = world.requests.stored.get(FIRST_REQUEST);
    expect(stored).toMatchObject({ clientId: 'bank', registrationId: 'registration-1' });
    expect(JSON.stringify(stored)).not.toMatch(/ana|profile-1/);
    expect(stored?.sub).not.toBe(stored?.profileId);
  });

  it('is counted by itself, the user gets the attempt back, and the announcement comes when a push would', async () => {
    const world = askingWorld({ settings: SETTINGS, blocks: [REPORTED] });
    await world.ask();
    expect(world.journal.calls.slice(world.journal.calls.indexOf('count user ana'))).toEqual([
      'count user ana',
      'count bank silently for ana',
      `give back ana of ${NOW}`,
      'store silent request',
      'announce to bank',
      'count a silent denial of bank for ana',
    ]);
    expect(world.blocks.get('ana bank')).toMatchObject({ denials: 2, deniedAt: NOW + 5, report: REPORTED.report });
  });

  it('pauses after the denial that it hears of, like after a true one', async () => {
    const world = askingWorld({ settings: SETTINGS, blocks: [{ ...REPORTED, deniedAt: NOW - 1 }] });
    expect(refusalOf(await world.ask())).toEqual({ reason: 'client_paused', retryAfterSeconds: 14 });
  });

  it('meets the limit of the user, and the answer to an outage of SNS', async () => {
    const limited = askingWorld({ blocks: [REPORTED] });
    limited.limits.silent = { allowed: false, retryAfterSeconds: 42 };
    expect(refusalOf(await limited.ask())).toEqual({ reason: 'user_rate_limited', retryAfterSeconds: 42 });
    expect(limited.journal.calls).not.toContain('announce to bank');
    const out = askingWorld({ blocks: [REPORTED] });
    out.journal.breakAt('announce');
    expect(refusalOf(await out.ask())).toEqual({ reason: 'push_unavailable', retryAfterSeconds: 5 });
    expect(out.requests.stored.get(FIRST_REQUEST)?.state).toBe('failed');
  });

  it.each([
    ['by default', {}],
    ['where it may have one request open', { hasOneOpenRequest: true }],
    ['and needs a message beside another one', { hasOneOpenRequest: true, needsMessageWhileOpen: true }],
  ])('is answered after as many waves of calls as every other one, %s', async (_, more) => {
    const waves = async (blocks: readonly ClientBlock[]) => {
      const world = askingWorld({ settings: { ...SETTINGS, ...more }, blocks });
      const seen = world.journal.inWaves();
      valueFrom(await world.ask());
      return seen.length;
    };
    // The first one loads code.
    await waves([]);
    expect(await waves([REPORTED])).toBe(await waves([]));
  });

  it('is not denied what it was refused: a limit leaves nothing open, and no denial', async () => {
    const settings = { ...SETTINGS, hasOneOpenRequest: true, needsMessageWhileOpen: true };
    const world = askingWorld({ settings, blocks: [REPORTED] });
    world.limits.silent = { allowed: false, retryAfterSeconds: 42 };
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(refusalOf(await world.ask())).toEqual({ reason: 'user_rate_limited', retryAfterSeconds: 42 });
    expect([world.opened.size, world.questions, world.blocks.get('ana bank')]).toEqual([0, [], REPORTED]);
  });

  it('has one request open of many that it asks at once, like every other one', async () => {
    const settings = { ...SETTINGS, hasOneOpenRequest: true };
    const asked = async (blocks: readonly ClientBlock[]) => {
      const world = askingWorld({ settings, blocks });
      world.journal.inWaves();
      // Each begins one wave of calls later than the one before.
      const results = await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          for (let wave = 0; wave < index; wave += 1) await new Promise((resolve) => setImmediate(resolve));
          return world.ask();
        }),
      );
      return results.filter(({ ok }) => ok).length;
    };
    expect([await asked([]), await asked([REPORTED])]).toEqual([1, 1]);
  });

  it('is told what others are told of a user without a phone', async () => {
    const world = askingWorld({ blocks: [REPORTED], devices: [] });
    expect(refusalOf(await world.ask())).toEqual({ reason: 'no_reachable_device', devices: 0 });
  });

  it('rings the user again where reports do not block', async () => {
    const world = askingWorld({ settings: { blocksReported: false }, blocks: [REPORTED] });
    expect((await world.ask()).ok).toBe(true);
    expect(world.rung).toHaveLength(1);
    expect(JSON.stringify(world.line())).not.toContain(FIRST_SECRET);
  });
});

describe('where a client may have one request open with each user (RFC 10027 §6.1.11)', () => {
  const settings = { hasOneOpenRequest: true };

  it('the second one is refused until the first expires, and uses up no limit of the user', async () => {
    const { ask, journal, requests } = askingWorld({ settings });
    expect((await ask()).ok).toBe(true);
    expect(requests.created[0]?.isOnlyOne).toBe(true);
    expect(refusalOf(await ask())).toEqual({ reason: 'request_open', retryAfterSeconds: 120 });
    expect(journal.calls.at(-1)).toBe(`give back ana of ${NOW}`);
    expect(requests.created).toHaveLength(1);
  });

  it('nothing stays open for which no phone rings', async () => {
    for (const given of [{ devices: [] }, {}]) {
      const world = askingWorld({ settings, ...given });
      world.fates.set('phone', 'outage');
      expect((await world.ask()).ok).toBe(false);
      expect(world.opened.size).toBe(0);
    }
  });

  it('a request of a reported client is open until the client hears of the denial', async () => {
    const world = askingWorld({ settings, blocks: [REPORTED] });
    expect((await world.ask()).ok).toBe(true);
    expect(world.opened.get('ana bank')).toMatchObject({ expiresAt: NOW + 5, toldUntil: NOW + 120 });
    // The client must not learn from the time to wait that the end is near.
    expect(refusalOf(await world.ask())).toEqual({ reason: 'request_open', retryAfterSeconds: 120 });
  });

  it.each<[string, (request: AuthenticationRequest) => AuthenticationRequest]>([
    ['was withdrawn', (request) => ({ ...request, state: 'failed', because: 'withdrawn' })],
    ['failed by wrong numbers', (request) => ({ ...request, state: 'failed', because: 'wrong_number' })],
    ['rang no phone', (request) => ({ ...request, state: 'failed' })],
    ['was denied', (request) => ({ ...request, state: 'denied', deviceId: 'phone' })],
  ])('one that %s is in nobody’s way, although the function ended before it closed it', async (_, ended) => {
    const { ask, requests, opened, time } = askingWorld({
      settings: { ...settings, expiry: { default: 120, limit: 259_200 } },
    });
    valueFrom(await ask({ requested_expiry: '259200' }));
    const request = requests.stored.get(FIRST_REQUEST);
    if (!request) throw new Error('no request');
    requests.stored.set(FIRST_REQUEST, ended(request));
    time.now += 1;
    expect((await ask()).ok).toBe(true);
    expect(opened.get('ana bank')).toMatchObject({ expiresAt: NOW + 121 });
    expect(refusalOf(await ask())).toEqual({ reason: 'request_open', retryAfterSeconds: 120 });
  });

  it.each(['pending', 'awaiting_number'] as const)('one that is %s stays in the way', async (state) => {
    const { ask, requests } = askingWorld({ settings });
    valueFrom(await ask());
    requests.stored.set(FIRST_REQUEST, requestIn(state, { requestId: FIRST_REQUEST }));
    expect(refusalOf(await ask())).toMatchObject({ reason: 'request_open' });
  });

  it('one that is not stored yet stays in the way, and one that never will be does not', async () => {
    const { ask, requests, time } = askingWorld({ settings });
    valueFrom(await ask());
    requests.stored.clear();
    time.now += 59;
    expect(refusalOf(await ask())).toEqual({ reason: 'request_open', retryAfterSeconds: 61 });
    time.now += 1;
    expect((await ask()).ok).toBe(true);
  });

  it('of two that find it ended, one takes its place', async () => {
    const { ask, requests } = askingWorld({ settings });
    valueFrom(await ask());
    requests.stored.set(FIRST_REQUEST, requestIn('failed', { requestId: FIRST_REQUEST }));
    const results = await Promise.all([ask(), ask()]);
    expect(results.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
  });

  it('a reported client meets its own one with the same calls, and what is stored of it leads to no request', async () => {
    const second = async (given: Parameters<typeof askingWorld>[0]) => {
      const world = askingWorld({ settings: { ...settings, ...SETTINGS }, ...given });
      valueFrom(await world.ask());
      const waves = world.journal.inWaves();
      const refusal = refusalOf(await world.ask());
      return { told: { refusal, kinds: kindsOf(waves) }, world };
    };
    const reported = await second({ blocks: [REPORTED] });
    expect(reported.told).toEqual((await second({})).told);
    const { requestId = '' } = reported.world.opened.get('ana bank') ?? {};
    expect(reported.world.requests.stored.has(requestId)).toBe(false);
    expect(requestId).not.toBe('');
  });
});
