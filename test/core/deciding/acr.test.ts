import { describe, expect, it } from 'vitest';
import { acrReached } from '../../../provider/core/deciding/acr.ts';

const POLICY = [
  { acr: 'urn:example:high', anyOf: ['face', 'fpt'] },
  { acr: 'urn:example:low', anyOf: ['pin', 'fpt'] },
];

describe('acr: the class that an approval reached (OIDC Core §2)', () => {
  it('takes the strongest rule that any of the methods reaches', () => {
    expect(acrReached(['fpt'], POLICY)).toBe('urn:example:high');
    expect(acrReached(['pin', 'face'], POLICY)).toBe('urn:example:high');
  });

  it('takes a weaker rule where only that fits', () => {
    expect(acrReached(['pin'], POLICY)).toBe('urn:example:low');
  });

  it('reaches no class without a rule that fits, without methods, without a policy', () => {
    expect(acrReached(['pwd'], POLICY)).toBeUndefined();
    expect(acrReached([], POLICY)).toBeUndefined();
    expect(acrReached(['face'], [])).toBeUndefined();
    expect(acrReached(['face'], [{ acr: 'urn:example:none', anyOf: [] }])).toBeUndefined();
  });
});
