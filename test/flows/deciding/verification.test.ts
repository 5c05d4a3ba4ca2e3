import { describe, expect, it } from 'vitest';
import type { AcrRule } from '../../../provider/core/deciding/acr-rule.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { refusalOf } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { keyNamed } from '../world/signatures.ts';
import { DETAILS, decidingWorld, REQUEST_ID } from './given.ts';

const HIGH = { acr: 'urn:high', anyOf: ['fpt'], needsVerificationKey: true };
const LOW = { acr: 'urn:low', anyOf: ['pin'] };
const SECOND = keyNamed('second');
const two: Device = deviceNamed('phone', {
  proof: { kind: 'device-jws', publicKey: keyNamed('phone'), verificationKey: SECOND },
});

/** Ana's phone with two keys, and a request for which one of these classes was asked. */
function verifyingWorld(acrValues: readonly AcrRule[] = [HIGH, LOW], devices = [two]) {
  const world = decidingWorld({ devices, details: { asked: { ...DETAILS.asked, acrValues }, notifiedClient: 'bank' } });
  const byKey = (name: string) => (claims: TokenClaims) => world.send(world.response('phone', claims, keyNamed(name)));
  return { ...world, verified: byKey('second'), possessed: byKey('phone') };
}
const grantIn = ({ requests }: ReturnType<typeof decidingWorld>) => {
  const request = requests.get(REQUEST_ID);
  return request?.state === 'approved' ? request.grant : undefined;
};

describe('a phone with two keys answers', () => {
  it('with its verification key: the class is reached, and the evidence has that key and says which it is', async () => {
    const world = verifyingWorld();
    expect((await world.verified({ amr: ['fpt'] })).ok).toBe(true);
    expect(grantIn(world)).toMatchObject({ acr: 'urn:high', amr: ['fpt', 'user'] });
    expect(world.sealed).toMatchObject([{ evidence: { publicKey: SECOND, proof: 'verification_key' } }]);
    expect(world.journal.calls).toEqual([
      'read user, device phone, details and request for ana',
      'verify under second',
      'audit decision_evidence',
      'announce to bank',
      'record approve',
      'audit decision_recorded',
    ]);
  });

  it('with its possession key: a tap, whose evidence has that key', async () => {
    const world = verifyingWorld([{ acr: 'urn:tap', anyOf: ['user'] }, HIGH]);
    expect((await world.possessed({ amr: ['user'] })).ok).toBe(true);
    expect(grantIn(world)).toMatchObject({ acr: 'urn:tap', amr: ['user'] });
    expect(world.sealed[0]?.evidence).toMatchObject({ publicKey: keyNamed('phone') });
    expect(world.sealed[0]?.evidence).not.toHaveProperty('proof');
  });

  it('reaches the class that the client prefers, not the strongest of the policy (CIBA §7.1)', async () => {
    const world = verifyingWorld([LOW, HIGH]);
    await world.verified({ amr: ['pin', 'fpt'] });
    expect(grantIn(world)?.acr).toBe('urn:low');
  });

  it('is granted without the classes that were asked for, which the polled item does not carry', async () => {
    const world = verifyingWorld();
    await world.verified({ amr: ['fpt'] });
    expect(grantIn(world)).not.toHaveProperty('acrValues');
  });

  it('is not believed under a key of another device, or of nobody', async () => {
    const world = verifyingWorld([HIGH], [two, deviceNamed('tablet')]);
    for (const name of ['tablet', 'thief'])
      expect(refusalOf(await world.send(world.response('phone', { amr: ['fpt'] }, keyNamed(name))))).toEqual({
        reason: 'device_not_authenticated',
        because: 'signature',
      });
    expect(world.audited).toEqual([]);
  });
});

describe('an approval that was verified too little decides nothing', () => {
  const stillWaits = ({ audited, announced, requests }: ReturnType<typeof decidingWorld>) => {
    expect(audited).toEqual([]);
    expect(announced).toEqual([]);
    expect(requests.get(REQUEST_ID)?.state).toBe('pending');
  };

  it('and the phone can verify and answer again', async () => {
    const world = verifyingWorld();
    expect(refusalOf(await world.verified({ amr: ['face'] }))).toEqual({
      reason: 'verification_insufficient',
      suffices: [HIGH, LOW],
      hasVerificationKey: true,
    });
    stillWaits(world);
    expect((await world.verified({ amr: ['fpt'] })).ok).toBe(true);
  });

  it('when the possession key says more than it can', async () => {
    const world = verifyingWorld();
    expect(refusalOf(await world.possessed({ amr: ['pin'] }))).toEqual({
      reason: 'amr_needs_verification_key',
      method: 'pin',
    });
    stillWaits(world);
  });

  it('by a phone with one key where the class needs two', async () => {
    const world = verifyingWorld([HIGH], [deviceNamed('phone')]);
    expect(refusalOf(await world.possessed({ amr: ['fpt'] }))).toMatchObject({ hasVerificationKey: false });
    stillWaits(world);
  });

  it('but a denial is accepted whatever was verified', async () => {
    const world = verifyingWorld([HIGH], [deviceNamed('phone')]);
    expect((await world.possessed({ decision: 'deny', amr: ['fpt'] })).ok).toBe(true);
    expect(world.requests.get(REQUEST_ID)?.state).toBe('denied');
  });
});
