import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../core/given.ts';
import { CODE_OF_ANA } from '../world/user-codes.ts';
import { deviceWorld } from './given.ts';

describe('a phone sets the user code of its person (CIBA §7.1.2)', () => {
  it('whether there was one or not, and the audit trail names the phone', async () => {
    for (const before of [[], [['ana', CODE_OF_ANA]]] as const) {
      const { setCode, codes, trail } = deviceWorld();
      for (const [sub, code] of before) codes.set(sub, code);
      expect((await setCode('0815')).ok).toBe(true);
      expect(codes.get('ana')).toMatchObject({ profileId: 'profile-1', hash: 'hash of 0815' });
      expect(trail.at(-1)).toMatchObject({ event: 'user_code_set', sub: 'ana', deviceId: 'phone', by: 'device' });
    }
  });

  it('only with an assertion of its own that was made for this call and is used once', async () => {
    const { setCode, codes } = deviceWorld();
    const because = async (different: Parameters<typeof setCode>[1]) => refusalOf(await setCode('0815', different));
    expect(await because({ claims: { htm: 'GET' } })).toMatchObject({ reason: 'device_token_claim' });
    expect(await because({ claims: { sub: 'bo' } })).toMatchObject({ because: 'unknown_device' });
    expect(codes.size).toBe(0);
    expect((await setCode('0815')).ok).toBe(true);
    expect(await because({})).toMatchObject({ because: 'replayed' });
  });

  it('not one that nobody can type', async () => {
    const { setCode, codes } = deviceWorld();
    expect(refusalOf(await setCode('1'))).toMatchObject({ reason: 'invalid_parameter', name: 'user_code' });
    expect(codes.size).toBe(0);
  });
});
