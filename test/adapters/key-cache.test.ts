import { describe, expect, it } from 'vitest';
import { KeyCache } from '../../provider/adapters/key-cache.ts';
import type { SigningKey } from '../../provider/core/keys/signing-key.ts';
import { NOW } from '../core/given.ts';

const KEY: SigningKey = {
  kid: 'kid-1',
  algorithm: 'ES256',
  generation: 1,
  state: 'active',
  publicKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  createdAt: NOW,
};

function cached(...stored: SigningKey[]) {
  const time = { now: NOW };
  const reads: string[] = [];
  const list = async (algorithm: string) => {
    reads.push(algorithm);
    return stored.filter((key) => key.algorithm === algorithm);
  };
  const keys = new KeyCache({ list, all: async () => stored }, () => time.now);
  return { keys, time, reads, stored };
}

describe('the key that verifies a token of this provider (OIDC Core §10.1.1)', () => {
  it.each(['next', 'active', 'retiring', 'gone'] as const)('is found while it is %s, by one read', async (state) => {
    const { keys, reads } = cached({ ...KEY, state });
    for (let time = 0; time < 3; time += 1)
      expect(await keys.find({ kid: 'kid-1', algorithm: 'ES256' })).toEqual(KEY.publicKey);
    expect(reads).toEqual(['ES256']);
  });

  it('is none once it is revoked, and none under another algorithm', async () => {
    const { keys } = cached({ ...KEY, state: 'revoked' }, { ...KEY, kid: 'kid-2' });
    expect(await keys.find({ kid: 'kid-1', algorithm: 'ES256' })).toBeUndefined();
    expect(await keys.find({ kid: 'kid-2', algorithm: 'PS256' })).toBeUndefined();
  });

  it('is found at once when it is newer than the copy', async () => {
    const { keys, stored } = cached(KEY);
    await keys.find({ kid: 'kid-1', algorithm: 'ES256' });
    stored.push({ ...KEY, kid: 'kid-2', publicKey: { kty: 'EC' } });
    expect(await keys.find({ kid: 'kid-2', algorithm: 'ES256' })).toEqual({ kty: 'EC' });
  });

  it('is not searched for without end: unknown ones cause five reads at once, then one every ten seconds', async () => {
    const { keys, reads, time } = cached(KEY);
    const unknown = async (times: number) => {
      for (let n = 0; n < times; n += 1) await keys.find({ kid: `unknown-${n}`, algorithm: 'ES256' });
    };
    await unknown(100);
    expect(reads).toHaveLength(1 + 5);
    time.now += 9;
    await unknown(100);
    expect(reads).toHaveLength(1 + 5);
    time.now += 1;
    await unknown(100);
    expect(reads).toHaveLength(1 + 5 + 1);
    expect(await keys.find({ kid: 'kid-1', algorithm: 'ES256' })).toEqual(KEY.publicKey);
  });
});
