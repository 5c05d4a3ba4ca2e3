import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import { ok, refuse } from '../../../provider/core/result.ts';
import { auditedChange } from '../../../provider/flows/operating/audited-change.ts';
import { refusalOf } from '../../core/given.ts';
import { decidingWorld, REQUEST_ID } from '../deciding/given.ts';
import { Outage } from '../world/journal.ts';
import { startWorld } from '../world/world.ts';

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
    expect(world.trail.map(({ phase, isStored }) => `${phase} ${isStored}`)).toEqual([
      'intended false',
      'refused false',
      'intended false',
      'done false',
    ]);
  });
});
