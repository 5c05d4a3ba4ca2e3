import { describe, expect, it } from 'vitest';
import { removeUserCode, setUserCode } from '../../../provider/flows/person/manage-user-code.ts';
import { findUser } from '../../../provider/flows/person/manage-users.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { CODE_OF_ANA } from '../world/user-codes.ts';
import { usersWorld } from './given.ts';

const set = (ports: Parameters<typeof setUserCode>[0], code = '0815', sub = 'ana') =>
  setUserCode(ports, { sub, code, by: 'operator' });

describe('the user code that an operator sets', () => {
  it('is stored as a hash, under a new id, after the audit trail has the intention', async () => {
    const { ports, codes, journal } = usersWorld();
    expect((await set(ports)).ok).toBe(true);
    expect(codes.get('ana')).toEqual({ profileId: 'profile-1', codeId: 'id-1', hash: 'hash of 0815', setAt: NOW });
    expect(journal.all.slice(1)).toEqual(['intended user_code_set', 'set user code of ana', 'audit user_code_set']);
  });

  it('is in no record', async () => {
    const { ports, trail } = usersWorld();
    await set(ports);
    expect(JSON.stringify(trail)).not.toContain('0815');
  });

  it('is told by the instant when it was set, until it is removed', async () => {
    const { ports } = usersWorld();
    const shown = async () => valueFrom(await findUser(ports, { sub: 'ana' })).user_code_set_at;
    expect(await shown()).toBeUndefined();
    await set(ports);
    expect(await shown()).toBe(NOW);
    expect((await removeUserCode(ports, 'ana', 'operator')).ok).toBe(true);
    expect(await shown()).toBeUndefined();
  });

  it('of a former person with the subject is replaced, is not told, and cannot be removed', async () => {
    const { ports, codes } = usersWorld();
    codes.set('ana', { ...CODE_OF_ANA, profileId: 'profile-0' });
    expect(valueFrom(await findUser(ports, { sub: 'ana' }))).not.toHaveProperty('user_code_set_at');
    expect(refusalOf(await removeUserCode(ports, 'ana', 'operator'))).toEqual({
      reason: 'not_found',
      what: 'user code',
    });
    expect((await set(ports)).ok).toBe(true);
    expect(codes.get('ana')?.profileId).toBe('profile-1');
  });

  it('of somebody who got the subject meanwhile stays', async () => {
    const { ports, codes, journal } = usersWorld();
    const theirs = { ...CODE_OF_ANA, profileId: 'profile-2', codeId: 'theirs' };
    journal.meanwhile('set user code', () => codes.set('ana', theirs));
    expect(refusalOf(await set(ports))).toEqual({ reason: 'conflict', what: 'user_code' });
    expect(codes.get('ana')).toBe(theirs);
  });

  it('is refused for nobody, and if nobody could type it, before anything is written', async () => {
    const { ports, trail } = usersWorld();
    expect(refusalOf(await set(ports, '0815', 'nobody'))).toEqual({ reason: 'not_found', what: 'user' });
    expect(refusalOf(await removeUserCode(ports, 'nobody', 'operator'))).toEqual({ reason: 'not_found', what: 'user' });
    expect(refusalOf(await set(ports, '1'))).toMatchObject({ reason: 'invalid_parameter', name: 'user_code' });
    expect(trail).toEqual([]);
  });

  it.each(['set', 'remove'] as const)('is not changed (%s) while the audit trail cannot be written', async (what) => {
    const { ports, codes, store } = usersWorld();
    codes.set('ana', CODE_OF_ANA);
    store.isOut = true;
    const change = what === 'set' ? set(ports) : removeUserCode(ports, 'ana', 'operator');
    expect(refusalOf(await change)).toEqual({ reason: 'audit_unavailable' });
    expect(codes.get('ana')).toBe(CODE_OF_ANA);
  });
});
