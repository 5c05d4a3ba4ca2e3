import { describe, expect, it } from 'vitest';
import { isLongLived } from '../../../provider/core/asking/rate-window.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { FIRST_REQUEST } from '../world/world.ts';
import { askingWorld } from './given.ts';

const settings = { expiry: { default: 120, limit: 259_200 } };
const LONG = { requested_expiry: '259200' };
const REPORTED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: NOW - 100,
  report: { at: NOW - 100, requestId: 'request-0' },
};

describe('a request that may wait for days', () => {
  it('is long-lived if it lives longer than an hour, and only then counts for the day', async () => {
    expect([isLongLived(3600), isLongLived(3601)]).toEqual([false, true]);
    for (const [asked, call] of [
      ['3600', 'count user ana'],
      ['3601', 'count user ana, long'],
    ] as const) {
      const { ask, journal } = askingWorld({ settings });
      await ask({ requested_expiry: asked });
      expect(journal.calls.filter((one) => one.startsWith('count user'))).toEqual([call]);
    }
  });

  it('is counted as what it gets, not as what was asked for', async () => {
    const { ask, journal } = askingWorld({ settings: { expiry: { default: 120, limit: 3600 } } });
    expect(valueFrom(await ask(LONG)).expires_in).toBe(3600);
    expect(journal.calls).toContain('count user ana');
  });

  it('is refused at a limit of the user: nothing is stored, nobody is rung (CIBA §14)', async () => {
    const { ask, limits, rung, requests } = askingWorld({ settings });
    limits.user = { allowed: false, retryAfterSeconds: 40_000 };
    expect(refusalOf(await ask(LONG))).toEqual({ reason: 'user_rate_limited', retryAfterSeconds: 40_000 });
    expect([rung, requests.stored.size]).toEqual([[], 0]);
  });

  it('is taken from the counts of the day again when no phone rings', async () => {
    const without = askingWorld({ settings, devices: [] });
    expect(refusalOf(await without.ask(LONG))).toMatchObject({ reason: 'no_reachable_device' });
    const { ask, fates, journal } = askingWorld({ settings });
    fates.set('phone', 'unreachable');
    expect(refusalOf(await ask(LONG))).toMatchObject({ reason: 'no_reachable_device' });
    for (const world of [without.journal, journal]) expect(world.calls).toContain(`give back ana of ${NOW}, long`);
  });

  it('is the only one of its client, where there may be one only: the next is told to wait for as long', async () => {
    const { ask } = askingWorld({ settings: { ...settings, hasOneOpenRequest: true } });
    expect((await ask(LONG)).ok).toBe(true);
    expect(refusalOf(await ask())).toEqual({ reason: 'request_open', retryAfterSeconds: 259_200 });
  });

  it('of a client that the user reported is counted for that client alone, denied as soon as a short one', async () => {
    const { ask, journal, requests } = askingWorld({ settings, blocks: [REPORTED] });
    expect(valueFrom(await ask(LONG))).toMatchObject({ expires_in: 259_200, interval: 120 });
    expect(journal.calls).toContain('count bank silently for ana, long');
    expect(journal.calls).toContain(`give back ana of ${NOW}, long`);
    const [request] = requests.stored.values();
    expect(request?.deniedFrom).toBeLessThanOrEqual(NOW + 45);
    expect(request?.intervalSeconds).toBe(120);
  });

  it('for somebody who is concealed gets the same answer, interval and end, in as many waves of calls', async () => {
    const concealed = { ...settings, concealsUsers: true };
    const person = askingWorld({ settings: concealed });
    const nobody = askingWorld({ settings: concealed });
    const waves = [person.journal.inWaves(), nobody.journal.inWaves()];
    const answers = [await person.ask(LONG), await nobody.ask({ ...LONG, login_hint: 'nobody@example.com' })];
    expect(answers[0]).toEqual(answers[1]);
    expect([waves[0]?.length, waves[1]?.length]).toEqual([5, 5]);
    expect(nobody.requests.stored.get(FIRST_REQUEST)).toMatchObject({
      isConcealed: true,
      expiresAt: NOW + 259_200,
      intervalSeconds: 120,
    });
    expect(nobody.journal.calls.find((call) => call.startsWith('give back'))).toMatch(/, long$/);
  });
});
