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

describe('where users are concealed', () => {
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

  it('a second request for nobody is refused as one for a person is, where one may be open with each user', async () => {
    for (const form of [{ login_hint: 'nobody@example.com' }, {}]) {
      const world = askingWorld({ settings: { ...settings, hasOneOpenRequest: true } });
      expect((await world.ask(form)).ok).toBe(true);
      expect(refusalOf(await world.ask(form))).toEqual({ reason: 'request_open', retryAfterSeconds: 120 });
    }
  });

  it('a person whose only phone turns out to be dead is not given away either', async () => {
    const world = askingWorld({ settings });
    world.fates.set('phone', 'unreachable');
    expect((await world.ask()).ok).toBe(true);
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending' });
    expect(world.line()).toMatchObject({ concealed: 'no_reachable_device' });
  });

  it('an outage of SNS is told for nobody as for a person, and leaves no pending request', async () => {
    const world = askingWorld({ settings });
    world.journal.breakAt('announce to bank');
    expect(refusalOf(await world.ask({ login_hint: 'nobody@example.com' }))).toMatchObject({
      reason: 'push_unavailable',
    });
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
