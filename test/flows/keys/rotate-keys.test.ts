import { describe, expect, it } from 'vitest';
import { NOW } from '../../core/given.ts';
import { Outage } from '../world/journal.ts';
import { SETTINGS } from '../world/world.ts';
import { DAY, keyIn, keysWorld } from './given.ts';

const DUE = [
  keyIn('active', 'old', { activeFrom: NOW - 90 * DAY }),
  keyIn('next', 'young', { createdAt: NOW - 2 * DAY }),
];
const STEADY = [keyIn('active', 'old'), keyIn('next', 'young')];
const BY = { algorithm: 'RS256', by: 'schedule', at: NOW };
const took = (...steps: [string, string][]) => ({
  steps: steps.map(([step, kid]) => ({ step, kid, algorithm: 'RS256' })),
});

describe('a rotation', () => {
  it('makes an active key and its successor for each algorithm that has none', async () => {
    const { rotate, stored } = keysWorld([], []);
    const { steps } = await rotate();
    expect(steps.map(({ step, algorithm, kid }) => `${step} ${algorithm} ${kid}`)).toEqual([
      'create RS256 id-1',
      'create RS256 id-2',
      'create PS256 id-3',
      'create PS256 id-4',
      'create ES256 id-5',
      'create ES256 id-6',
    ]);
    const first = { algorithm: 'RS256', createdAt: NOW };
    expect(stored.get('id-1')).toMatchObject({ ...first, state: 'active', generation: 1, activeFrom: NOW });
    expect(stored.get('id-2')).toMatchObject({ ...first, state: 'next', generation: 2 });
    expect(stored.get('id-2')).not.toHaveProperty('activeFrom');
    expect(stored.get('id-2')?.publicKey.x).toContain('id-2');
  });

  it('changes nothing while nothing is due, and looks once at each algorithm', async () => {
    const { rotate, journal } = keysWorld(STEADY);
    expect(await rotate()).toEqual({ steps: [] });
    expect(journal.calls).toEqual(['list RS256', 'list PS256', 'list ES256']);
  });

  it('that is due activates the successor before the predecessor retires, and then makes the next', async () => {
    const { rotate, journal } = keysWorld(DUE);
    expect(await rotate()).toEqual(took(['activate', 'young'], ['retire', 'old'], ['create', 'id-1']));
    expect(journal.calls).toEqual([
      'list RS256',
      'activate young',
      'audit signing_key_activated',
      'retire old',
      'audit signing_key_retired',
      'make RS256 id-1',
      'create id-1 as next 3',
      'audit signing_key_created',
      'list RS256',
      'list PS256',
      'list ES256',
    ]);
  });

  it('keeps a retired key published as long as its tokens may live', async () => {
    const { rotate, stored } = keysWorld(DUE);
    await rotate();
    expect(stored.get('old')).toMatchObject({
      state: 'retiring',
      goneAt: NOW + SETTINGS.rotation.retireForSeconds,
    });
    expect(stored.get('young')).toMatchObject({ state: 'active', activeFrom: NOW });
  });

  it('is written to the audit trail step by step, with who ordered it', async () => {
    const { rotate, audited } = keysWorld(DUE);
    await rotate();
    expect(audited).toEqual([
      { event: 'signing_key_activated', kid: 'young', ...BY },
      { event: 'signing_key_retired', kid: 'old', ...BY },
      { event: 'signing_key_created', kid: 'id-1', ...BY },
    ]);
  });

  it('removes what is over and deletes what no hint can carry any more', async () => {
    const { rotate, audited, stateOf } = keysWorld([
      ...STEADY,
      keyIn('retiring', 'tired', { goneAt: NOW }),
      keyIn('gone', 'forgotten', { goneAt: NOW - 30 * DAY }),
    ]);
    expect(await rotate()).toEqual(took(['remove', 'tired'], ['delete_public_half', 'forgotten']));
    expect([stateOf('tired'), stateOf('forgotten')]).toEqual(['gone', undefined]);
    expect(audited).toEqual([
      { event: 'signing_key_removed', kid: 'tired', ...BY },
      { event: 'signing_key_public_half_deleted', kid: 'forgotten', ...BY },
    ]);
  });

  it('that is forced rotates now, though nothing is due', async () => {
    const { rotate, signer } = keysWorld(STEADY);
    const { steps } = await rotate(true);
    expect(steps.filter(({ algorithm }) => algorithm === 'RS256')).toHaveLength(3);
    expect(steps).toHaveLength(9);
    expect(signer()).toBe('young');
  });
});

describe('two at once', () => {
  it('another maker was first with the generation: its key stays, ours is neither told nor audited', async () => {
    const { rotate, journal, stored, audited } = keysWorld([keyIn('active', 'old')]);
    journal.meanwhile('make', () => {
      stored.set('theirs', keyIn('next', 'theirs'));
    });
    expect(await rotate()).toEqual({ steps: [] });
    expect(stored.has('id-1')).toBe(false);
    expect(audited).toEqual([]);
  });

  it('a revocation of the key that a rotation just activated: the rotation looks again and leaves a signer', async () => {
    const { rotate, journal, stored, signer, stateOf } = keysWorld(DUE);
    journal.meanwhile('make RS256', () => {
      const young = stored.get('young');
      if (young) stored.set('young', { ...young, state: 'revoked', goneAt: NOW });
    });
    const { steps } = await rotate();
    expect(steps.map(({ step, kid }) => `${step} ${kid}`)).toEqual([
      'activate young',
      'retire old',
      'create id-1',
      'activate id-1',
      'create id-2',
    ]);
    expect(stateOf('young')).toBe('revoked');
    expect(signer()).toBe('id-1');
  });
});

describe('a revocation', () => {
  it('lets the successor sign before the key goes, and looks again', async () => {
    const { revoke, journal, privateHalves, signer, stateOf } = keysWorld(STEADY);
    expect(await revoke('old')).toEqual(took(['activate', 'young'], ['create', 'id-1'], ['revoke', 'old']));
    expect(journal.calls.filter((call) => !call.startsWith('audit'))).toEqual([
      'list RS256',
      'activate young',
      'make RS256 id-1',
      'create id-1 as next 3',
      'revoke old',
      'list RS256',
    ]);
    expect([stateOf('old'), privateHalves.has('old'), signer()]).toEqual(['revoked', false, 'young']);
  });

  it('is written to the audit trail after it took hold', async () => {
    const { revoke, audited, journal } = keysWorld(STEADY);
    await revoke('old');
    const event = { event: 'signing_key_revoked', kid: 'old', algorithm: 'RS256', by: 'operator', at: NOW };
    expect(audited.at(-1)).toEqual(event);
    expect(journal.calls.slice(-3)).toEqual(['revoke old', 'audit signing_key_revoked', 'list RS256']);
  });

  it('of a key of another algorithm touches no other', async () => {
    const { revoke, journal } = keysWorld(STEADY);
    expect((await revoke('ES256 next'))?.steps.map(({ step, algorithm }) => `${step} ${algorithm}`)).toEqual([
      'create ES256',
      'revoke ES256',
    ]);
    expect(journal.calls.slice(0, 3)).toEqual(['list RS256', 'list PS256', 'list ES256']);
    expect(journal.calls.filter((call) => call.includes('RS256'))).toEqual(['list RS256']);
  });

  it('of a key that nobody knows changes nothing', async () => {
    const { revoke, journal } = keysWorld(STEADY);
    expect(await revoke('nobody')).toBeUndefined();
    expect(journal.calls).toEqual(['list RS256', 'list PS256', 'list ES256']);
  });

  it('of a key that was revoked before, to the end, changes nothing', async () => {
    const { revoke, journal, privateHalves, audited } = keysWorld([
      ...STEADY,
      keyIn('revoked', 'bad', { goneAt: NOW }),
    ]);
    privateHalves.delete('bad');
    expect(await revoke('bad')).toBeUndefined();
    expect(journal.calls).toEqual(['list RS256', 'revoke bad']);
    expect(audited).toEqual([]);
  });

  it('of a key that was revoked before, to the end, leaves a rotation that is due to the schedule', async () => {
    const { revoke, journal, privateHalves, signer } = keysWorld([...DUE, keyIn('revoked', 'bad', { goneAt: NOW })]);
    privateHalves.delete('bad');
    expect(await revoke('bad')).toBeUndefined();
    expect(journal.calls).toEqual(['list RS256', 'revoke bad']);
    expect(signer()).toBe('old');
  });

  it('that broke off deletes the private half before anything else, then does what is due by now', async () => {
    const { revoke, journal, stateOf } = keysWorld([
      ...STEADY,
      keyIn('revoked', 'bad', { goneAt: NOW }),
      keyIn('retiring', 'tired', { goneAt: NOW }),
    ]);
    expect(await revoke('bad')).toEqual(took(['remove', 'tired'], ['revoke', 'bad']));
    expect(journal.calls.filter((call) => !call.startsWith('audit'))).toEqual([
      'list RS256',
      'revoke bad',
      'list RS256',
      'remove tired',
    ]);
    expect(stateOf('tired')).toBe('gone');
  });

  it('that broke off is finished by the same order, without another successor', async () => {
    const { revoke, privateHalves } = keysWorld([...STEADY, keyIn('revoked', 'bad', { goneAt: NOW })]);
    expect(await revoke('bad')).toEqual(took(['revoke', 'bad']));
    expect(privateHalves.has('bad')).toBe(false);
  });

  it('that broke off while nobody signs makes its successor afterwards', async () => {
    const { revoke, signer } = keysWorld([keyIn('revoked', 'bad', { goneAt: NOW }), keyIn('next', 'young')]);
    expect(await revoke('bad')).toEqual(took(['activate', 'young'], ['create', 'id-1'], ['revoke', 'bad']));
    expect(signer()).toBe('young');
  });

  it('that broke off is finished by the next rotation, and audited then, once', async () => {
    const { rotate, privateHalves, audited } = keysWorld([...STEADY, keyIn('revoked', 'bad', { goneAt: NOW })]);
    expect(await rotate()).toEqual(took(['revoke', 'bad']));
    expect(privateHalves.has('bad')).toBe(false);
    expect(audited).toEqual([{ event: 'signing_key_revoked', kid: 'bad', ...BY }]);
    expect(await rotate()).toEqual({ steps: [] });
    expect(audited).toHaveLength(1);
  });
});

describe('an outage leaves a signer at every step, and the next run finishes', () => {
  it.each([
    ['at the list', 'list'],
    ['at the activation', 'activate'],
    ['at the retirement', 'retire'],
    ['at KMS', 'make'],
    ['at the new key', 'create'],
    ['at the audit trail', 'audit'],
  ])('%s', async (_name, call) => {
    const { rotate, journal, signer, stored } = keysWorld(DUE);
    journal.breakAt(call);
    await expect(rotate()).rejects.toThrow(Outage);
    expect(['old', 'young']).toContain(signer());
    journal.heal();
    await rotate();
    expect(signer()).toBe('young');
    const states = [...stored.values()].filter(({ algorithm }) => algorithm === 'RS256').map(({ state }) => state);
    expect(states.toSorted()).toEqual(['active', 'next', 'retiring']);
  });

  it('while it revokes: the key still signs until its successor does', async () => {
    for (const [call, signs] of [
      ['activate', 'old'],
      ['make', 'young'],
      ['revoke', 'young'],
    ] as const) {
      const { revoke, journal, signer, stateOf } = keysWorld(STEADY);
      journal.breakAt(call);
      await expect(revoke('old')).rejects.toThrow(Outage);
      expect(signer()).toBe(signs);
      journal.heal();
      await revoke('old');
      expect([stateOf('old'), signer()]).toEqual(['revoked', 'young']);
    }
  });
});
