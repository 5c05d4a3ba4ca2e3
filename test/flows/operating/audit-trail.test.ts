import { describe, expect, it } from 'vitest';
import { Outage } from '../world/journal.ts';
import { CHANGING_FLOWS } from './changing-flows.ts';
import { type Broken, differences, startWatched } from './trail-faults.ts';

const FAULTS = ['fails', 'answer lost', 'dies'] as const;

/** Every call of every flow: the number of the call among those of the flow. */
const STEPS = (
  await Promise.all(
    CHANGING_FLOWS.map(async (flow) => {
      const { journal, run } = flow.start();
      await run();
      return journal.all.map((call, index) => [index + 1, call, flow.name, flow] as const);
    }),
  )
).flat();

const byName = CHANGING_FLOWS.map((flow) => [flow.name, flow] as const);
/** What a flow throws when the world is out, or when it cannot go on without the audit trail. */
const orOutage = (error: unknown) => {
  if (!(error instanceof Outage)) expect(error).toEqual(new Error('the audit trail cannot be written'));
};

describe('the trail of each flow that changes something', () => {
  it.each(byName)('is complete and true when nothing goes wrong: %s', async (_name, flow) => {
    const world = startWatched(flow);
    await world.run();
    expect(world.check()).toBe('');
    const hasDone = world.trail.some(
      (one) => one.phase === 'done' && !('outcome' in one && one.outcome !== 'recorded'),
    );
    expect(hasDone).toBe(!flow.changesNothing);
    expect(world.trail.some(({ phase }) => phase === 'failed')).toBe(flow.isUnclear === true);
  });

  it.each(STEPS)(
    'tells the truth when step %i (%s) of %s fails, when its answer is lost, and when the process dies there',
    async (at, _call, _name, flow) => {
      for (const fault of FAULTS) {
        const broken: Broken = { fault, at };
        const world = startWatched(flow);
        world.journal.breakOnce(fault, at);
        await world.run().catch(orOutage);
        expect(world.check(broken), fault).toBe('');
        // Whoever asked tries again.
        world.journal.heal();
        await world.run();
        expect(world.check(broken), `${fault}, then again`).toBe('');
      }
    },
  );

  it.each(byName)('while the store is out, only what takes rights away is made: %s', async (_name, flow) => {
    const [world, well] = [startWatched(flow), startWatched(flow)];
    const before = structuredClone(world.state());
    world.store.isOut = true;
    await world.run().catch(orOutage);
    await well.run();
    const expected = flow.takesAway ? well.state() : before;
    expect(differences(world.state(), expected)).toEqual([]);
    expect(world.check()).toBe('');
    expect(world.trail.some(({ isStored }) => isStored)).toBe(false);
  });
});
