import { describe, expect, it } from 'vitest';
import { nobodyNamed } from '../../../provider/core/asking/concealment.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { FIRST_REQUEST } from '../world/world.ts';
import { askingWorld } from './given.ts';

const settings = { concealsUsers: true, clientLimits: { requestsPerMinute: 60, unknownUsers: 100 } };
const NOBODY = nobodyNamed({ kind: 'identifier', identifier: { type: 'email', value: 'nobody@example.com' } });
const ANA = nobodyNamed({ kind: 'identifier', identifier: { type: 'email', value: 'ana@example.com' } });

/** Each reason for which nobody is asked: the world, and what the client sends. */
function unasked() {
  const limited = askingWorld({ settings });
  limited.limits.user = { allowed: false, retryAfterSeconds: 42 };
  return [
    { world: askingWorld({ settings }), form: { login_hint: 'nobody@example.com' }, concealed: 'unknown_user' },
    { world: askingWorld({ settings, users: [] }), form: {}, concealed: 'unknown_user' },
    { world: askingWorld({ settings, client: { onlySub: 'bo' } }), form: {}, concealed: 'unknown_user' },
    { world: askingWorld({ settings, devices: [] }), form: {}, concealed: 'no_reachable_device' },
    { world: limited, form: {}, concealed: 'user_rate_limited' },
  ];
}

describe('where users are concealed (CIBA §14)', () => {
  it('a request for somebody who is not asked is accepted, rings nobody, and stays pending', async () => {
    for (const { world, form, concealed } of unasked()) {
      const answer = valueFrom(await world.ask(form));
      expect(answer).toMatchObject({ expires_in: 120, interval: 5 });
      expect(world.rung).toEqual([]);
      expect(world.requests.created).toEqual([]);
      expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending', isConcealed: true });
      expect(world.line()).toMatchObject({ concealed });
    }
  });

  it('what is stored names nobody, also where a person was meant', async () => {
    const unknown = askingWorld({ settings });
    await unknown.ask({ login_hint: 'nobody@example.com' });
    expect(unknown.requests.stored.get(FIRST_REQUEST)).toMatchObject(NOBODY);
    const meant = askingWorld({ settings, devices: [] });
    await meant.ask();
    expect(meant.requests.stored.get(FIRST_REQUEST)).toMatchObject(ANA);
  });

  it('a hint that names nobody takes the same steps as one that names a person without a phone', async () => {
    const unknown = askingWorld({ settings });
    await unknown.ask({ login_hint: 'nobody@example.com' });
    const phoneless = askingWorld({ settings, devices: [] });
    await phoneless.ask();
    const steps = (calls: readonly string[], sub: string) =>
      calls.map((call) => call.replace(/\S+@example\.com/, 'HINT').replaceAll(sub, 'SUB'));
    expect(steps(unknown.journal.calls, NOBODY.sub)).toEqual(steps(phoneless.journal.calls, 'ana'));
  });

  it('no attempt that rings nobody uses up a limit, and no count tells later how many users were unknown', async () => {
    const world = askingWorld({ settings });
    await world.ask({ login_hint: 'nobody@example.com' });
    expect(world.journal.calls).toContain(`give back ${NOBODY.sub} of ${NOW}`);
    expect(world.journal.calls).not.toContain('count unknown user of bank');
  });

  it.each([
    ['turns out to be dead', 'unreachable', 'no_reachable_device'],
    ['cannot be pushed to, while SNS takes the announcement', 'outage', 'push_unavailable'],
  ] as const)('a person whose only phone %s is not given away either', async (_, fate, concealed) => {
    const world = askingWorld({ settings });
    world.fates.set('phone', fate);
    expect((await world.ask()).ok).toBe(true);
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending' });
    expect(world.line()).toMatchObject({ concealed });
    expect(world.journal.calls).toContain(`give back ana of ${NOW}`);
    expect(world.journal.calls.at(-1)).toBe('announce to bank');
  });

  it('a client that was reported and meets the limit of the user is answered as everybody is', async () => {
    const report = { at: NOW - 100, requestId: 'request-0' };
    const block = { clientId: 'bank', registrationId: 'registration-1', profileId: 'profile-1', denials: 1 };
    const world = askingWorld({ settings, blocks: [{ ...block, deniedAt: NOW - 100, report }] });
    world.limits.silent = { allowed: false, retryAfterSeconds: 42 };
    expect((await world.ask()).ok).toBe(true);
    expect([...world.requests.stored.values()].at(-1)).toMatchObject({ state: 'pending', isConcealed: true });
  });

  it.each([
    ['nobody', 'nobody@example.com'],
    ['a person', 'ana@example.com'],
  ])('an outage of all of SNS is told for %s, and leaves no pending request', async (_, login_hint) => {
    const world = askingWorld({ settings });
    world.fates.set('phone', 'outage');
    world.journal.breakAt('announce to bank');
    expect(refusalOf(await world.ask({ login_hint }))).toMatchObject({ reason: 'push_unavailable' });
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'failed' });
  });

  it('a client that is over its own limit, or pauses, is told so', async () => {
    const world = askingWorld({ settings });
    world.limits.client = { allowed: false, retryAfterSeconds: 9 };
    expect(refusalOf(await world.ask({ login_hint: 'nobody@example.com' }))).toEqual({
      reason: 'client_rate_limited',
      retryAfterSeconds: 9,
    });
  });
});
