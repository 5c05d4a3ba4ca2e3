import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { FIRST_REQUEST, FIRST_SECRET } from '../world/world.ts';
import { askingWorld } from './given.ts';

const twoPhones = () => askingWorld({ devices: [deviceNamed('phone'), deviceNamed('tablet')] });
const UNREACHABLE = { event: 'device_unreachable', sub: 'ana', by: 'push service', at: NOW };

describe('when not every phone rings', () => {
  it('one accepted push is enough, and the dead device is marked and audited', async () => {
    const world = twoPhones();
    world.fates.set('tablet', 'unreachable');
    expect(valueFrom(await world.ask()).auth_req_id).toBe(FIRST_SECRET);
    expect(world.journal.calls.slice(-3)).toEqual([
      'ring phone and tablet',
      'mark device tablet of ana',
      'audit device_unreachable',
    ]);
    expect(world.devices.get('tablet')?.reach).toMatchObject({ push: 'unreachable' });
    expect(world.audited).toEqual([{ ...UNREACHABLE, deviceId: 'tablet' }]);
    expect(world.line()).toEqual({
      client_id: 'bank',
      txn: txnOf(FIRST_REQUEST),
      sub: 'ana',
      devices: 2,
      accepted: 1,
      push_errors: 'EndpointDisabled',
      push_error: 'endpoint_dead',
      push_ids: 'push-to-phone',
    });
    expect(world.requests.stored.get(FIRST_REQUEST)?.state).toBe('pending');
  });

  it('an outage at one phone marks nobody', async () => {
    const world = twoPhones();
    world.fates.set('tablet', 'outage');
    expect((await world.ask()).ok).toBe(true);
    expect(world.journal.calls.at(-1)).toBe('ring phone and tablet');
    expect(world.line()).toMatchObject({ accepted: 1, push_errors: 'Throttled', push_error: 'throttled' });
  });

  it('a dead device that can’t be marked does not fail a request that another device heard', async () => {
    const world = twoPhones();
    world.fates.set('tablet', 'unreachable');
    world.journal.breakAt('mark');
    expect(valueFrom(await world.ask()).auth_req_id).toBe(FIRST_SECRET);
    expect(world.audited).toEqual([]);
  });

  it('a device that somebody else marked first is not audited twice', async () => {
    const world = twoPhones();
    world.fates.set('tablet', 'unreachable');
    world.journal.meanwhile('mark', () => {
      world.devices.delete('tablet');
    });
    expect((await world.ask()).ok).toBe(true);
    expect(world.audited).toEqual([]);
  });
});

describe('when no phone rings', () => {
  it('and all are dead, the request is written failed, then each is marked, then the client is told', async () => {
    const world = twoPhones();
    world.fates.set('phone', 'unreachable').set('tablet', 'unreachable');
    expect(refusalOf(await world.ask())).toEqual({ reason: 'no_reachable_device', devices: 2 });
    expect(world.journal.calls.slice(-7)).toEqual([
      'ring phone and tablet',
      `fail request ${FIRST_REQUEST}`,
      'mark device phone of ana',
      'mark device tablet of ana',
      `give back ana of ${NOW}`,
      'audit device_unreachable',
      'audit device_unreachable',
    ]);
    expect(world.requests.stored.get(FIRST_REQUEST)?.state).toBe('failed');
    expect(world.audited.map((event) => 'deviceId' in event && event.deviceId)).toEqual(['phone', 'tablet']);
  });

  it('and the push service is out, the client may try again in 5 seconds, and the request can never be approved', async () => {
    const world = askingWorld();
    world.fates.set('phone', 'outage');
    expect(refusalOf(await world.ask())).toEqual({ reason: 'push_unavailable', retryAfterSeconds: 5 });
    expect(world.journal.calls.slice(-3)).toEqual([
      'ring phone',
      `fail request ${FIRST_REQUEST}`,
      `give back ana of ${NOW}`,
    ]);
    expect(world.requests.stored.get(FIRST_REQUEST)?.state).toBe('failed');
    expect(world.line()).toMatchObject({ devices: 1, accepted: 0, push_errors: 'Throttled' });
  });

  it('and the attempt can’t be given back, it stays counted, and the client hears of the outage all the same', async () => {
    const world = askingWorld();
    world.fates.set('phone', 'outage');
    world.journal.breakAt('give back');
    expect(refusalOf(await world.ask())).toEqual({ reason: 'push_unavailable', retryAfterSeconds: 5 });
  });

  it('and one phone is dead while the other met an outage, the client may try again', async () => {
    const world = twoPhones();
    world.fates.set('phone', 'unreachable').set('tablet', 'outage');
    expect(refusalOf(await world.ask())).toEqual({ reason: 'push_unavailable', retryAfterSeconds: 5 });
    expect(world.audited).toEqual([{ ...UNREACHABLE, deviceId: 'phone' }]);
  });

  it('and the failure can’t be written, the client is told of a fault, and no device is marked', async () => {
    const world = askingWorld();
    world.fates.set('phone', 'unreachable');
    world.journal.breakAt('fail request');
    await expect(world.ask()).rejects.toThrow(Outage);
    expect(world.journal.calls.at(-1)).toBe(`fail request ${FIRST_REQUEST}`);
  });

  it('and the dead device can’t be marked, the client is told of a fault, and the request is failed all the same', async () => {
    const world = askingWorld();
    world.fates.set('phone', 'unreachable');
    world.journal.breakAt('mark');
    await expect(world.ask()).rejects.toThrow(Outage);
    expect(world.requests.stored.get(FIRST_REQUEST)?.state).toBe('failed');
  });
});

describe('an outage is a fault, never "not found", and rings nobody', () => {
  it.each([
    ['at the clients', 'find client', 1],
    ['at the rate window of the client', 'count client', 3],
    ['at the login identifiers', 'resolve', 3],
    ['at the users', 'find user', 6],
    ['at the devices', 'list devices', 6],
    ['at the rate window of the user', 'count user', 6],
    ['at the requests', 'store request', 7],
  ])('%s', async (_name, call, calls) => {
    const world = askingWorld({ client: { requestsPerMinute: 60 } });
    world.journal.breakAt(call);
    await expect(world.ask()).rejects.toThrow(Outage);
    expect(world.journal.calls).toHaveLength(calls);
    expect(world.requests.stored.size).toBe(0);
    expect(world.rung).toEqual([]);
  });
});

describe('an outage while the phones are rung', () => {
  it('is a fault; the request is left pending, nobody is marked, and no client knows its auth_req_id', async () => {
    const world = twoPhones();
    world.fates.set('tablet', 'unreachable');
    world.journal.breakAt('ring');
    await expect(world.ask()).rejects.toThrow(Outage);
    expect(world.journal.calls.at(-1)).toBe('ring phone and tablet');
    expect(world.requests.stored.get(FIRST_REQUEST)?.state).toBe('pending');
    expect(world.audited).toEqual([]);
    expect(JSON.stringify(world.line())).not.toContain(FIRST_SECRET);
  });
});
