import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import type { SyntheticIdentities, SyntheticSecret } from '../../../provider/core/operating/synthetic.ts';
import {
  removeSyntheticLogin,
  type SyntheticSetUpPorts,
  setUpSyntheticLogin,
} from '../../../provider/flows/operating/set-up-synthetic-login.ts';
import { NOW } from '../../core/given.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

function setUpWorld() {
  const world = startWorld();
  const { journal } = world;
  const secrets: SyntheticSecret[] = [];
  const saved: SyntheticIdentities[] = [];
  const ports: SyntheticSetUpPorts = {
    ...world.ports,
    identities: {
      save: async (identities) => {
        journal.begin('save identities');
        saved.push(identities);
      },
      remove: async () => journal.begin('remove identities'),
    },
    secret: {
      write: async (secret) => {
        journal.begin('write secret');
        secrets.push(secret);
      },
    },
    makeDeviceKey: async () => {
      journal.begin('make key');
      return { publicKey: keyNamed('device'), privateKey: { d: 'private' } };
    },
  };
  return { ...world, ports, secrets, saved };
}
const BY = { by: 'deployment', at: NOW };

describe('the synthetic login is set up', () => {
  it('with fresh secrets, which are kept before anybody believes them', async () => {
    const { ports, journal, secrets, saved } = setUpWorld();
    await setUpSyntheticLogin(ports);
    expect(journal.calls).toEqual([
      'make key',
      'write secret',
      'save identities',
      'audit client_created',
      'audit device_enrolled',
    ]);
    expect(secrets).toEqual([{ clientSecret: 'secret-1', devicePrivateKey: { d: 'private' } }]);
    expect(saved[0]).toMatchObject({
      client: { clientId: 'synthetic-login', credential: { secretHash: sha256('secret-1') } },
      user: { sub: 'synthetic-login' },
      device: { proof: { publicKey: keyNamed('device') }, reach: { kind: 'none' }, enrolledAt: NOW },
    });
  });

  it('and removed, with a trail of both', async () => {
    const { ports, audited } = setUpWorld();
    await setUpSyntheticLogin(ports);
    await removeSyntheticLogin(ports);
    const onlySub = { member: 'only_sub', before: undefined, after: 'synthetic-login' };
    expect(audited).toEqual([
      { event: 'client_created', clientId: 'synthetic-login', changed: expect.arrayContaining([onlySub]), ...BY },
      { event: 'device_enrolled', sub: 'synthetic-login', deviceId: 'synthetic-login', ...BY },
      { event: 'client_removed', clientId: 'synthetic-login', ...BY },
    ]);
  });

  it.each(['make key', 'write secret', 'save identities'])(
    'an outage at "%s" audits nothing, and stops there',
    async (call) => {
      const { ports, journal, audited } = setUpWorld();
      journal.breakAt(call);
      await expect(setUpSyntheticLogin(ports)).rejects.toThrow(Outage);
      expect(journal.calls.at(-1)).toBe(call);
      expect(audited).toEqual([]);
    },
  );

  it('an outage at the removal audits none', async () => {
    const { ports, journal, audited } = setUpWorld();
    journal.breakAt('remove identities');
    await expect(removeSyntheticLogin(ports)).rejects.toThrow(Outage);
    expect(audited).toEqual([]);
  });
});
