import { describe, expect, it } from 'vitest';
import { NOW } from '../../core/given.ts';
import { DAY, deliveryKeysWorld, deliveryKeyAt as keyAt } from './given.ts';

describe('the rotation of delivery keys', () => {
  it('makes the first key, stores it encrypted and records it; another run does nothing', async () => {
    const { rotate, stored, audited, journal } = deliveryKeysWorld();
    expect(await rotate()).toEqual([{ step: 'create_delivery_key', kid: 'id-1' }]);
    expect(stored.get(1)).toEqual({ ...keyAt(1, NOW), kid: 'id-1', ciphertext: Buffer.from('encrypted id-1') });
    expect(audited).toEqual([{ event: 'delivery_key_created', kid: 'id-1', by: 'schedule', at: NOW }]);
    journal.calls.length = 0;
    expect(await rotate()).toEqual([]);
    expect(journal.calls).toEqual(['list']);
  });

  it('replaces an old key, and deletes it a week later', async () => {
    const { rotate, stored, time } = deliveryKeysWorld([keyAt(1, NOW - 90 * DAY)]);
    expect(await rotate()).toMatchObject([{ step: 'create_delivery_key' }]);
    expect([...stored.keys()]).toEqual([1, 2]);
    time.now += 7 * DAY;
    expect(await rotate()).toEqual([{ step: 'remove_delivery_key', kid: 'key-1' }]);
    expect([...stored.keys()]).toEqual([2]);
  });

  it('of two runs at once makes one key', async () => {
    const { rotate, stored } = deliveryKeysWorld();
    const both = await Promise.all([rotate(), rotate()]);
    expect(both.flat()).toHaveLength(1);
    expect(stored.size).toBe(1);
  });

  it('makes no key that the audit trail cannot record', async () => {
    const { rotate, stored, store } = deliveryKeysWorld();
    store.isOut = true;
    await expect(rotate()).rejects.toThrow('the audit trail cannot be written');
    expect(stored.size).toBe(0);
  });
});
