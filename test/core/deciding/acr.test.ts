import { describe, expect, it } from 'vitest';
import { acrReached, askedClasses, devicesThatReach } from '../../../provider/core/deciding/acr.ts';
import { DEVICE } from '../given.ts';

const POLICY = [
  { acr: 'urn:example:high', anyOf: ['face', 'fpt'] },
  { acr: 'urn:example:low', anyOf: ['pin', 'fpt'] },
];

const reached = (amr: string[], policy: Parameters<typeof acrReached>[1]) =>
  acrReached({ amr, signedBy: 'possession' }, policy);

describe('acr: the class that an approval reached (OIDC Core §2)', () => {
  it('takes the strongest rule that any of the methods reaches', () => {
    expect(reached(['fpt'], POLICY)).toBe('urn:example:high');
    expect(reached(['pin', 'face'], POLICY)).toBe('urn:example:high');
  });

  it('takes a weaker rule where only that fits', () => {
    expect(reached(['pin'], POLICY)).toBe('urn:example:low');
  });

  it('reaches no class without a rule that fits, without methods, without a policy', () => {
    expect(reached(['pwd'], POLICY)).toBeUndefined();
    expect(reached([], POLICY)).toBeUndefined();
    expect(reached(['face'], [])).toBeUndefined();
    expect(reached(['face'], [{ acr: 'urn:example:none', anyOf: [] }])).toBeUndefined();
  });

  it('reaches a class that needs the verification key only when that key signed', () => {
    const rules = [{ acr: 'urn:example:key', anyOf: ['pin'], needsVerificationKey: true }, ...POLICY];
    expect(acrReached({ amr: ['pin'], signedBy: 'verification' }, rules)).toBe('urn:example:key');
    expect(acrReached({ amr: ['pin'], signedBy: 'possession' }, rules)).toBe('urn:example:low');
    expect(acrReached({ amr: ['user'], signedBy: 'verification' }, rules)).toBeUndefined();
  });
});

describe('the classes that a client asks for (CIBA §7.1)', () => {
  const [HIGH, LOW] = POLICY;
  const OTHER_WAY = { acr: 'urn:example:high', anyOf: ['iris'], needsVerificationKey: true };

  it('keep its order of preference, each with every rule that reaches it', () => {
    const rules = [...POLICY, OTHER_WAY];
    expect(askedClasses(['urn:example:low', 'urn:example:high'], rules)).toEqual([LOW, HIGH, OTHER_WAY]);
  });

  it('are ignored where the policy does not know them (OIDC Core §5.5.1.1)', () => {
    expect(askedClasses(['urn:other', 'urn:example:low'], POLICY)).toEqual([LOW]);
    expect(askedClasses(['urn:other'], POLICY)).toBeUndefined();
    expect(askedClasses([], POLICY)).toBeUndefined();
    expect(askedClasses(['urn:example:low'], [])).toBeUndefined();
  });

  it('are out of reach for a device without the key that they need', () => {
    const publicKey = DEVICE.proof.publicKey;
    const two = { ...DEVICE, deviceId: 'two', proof: { ...DEVICE.proof, verificationKey: publicKey } };
    expect(devicesThatReach([DEVICE, two], [OTHER_WAY])).toEqual([two]);
    expect(devicesThatReach([DEVICE, two], [OTHER_WAY, ...POLICY])).toEqual([DEVICE, two]);
    expect(devicesThatReach([DEVICE, two], undefined)).toEqual([DEVICE, two]);
    expect(devicesThatReach([DEVICE, two], [{ acr: 'urn:none', anyOf: [] }])).toEqual([]);
  });
});
