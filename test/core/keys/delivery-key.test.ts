import { describe, expect, it } from 'vitest';
import { type DeliveryKey, planDeliveryKeys, sealingKey } from '../../../provider/core/keys/delivery-key.ts';
import { NOW } from '../given.ts';

const DAY = 86_400;
const POLICY = { rotateAfterSeconds: 90 * DAY };
const key = (generation: number, ageSeconds: number): DeliveryKey => ({
  kid: `key-${generation}`,
  generation,
  ciphertext: new Uint8Array(),
  createdAt: NOW - ageSeconds,
});

describe('the rotation of the keys that seal tokens until their delivery', () => {
  it('makes the first key', () => {
    expect(planDeliveryKeys([], POLICY, NOW)).toEqual([{ step: 'create', generation: 1 }]);
  });

  it('does nothing while the key is young, and replaces it when it is as old as signing keys become', () => {
    expect(planDeliveryKeys([key(1, 90 * DAY - 1)], POLICY, NOW)).toEqual([]);
    expect(planDeliveryKeys([key(1, 90 * DAY)], POLICY, NOW)).toEqual([{ step: 'create', generation: 2 }]);
  });

  it('keeps a replaced key for a week, because it opens what it sealed', () => {
    const former = key(1, 97 * DAY);
    expect(planDeliveryKeys([former, key(2, 7 * DAY - 1)], POLICY, NOW)).toEqual([]);
    expect(planDeliveryKeys([former, key(2, 7 * DAY)], POLICY, NOW)).toEqual([{ step: 'remove', key: former }]);
  });

  it('seals with the youngest key', () => {
    expect(sealingKey([key(2, 0), key(10, 0), key(9, 0)])?.kid).toBe('key-10');
    expect(sealingKey([])).toBeUndefined();
  });
});
