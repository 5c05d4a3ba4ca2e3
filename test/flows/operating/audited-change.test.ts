import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import { ok, refuse } from '../../../provider/core/result.ts';
import { auditedChange } from '../../../provider/flows/operating/audited-change.ts';
import { refusalOf } from '../../core/given.ts';
import { decidingWorld, REQUEST_ID } from '../deciding/given.ts';
import { Outage } from '../world/journal.ts';
import { startWorld } from '../world/world.ts';
import { CHANGING_FLOWS } from './changing-flows.ts';

const EVENT: AuditEvent = { event: 'client_removed', clientId: 'bank', by: 'arn' };
const phasesOf = ({ trail }: { trail: readonly { phase: string; change: string }[] }) =>
  trail.map(({ phase, change }) => `${change} ${phase}`);

describe('a change leaves its intention before its first write, and its outcome after it', () => {
  it('both under one id', async () => {
    const world = startWorld();
    const made = await auditedChange(world.ports, { event: EVENT }, async () => {
      expect(phasesOf(world)).toEqual(['change-1 intended']);
      return ok(7);
    });
    expect(made).toEqual(ok(7));
    expect(phasesOf(world)).toEqual(['change-1 intended', 'change-1 done']);
  });

  it('which is the reason of its refusal, if it is refused', async () => {
    const world = startWorld();
    await auditedChange(world.ports, { event: EVENT }, async () => refuse({ reason: 'not_found', what: 'client' }));
    expect(world.trail.at(-1)).toMatchObject({ phase: 'refused', refusal: 'not_found' });
  });

  it('which is that it broke off, if a step fails, and the fault is thrown on', async () => {
    const world = startWorld();
    const broken = auditedChange(world.ports, { event: EVENT }, async () => {
      throw new Outage('out');
    });
    await expect(broken).rejects.toThrow(Outage);
    expect(phasesOf(world)).toEqual(['change-1 intended', 'change-1 failed']);
  });

  it('once: what fails after the change was made takes nothing back', async () => {
    const world = startWorld();
    const broken = auditedChange(world.ports, { event: EVENT }, async (done) => {
      await done(EVENT);
      throw new Outage('clean-up');
    });
    await expect(broken).rejects.toThrow(Outage);
    expect(phasesOf(world)).toEqual(['change-1 intended', 'change-1 done']);
  });
});

describe('while the store is out', () => {
  it('a change is refused and nothing is written, unless it takes rights away or the settings say otherwise', async () => {
    const attempt = async (takesAway: boolean, auditOutage: 'refuse' | 'proceed') => {
      const world = startWorld({ auditOutage });
      world.store.isOut = true;
      let isWritten = false;
      const made = await auditedChange(world.ports, { event: EVENT, takesAway }, async () => {
        isWritten = true;
        return ok(true);
      });
      return { isWritten, refusal: refusalOf(made)?.reason };
    };
    expect(await attempt(false, 'refuse')).toEqual({ isWritten: false, refusal: 'audit_unavailable' });
    expect(await attempt(true, 'refuse')).toEqual({ isWritten: true, refusal: undefined });
    expect(await attempt(false, 'proceed')).toEqual({ isWritten: true, refusal: undefined });
  });

  it('while the store is out an approval is refused and nothing is written, a denial is recorded', async () => {
    const world = decidingWorld({ details: { notifiedClient: 'bank' } });
    world.store.isOut = true;
    expect(refusalOf(await world.answer('phone'))).toEqual({ reason: 'audit_unavailable' });
    expect(world.announced).toEqual([]);
    expect(world.requests.get(REQUEST_ID)?.state).toBe('pending');
    expect((await world.answer('phone', { decision: 'deny' })).ok).toBe(true);
    expect(world.requests.get(REQUEST_ID)?.state).toBe('denied');
    expect(world.trail.map(({ isStored }) => isStored)).toEqual([false, false, false, false]);
  });
});

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

describe('while the store is out', () => {
  it.each(CHANGING_FLOWS.map((flow) => [flow.name, flow] as const))(
    '%s is made only if it does no more than take rights away',
    async (_, flow) => {
      const world = flow.start();
      const untouched = JSON.stringify(world.state());
      world.store.isOut = true;
      await world.run().catch((error: unknown) => expect(String(error)).toContain('the audit trail cannot be written'));
      expect(JSON.stringify(world.state()) !== untouched).toBe(flow.takesAway === true);
      if (!flow.takesAway) expect(world.trail.map(({ phase }) => phase)).toEqual(['intended', 'refused']);
    },
  );
});

describe('the trail of each flow that changes something', () => {
  it.each(CHANGING_FLOWS.map((flow) => [flow.name, flow] as const))('%s changes something', async (_, flow) => {
    const { run, state } = flow.start();
    const untouched = JSON.stringify(state());
    await run();
    expect(JSON.stringify(state())).not.toBe(untouched);
  });

  it.each(STEPS)(
    'tells the truth when step %i (%s) of %s fails, and when the process dies there',
    async (step, _call, _name, flow) => {
      for (const dies of [false, true]) {
        const world = flow.start();
        const untouched = JSON.stringify(world.state());
        world.journal.breakFrom(step, dies ? Number.POSITIVE_INFINITY : step);
        await world.run().catch((error: unknown) => expect(error).toBeInstanceOf(Outage));
        const isChanged = JSON.stringify(world.state()) !== untouched;
        const changes = Map.groupBy(world.trail, ({ change }) => change);
        // Whatever was written has an intention.
        if (isChanged) expect(changes.size).toBeGreaterThan(0);
        for (const [intention, ...outcomes] of changes.values()) {
          expect(intention?.phase).toBe('intended');
          expect(outcomes.length).toBeLessThanOrEqual(1);
          // What is told as done was written, and what is told as refused was not.
          if (outcomes[0]?.phase === 'done') expect(isChanged).toBe(true);
          if (outcomes[0]?.phase === 'refused') expect(isChanged).toBe(false);
          // An outcome is missing only if the process died, or if it could not be stored.
          if (!dies && !world.journal.brokeAt(/^(audit|done|refused|failed) /)) expect(outcomes).toHaveLength(1);
        }
      }
    },
  );
});
