import { describe, expect, it } from 'vitest';
import { parseKeyOrder } from '../../../provider/edge/orders/key-order.ts';

describe('order to the signing-keys function', () => {
  it('is to rotate, by the schedule and without force unless it says so', () => {
    expect(parseKeyOrder({ action: 'rotate' })).toEqual({ action: 'rotate', force: false, by: 'schedule' });
    expect(parseKeyOrder({ action: 'rotate', force: true, by: 'ann' })).toEqual({
      action: 'rotate',
      force: true,
      by: 'ann',
    });
  });

  it('is to revoke one key', () => {
    expect(parseKeyOrder({ action: 'revoke', kid: 'kid-1' })).toEqual({
      action: 'revoke',
      kid: 'kid-1',
      by: 'schedule',
    });
  });

  it.each([
    undefined,
    null,
    'rotate',
    [],
    {},
    { action: 'Rotate' },
    { action: 'remove', kid: 'kid-1' },
    { action: 'revoke' },
    { action: 'revoke', kid: 1 },
    { action: 'revoke', kid: 'kid-1', force: true },
    { action: 'rotate', force: 'true' },
    { action: 'rotate', force: 1 },
    { action: 'rotate', kid: 'kid-1' },
    { action: 'rotate', by: 'x'.repeat(257) },
    { action: 'rotate', by: 7 },
    { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} },
  ])('throws on %o: a wrong order must not look like a done one', (event) => {
    expect(() => parseKeyOrder(event)).toThrow();
  });
});
