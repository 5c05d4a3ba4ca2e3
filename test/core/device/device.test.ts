import { describe, expect, it } from 'vitest';
import {
  type Device,
  hasSameVerificationKey,
  isOtherEndpoint,
  reachable,
  signingKeys,
  viewDevice,
} from '../../../provider/core/device/device.ts';
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
    const proof = { ...DEVICE.proof, verificationKey: DEVICE.proof.publicKey };
    expect(viewDevice({ ...DEVICE, proof })).toEqual({ ...viewDevice(DEVICE), verification_key: true });
  });

  it('sign answers with either key, and everything else with the possession key', () => {
    const verificationKey = { ...DEVICE.proof.publicKey, x: 'second' };
    const two = { ...DEVICE.proof, verificationKey };
    expect(signingKeys(two, 'response').map(({ signedBy }) => signedBy)).toEqual(['verification', 'possession']);
    expect(signingKeys(two, 'assertion').map(({ signedBy }) => signedBy)).toEqual(['possession']);
    expect(signingKeys(DEVICE.proof, 'response')).toEqual([
      { signedBy: 'possession', publicKey: DEVICE.proof.publicKey },
    ]);
    expect(hasSameVerificationKey(two, { ...two, publicKey: verificationKey })).toBe(true);
    expect(hasSameVerificationKey(two, DEVICE.proof)).toBe(false);
    expect(hasSameVerificationKey(two, { ...two, verificationKey: DEVICE.proof.publicKey })).toBe(false);
    expect(hasSameVerificationKey(DEVICE.proof, DEVICE.proof)).toBe(true);
  });
});
