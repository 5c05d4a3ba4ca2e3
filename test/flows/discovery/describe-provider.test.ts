import { expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { describeProvider, publishKeys } from '../../../provider/flows/discovery/describe-provider.ts';
import { ISSUER, valueFrom } from '../../core/given.ts';
import { keyIn } from '../keys/given.ts';
import { keyNamed } from '../world/signatures.ts';
import { SETTINGS } from '../world/world.ts';

it('the discovery document names the issuer and the classes that the operator’s policy knows', () => {
  expect(valueFrom(describeProvider({ settings: SETTINGS, profile: STANDARD_PROFILE }))).toMatchObject({
    issuer: ISSUER,
    acr_values_supported: ['urn:example:verified'],
  });
});

it('the key set has next, active and retiring keys, and no others (RFC 7517 §5)', async () => {
  const all = (['next', 'active', 'retiring', 'gone', 'revoked'] as const).map((state) => keyIn(state, state));
  const { keys } = valueFrom(await publishKeys({ all: async () => all }));
  expect(keys).toEqual(
    ['next', 'active', 'retiring'].map((kid) => ({ ...keyNamed(kid), kid, alg: 'RS256', use: 'sig' })),
  );
});

it('an outage of the key store is a fault, not an empty key set', async () => {
  const all = async () => {
    throw new Error('out');
  };
  await expect(publishKeys({ all })).rejects.toThrow('out');
});
