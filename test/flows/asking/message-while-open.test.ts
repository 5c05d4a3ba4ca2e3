import { describe, expect, it } from 'vitest';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { NOW, refusalOf } from '../../core/given.ts';
import { askingWorld } from './given.ts';

const settings = { needsMessageWhileOpen: true };
const NEEDED = { reason: 'binding_message_needed' };
const REPORTED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: NOW - 100,
  report: { at: NOW - 100, requestId: 'request-0' },
};
const WITH_MESSAGE = { binding_message: 'Order 4711' };

describe('where a request needs a binding message while another one is open (CIBA §7.1, §13)', () => {
  it('the first one needs none; the second one does, rings nobody and uses up no limit', async () => {
    const { ask, journal, requests, questions } = askingWorld({ settings });
    expect((await ask()).ok).toBe(true);
    expect(refusalOf(await ask())).toEqual(NEEDED);
    expect(journal.calls.slice(-2).toSorted()).toEqual([`give back ana of ${NOW}`, 'remove question of bank to ana']);
    expect([requests.created.length, questions.length]).toEqual([1, 1]);
    expect((await ask(WITH_MESSAGE)).ok).toBe(true);
    expect(questions).toHaveLength(2);
  });

  it('a question of another client counts, and one that has expired does not', async () => {
    const { ask, questions, time } = askingWorld({ settings });
    questions.push({ id: 'theirs', sub: 'ana', clientId: 'shop', expiresAt: NOW + 10 });
    expect(refusalOf(await ask())).toEqual(NEEDED);
    time.now += 10;
    expect((await ask()).ok).toBe(true);
  });

  it('of two at the same moment, one is asked', async () => {
    const { ask, requests } = askingWorld({ settings });
    const both = await Promise.all([ask(), ask()]);
    expect(both.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
    expect(requests.created).toHaveLength(1);
  });

  it('the question is added in the wave that reads the user, and its id is stored with the request', async () => {
    const { ask, journal, requests, questions } = askingWorld({ settings });
    await ask();
    const added = journal.calls.indexOf('add question of bank to ana');
    expect(journal.calls.indexOf('count user ana')).toBe(added - 1);
    expect(requests.created[0]?.questionId).toBe(questions[0]?.id);
  });

  it('nothing stays open for which no phone rings', async () => {
    for (const given of [{ devices: [] }, {}]) {
      const world = askingWorld({ settings, ...given });
      world.fates.set('phone', 'outage');
      expect((await world.ask()).ok).toBe(false);
      expect(world.questions).toEqual([]);
    }
  });

  it('a reported client meets its own silent question until it hears of the denial, as if it had rung', async () => {
    const { ask, questions, time } = askingWorld({ settings, blocks: [REPORTED] });
    expect((await ask()).ok).toBe(true);
    expect(questions).toEqual([expect.objectContaining({ isSilent: true, expiresAt: NOW + 5 })]);
    expect(refusalOf(await ask())).toEqual(NEEDED);
    time.now += 5;
    expect((await ask()).ok).toBe(true);
  });

  it('the synthetic login needs none, and nothing is kept where the setting is off', async () => {
    const synthetic = askingWorld({ settings, client: { isSynthetic: true } });
    expect([(await synthetic.ask()).ok, (await synthetic.ask()).ok]).toEqual([true, true]);
    const off = askingWorld();
    expect([(await off.ask()).ok, (await off.ask()).ok]).toEqual([true, true]);
    expect([...synthetic.questions, ...off.questions]).toEqual([]);
    expect(off.requests.created[0]?.questionId).toBeUndefined();
  });
});
