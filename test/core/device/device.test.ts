import { describe, expect, it } from 'vitest';
import { type Device, isOtherEndpoint, reachable, viewDevice } from '../../../provider/core/device/device.ts';
import { DEVICE } from '../given.ts';

describe('devices of a user', () => {
  it('can be reached by a push unless the push service gave up on them', () => {
    const reach = { kind: 'sns', platform: 'GCM', endpointArn: 'arn:dead', push: 'unreachable' } as const;
    const dead: Device = { ...DEVICE, deviceId: 'device-2', reach };
    expect(reachable([dead, DEVICE])).toEqual([DEVICE]);
    expect(reachable([dead])).toEqual([]);
    expect(reachable([])).toEqual([]);
  });

  it('learn of a request without a push when they ask by themselves', () => {
    const asking: Device = { ...DEVICE, reach: { kind: 'none' } };
    expect(reachable([asking])).toEqual([asking]);
    expect(viewDevice(asking)).toStrictEqual({ device_id: 'device-1', name: 'Pixel', enrolled_at: DEVICE.enrolledAt });
  });

  it('give an endpoint up when they have another', () => {
    const other = { kind: 'sns', platform: 'GCM', endpointArn: 'arn:other', push: 'reachable' } as const;
    expect(isOtherEndpoint(DEVICE, other)).toBe(true);
    expect(isOtherEndpoint({ ...DEVICE, reach: other }, other)).toBe(false);
    expect(isOtherEndpoint({ ...DEVICE, reach: { kind: 'none' } }, other)).toBe(false);
  });

  it('are told without key, endpoint or subject', () => {
    expect(viewDevice(DEVICE)).toEqual({
      device_id: 'device-1',
      name: 'Pixel',
      platform: 'GCM',
      push: 'reachable',
      enrolled_at: DEVICE.enrolledAt,
    });
  });
});
