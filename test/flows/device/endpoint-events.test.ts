import { describe, expect, it } from 'vitest';
import { type EndpointEventPorts, handleEndpointEvent } from '../../../provider/flows/device/handle-endpoint-event.ts';
import { NOW } from '../../core/given.ts';
import { deviceNamed, devicesIn, reachOf } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { startWorld } from '../world/world.ts';

const ARN = 'endpoint of shared';

/** Two accounts in one app, so one endpoint. */
function endpointWorld(isEnabled: boolean) {
  const world = startWorld();
  const { journal } = world;
  const shared = reachOf('shared');
  const bos = deviceNamed('of-bo', { sub: 'bo', reach: shared });
  const { devices, stored } = devicesIn(journal, [deviceNamed('of-ana', { reach: shared }), bos]);
  const ports: EndpointEventPorts = {
    ...world.ports,
    devices,
    endpoints: {
      isEnabled: async (arn) => {
        journal.begin(`ask ${arn}`);
        return isEnabled;
      },
      usersOf: async (arn) => {
        journal.begin(`list users of ${arn}`);
        return [...stored.values()].map(({ sub, deviceId }) => ({ sub, deviceId }));
      },
    },
  };
  return { ...world, devices: stored, handle: () => handleEndpointEvent(ports, ARN) };
}

describe('an event of a push endpoint', () => {
  it('makes all devices behind a dead endpoint unreachable, each with a line in the audit trail', async () => {
    const { handle, journal, devices, audited } = endpointWorld(false);
    expect(await handle()).toBe(2);
    expect(journal.calls).toEqual([
      `ask ${ARN}`,
      `list users of ${ARN}`,
      'mark device of-ana of ana',
      'mark device of-bo of bo',
      'audit device_unreachable',
      'audit device_unreachable',
    ]);
    expect([...devices.values()].map(({ reach }) => reach)).toEqual([
      reachOf('shared', 'unreachable'),
      reachOf('shared', 'unreachable'),
    ]);
    const event = { event: 'device_unreachable', by: 'push service', at: NOW };
    expect(audited).toEqual([
      { ...event, sub: 'ana', deviceId: 'of-ana' },
      { ...event, sub: 'bo', deviceId: 'of-bo' },
    ]);
  });

  it('is not believed when the endpoint lives: nobody is looked up or marked', async () => {
    const { handle, journal } = endpointWorld(true);
    expect(await handle()).toBe(0);
    expect(journal.calls).toEqual([`ask ${ARN}`]);
  });

  it('that comes twice is audited once', async () => {
    const { handle, audited } = endpointWorld(false);
    await handle();
    expect(await handle()).toBe(2);
    expect(audited).toHaveLength(2);
  });

  it('that comes late does not mark a device with a newer endpoint', async () => {
    const { handle, devices, audited } = endpointWorld(false);
    devices.set('of-ana', deviceNamed('of-ana', { reach: reachOf('fresh') }));
    await handle();
    expect(devices.get('of-ana')?.reach).toEqual(reachOf('fresh'));
    expect(audited).toHaveLength(1);
  });

  it.each(['ask', 'list users', 'mark'])(
    'is thrown back in an outage at "%s", so that it comes again',
    async (call) => {
      const { handle, journal } = endpointWorld(false);
      journal.breakAt(call);
      await expect(handle()).rejects.toThrow(Outage);
      journal.heal();
      expect(await handle()).toBe(2);
    },
  );
});
