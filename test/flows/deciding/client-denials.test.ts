import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { FACTS, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { approvedBy } from '../operating/changing-worlds.ts';
import { Outage } from '../world/journal.ts';
import { decidingWorld, OPENED, REQUEST_ID } from './given.ts';

const SETTINGS = { denialPause: DEFAULTS.denialPause };
const FRAUD = { decision: 'deny', reason: 'fraud' };
const BLOCKED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  report: { at: NOW, requestId: REQUEST_ID },
  denials: 1,
  deniedAt: NOW,
};

describe('a denial that reports fraud', () => {
  it('blocks the client before the denial is announced and committed, and the trail says so first', async () => {
    const world = decidingWorld({ settings: SETTINGS, details: { notifiedClient: 'bank' } });
    expect((await world.answer('phone', FRAUD)).ok).toBe(true);
    expect(world.journal.all.slice(-7)).toEqual([
      'audit decision_evidence',
      'intended client_blocked',
      'block bank for ana',
      'audit client_blocked',
      'announce to bank',
      'record deny for fraud',
      'audit decision_recorded',
    ]);
    expect(world.blocks.get('ana bank')).toEqual(BLOCKED);
  });

  it.each([
    ['the block', 'block'],
    ['the announcement', 'announce'],
    ['the decision', 'record deny'],
  ])('is never acknowledged without the block, whatever breaks: %s', async (_name, call) => {
    const world = decidingWorld({ settings: SETTINGS, details: { notifiedClient: 'bank' } });
    world.journal.breakAt(call);
    await expect(world.answer('phone', FRAUD)).rejects.toThrow(Outage);
    expect(world.requests.get(REQUEST_ID)?.state).toBe('pending');
    world.journal.heal();
    expect((await world.answer('phone', FRAUD)).ok).toBe(true);
    expect(world.blocks.get('ana bank')?.report).toBeDefined();
  });

  it('blocks also while the audit store is out: it only takes away', async () => {
    const world = decidingWorld({ settings: SETTINGS });
    world.store.isOut = true;
    expect((await world.answer('phone', FRAUD)).ok).toBe(true);
    expect(world.blocks.get('ana bank')?.report).toBeDefined();
  });

  it('that loses the race against an approval blocks the client all the same', async () => {
    const world = decidingWorld({ settings: SETTINGS });
    world.journal.meanwhile('record', () => world.requests.set(REQUEST_ID, approvedBy('tablet')));
    expect(refusalOf(await world.answer('phone', FRAUD))).toMatchObject({ reason: 'already_decided' });
    expect(world.blocks.get('ana bank')?.report).toBeDefined();
  });

  it('that is repeated, or comes after the decision, blocks nobody: an operator may have looked since', async () => {
    const denied = { ...FACTS, sub: 'ana', state: 'denied', deviceId: 'phone', reason: 'fraud' } as const;
    const repeated = decidingWorld({ request: denied });
    expect((await repeated.answer('phone', FRAUD)).ok).toBe(true);
    expect(repeated.blocks.size).toBe(0);
    const late = decidingWorld({ request: approvedBy('tablet') });
    expect(refusalOf(await late.answer('phone', FRAUD))).toMatchObject({ reason: 'already_decided' });
    expect(late.blocks.size).toBe(0);
  });

  it('cannot be escaped by a withdrawal: it blocks the client, and the phone is told that the request was withdrawn', async () => {
    const withdrawn = { ...FACTS, sub: 'ana', state: 'failed', because: 'withdrawn' } as const;
    const world = decidingWorld({ settings: SETTINGS, request: withdrawn });
    expect(refusalOf(await world.answer('phone', FRAUD))).toEqual({ reason: 'request_withdrawn' });
    expect(world.blocks.get('ana bank')).toEqual(BLOCKED);
    expect(world.journal.all.slice(-4)).toEqual([
      'intended client_blocked',
      'block bank for ana',
      'audit client_blocked',
      'audit decision_recorded',
    ]);
    const plain = decidingWorld({ settings: SETTINGS, request: withdrawn });
    expect(refusalOf(await plain.answer('phone', { decision: 'deny' }))).toEqual({ reason: 'request_withdrawn' });
    expect(plain.blocks.size).toBe(0);
  });

  it('after a plain denial is refused: nobody is blocked, and the person must not believe it', async () => {
    const denied = { ...FACTS, sub: 'ana', state: 'denied', deviceId: 'phone' } as const;
    const world = decidingWorld({ request: denied });
    expect(refusalOf(await world.answer('phone', FRAUD))).toMatchObject({ reason: 'already_decided' });
    expect(world.blocks.size).toBe(0);
  });

  it('is a plain denial where reports do not block', async () => {
    const world = decidingWorld({ settings: { ...SETTINGS, blocksReported: false } });
    expect((await world.answer('phone', FRAUD)).ok).toBe(true);
    expect(world.blocks.get('ana bank')).toEqual({ ...BLOCKED, report: undefined });
  });
});

describe('requests of a client that was reported', () => {
  it('are in no list of a phone, and are not found', async () => {
    const world = decidingWorld({ blocks: [BLOCKED] });
    expect(valueFrom(await world.list())).toEqual([]);
    expect(refusalOf(await world.read())).toEqual({ reason: 'request_not_found' });
  });

  it('are listed and found where reports do not block, and those of other clients are', async () => {
    const off = decidingWorld({ blocks: [BLOCKED], settings: { blocksReported: false } });
    const other = decidingWorld({ blocks: [{ ...BLOCKED, registrationId: 'registration-2' }] });
    for (const world of [off, other]) {
      expect(valueFrom(await world.list())).toHaveLength(1);
      expect((await world.read()).ok).toBe(true);
    }
  });
});

describe('a plain denial', () => {
  it('is committed first, then lets the client pause', async () => {
    const world = decidingWorld({ settings: SETTINGS });
    expect((await world.answer('phone', { decision: 'deny', reason: 'not_me' })).ok).toBe(true);
    expect(world.journal.calls.slice(-3)).toEqual([
      'record deny for not_me',
      'let bank pause for ana',
      'audit decision_recorded',
    ]);
    expect(world.blocks.get('ana bank')).toEqual({ ...BLOCKED, report: undefined });
  });

  it('stands if the pause can’t be written', async () => {
    const world = decidingWorld({ settings: SETTINGS });
    world.journal.breakAt('let bank pause');
    expect((await world.answer('phone', { decision: 'deny' })).ok).toBe(true);
    expect(world.requests.get(REQUEST_ID)?.state).toBe('denied');
  });

  it('makes no client pause where pauses are switched off, or for the synthetic login', async () => {
    for (const given of [{}, { settings: SETTINGS, details: { isSynthetic: true as const } }]) {
      const world = decidingWorld(given);
      await world.answer('phone', { decision: 'deny' });
      expect(world.blocks.size).toBe(0);
    }
  });
});

describe('an approval', () => {
  it('ends the pauses of the client, after it is committed', async () => {
    const blocks = [{ ...BLOCKED, report: undefined }];
    const world = decidingWorld({ settings: SETTINGS, blocks, details: { isAfterDenial: true } });
    expect((await world.answer('phone')).ok).toBe(true);
    expect(world.journal.calls.slice(-3)).toEqual([
      'record approve',
      'end pause of bank for ana',
      'audit decision_recorded',
    ]);
    expect(world.blocks.size).toBe(0);
  });

  it('without a denial before it writes nothing more', async () => {
    const world = decidingWorld({ settings: SETTINGS });
    await world.answer('phone');
    expect(world.journal.calls).not.toContain('end pause of bank for ana');
  });
});

describe('a decision on the only request that the client may have open', () => {
  it('lets the client ask again, after it is committed', async () => {
    for (const decision of ['approve', 'deny']) {
      const world = decidingWorld({ details: { isOnlyOne: true } });
      world.opened.set('ana bank', OPENED);
      expect((await world.answer('phone', { decision })).ok).toBe(true);
      expect(world.journal.calls.at(-2)).toBe('close request of bank for ana');
      expect(world.opened.size).toBe(0);
    }
  });

  it('stands if the request cannot be closed', async () => {
    const world = decidingWorld({ details: { isOnlyOne: true } });
    world.journal.breakAt('close request');
    expect((await world.answer('phone')).ok).toBe(true);
  });
});

describe('a decision on a question beside which others need a message', () => {
  const question = { id: 'question-1', sub: 'ana', clientId: 'bank', expiresAt: NOW + 100 };

  it('takes it out, after it is committed', async () => {
    for (const decision of ['approve', 'deny']) {
      const world = decidingWorld({ details: { questionId: 'question-1' } });
      world.questions.push(question);
      expect((await world.answer('phone', { decision })).ok).toBe(true);
      expect(world.journal.calls.at(-2)).toBe('remove question of bank to ana');
      expect(world.questions).toEqual([]);
    }
  });

  it('stands if it cannot be taken out', async () => {
    const world = decidingWorld({ details: { questionId: 'question-1' } });
    world.journal.breakAt('remove question');
    expect((await world.answer('phone')).ok).toBe(true);
  });
});
