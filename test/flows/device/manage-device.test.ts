import { describe, expect, it } from 'vitest';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed, reachOf } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed } from '../world/signatures.ts';
import { deviceWorld } from './given.ts';

const BELIEVED = ['find user ana', 'list devices of ana', 'verify under phone', 'use jti jti-1 of phone until 120'];
const AUDITED = { sub: 'ana', deviceId: 'phone', by: 'device', at: NOW };
const unknownDevice = { reason: 'device_not_authenticated', because: 'unknown_device' };
const thief = { key: keyNamed('thief') };

describe('a phone changes itself', () => {
  it('takes a new name alone: its push endpoint is neither read nor written', async () => {
    const { update, journal, devices, audited, line } = deviceWorld();
    expect(valueFrom(await update({ name: 'Work phone' }))).toEqual({
      device_id: 'phone',
      name: 'Work phone',
      platform: 'GCM',
      push: 'reachable',
      enrolled_at: NOW - 1000,
    });
    expect(journal.calls).toEqual([...BELIEVED, 'update name of device phone of ana', 'audit device_updated']);
    expect(devices.get('phone')).toEqual(deviceNamed('phone', { name: 'Work phone' }));
    expect(audited).toEqual([{ event: 'device_updated', changed: [{ member: 'name' }], ...AUDITED }]);
    expect(line()).toEqual({ device_id: 'phone' });
  });

  it('hands in a fresh push token: the device points at the new endpoint before the old one goes', async () => {
    const { update, journal, devices, audited } = deviceWorld();
    expect(valueFrom(await update({ push_token: 'fresh' })).name).toBe('Pixel');
    expect(journal.calls.slice(4)).toEqual([
      'register GCM fresh for device phone of ana',
      'update name,reach of device phone of ana',
      'audit device_updated',
      'release endpoint of phone for device phone',
    ]);
    expect(devices.get('phone')?.reach).toEqual(reachOf('fresh'));
    expect(audited).toEqual([{ event: 'device_updated', changed: [{ member: 'push_token' }], ...AUDITED }]);
  });

  it('hands in the push token that it had: its endpoint is revived and kept', async () => {
    const dead = deviceNamed('phone', { reach: reachOf('phone', 'unreachable') });
    const { update, journal } = deviceWorld({ devices: [dead] });
    expect(valueFrom(await update({ push_token: 'phone' })).push).toBe('reachable');
    expect(journal.calls.some((call) => call.startsWith('release'))).toBe(false);
  });

  it('does not bring a replaced push token back by a slow change of its name', async () => {
    const { update, journal, devices } = deviceWorld();
    journal.meanwhile('update name of', () => {
      devices.set('phone', deviceNamed('phone', { reach: reachOf('fresh') }));
    });
    await update({ name: 'Renamed' });
    expect(devices.get('phone')).toMatchObject({ name: 'Renamed', reach: reachOf('fresh') });
  });

  it('is unknown when it was removed meanwhile, and nothing is audited', async () => {
    const { update, journal, devices, audited } = deviceWorld();
    journal.meanwhile('update', () => devices.clear());
    expect(refusalOf(await update({ push_token: 'fresh' }))).toEqual(unknownDevice);
    expect(journal.calls.slice(-2)).toEqual([
      'update name,reach of device phone of ana',
      'release endpoint of fresh for device phone',
    ]);
    expect([devices.size, audited.length]).toEqual([0, 0]);
  });

  it('is refused a push token when another call gave it another one, and releases the endpoint of its own', async () => {
    const { update, journal, devices, audited } = deviceWorld();
    journal.meanwhile('update', () => devices.set('phone', deviceNamed('phone', { reach: reachOf('faster') })));
    expect(refusalOf(await update({ push_token: 'fresh' }))).toEqual({ reason: 'conflict', what: 'device' });
    expect(journal.calls.at(-1)).toBe('release endpoint of fresh for device phone');
    expect(devices.get('phone')?.reach).toEqual(reachOf('faster'));
    expect(audited).toEqual([]);
  });

  it('keeps the endpoint when another call handed in the same push token', async () => {
    const { update, journal, devices } = deviceWorld();
    journal.meanwhile('update', () => devices.set('phone', deviceNamed('phone', { reach: reachOf('fresh') })));
    expect(valueFrom(await update({ push_token: 'fresh' })).push).toBe('reachable');
    expect(journal.calls).not.toContain('release endpoint of fresh for device phone');
  });

  it.each([
    ['a name that is no text', { name: 7 }, { reason: 'device_token_claim', claim: 'name' }],
    ['a push token with a space', { push_token: 'a b' }, { reason: 'device_token_claim', claim: 'push_token' }],
  ])('is refused %s, and nothing is written', async (_name, change, refusal) => {
    const { update, journal } = deviceWorld();
    expect(refusalOf(await update(change))).toMatchObject(refusal);
    expect(journal.calls).toEqual(BELIEVED);
  });

  it('is refused a push token that the push service does not know; its name stays as well', async () => {
    const { update, journal, devices } = deviceWorld();
    const change = { name: 'Renamed', push_token: 'unknown-1' };
    expect(refusalOf(await update(change))).toEqual({ reason: 'push_token_refused' });
    expect(journal.calls.at(-1)).toBe('register GCM unknown-1 for device phone of ana');
    expect(devices.get('phone')?.name).toBe('Pixel');
  });

  it('is refused any push token when it is one that is never pushed to, but not a name', async () => {
    const { update, journal } = deviceWorld({ devices: [deviceNamed('phone', { reach: { kind: 'none' } })] });
    expect(refusalOf(await update({ push_token: 'fresh' }))).toEqual({ reason: 'push_token_refused' });
    expect(journal.calls).toEqual(BELIEVED);
    const renamed = await update({ name: 'Renamed' }, 'phone', { claims: { jti: 'jti-2' } });
    expect(valueFrom(renamed)).toEqual({ device_id: 'phone', name: 'Renamed', enrolled_at: NOW - 1000 });
  });
});

describe('a phone removes itself', () => {
  it('before its endpoint goes; then it is unknown', async () => {
    const { remove, journal, devices, audited } = deviceWorld();
    expect(await remove()).toEqual({ ok: true, value: true });
    expect(journal.calls).toEqual([
      ...BELIEVED,
      'withdraw device phone',
      'audit device_removed',
      'release endpoint of phone for device phone',
      'remove device phone',
    ]);
    expect([...devices.keys()]).toEqual(['tablet']);
    expect(audited).toEqual([{ event: 'device_removed', ...AUDITED }]);
    expect(refusalOf(await remove())).toEqual(unknownDevice);
  });
});

describe('a phone manages itself alone', () => {
  it('and no other, not even one of the same user', async () => {
    const { update, remove, journal, devices } = deviceWorld();
    expect(refusalOf(await update({ name: 'Mine' }, 'tablet'))).toEqual({ reason: 'device_not_own' });
    expect(refusalOf(await remove('tablet', { claims: { jti: 'jti-2' } }))).toEqual({ reason: 'device_not_own' });
    expect(journal.calls.at(-1)).toBe('use jti jti-2 of phone until 120');
    expect(devices.get('tablet')).toEqual(deviceNamed('tablet'));
  });

  it('and nobody else does, nor twice with one assertion', async () => {
    const { update, remove, devices } = deviceWorld();
    const forged = { reason: 'device_not_authenticated', because: 'signature' };
    expect(refusalOf(await update({ name: 'Mine' }, 'phone', thief))).toEqual(forged);
    expect(refusalOf(await remove('phone', thief))).toEqual(forged);
    await update({ name: 'Mine' });
    const replayed = { reason: 'device_not_authenticated', because: 'replayed' };
    expect(refusalOf(await remove())).toEqual(replayed);
    expect(devices.size).toBe(2);
  });
});

describe('an outage', () => {
  it.each([
    ['at the new endpoint', 'register', 'phone', []],
    ['at the device', 'update', 'phone', []],
    ['at the old endpoint, which is left as a stray', 'release', 'fresh', ['device_updated']],
  ])('%s leaves the phone reachable, and only what was done is audited', async (_name, call, endpoint, trail) => {
    const { update, journal, devices, audited } = deviceWorld();
    journal.breakAt(call);
    await expect(update({ push_token: 'fresh' })).rejects.toThrow(Outage);
    expect(devices.get('phone')?.reach).toEqual(reachOf(endpoint));
    expect(audited.map(({ event }) => event)).toEqual(trail);
  });

  it('at the removal keeps device and endpoint; after it, at the endpoint or the device, a leftover that counts for nothing and is audited all the same', async () => {
    const kept = deviceWorld();
    kept.journal.breakAt('withdraw device');
    await expect(kept.remove()).rejects.toThrow(Outage);
    expect([kept.devices.has('phone'), kept.audited]).toEqual([true, []]);
    expect(kept.users.get('ana')?.deviceIds).toContain('phone');
    for (const call of ['release', 'remove device']) {
      const leftover = deviceWorld();
      leftover.journal.breakAt(call);
      await expect(leftover.remove()).rejects.toThrow(Outage);
      expect(leftover.users.get('ana')?.deviceIds).not.toContain('phone');
      expect(leftover.devices.has('phone')).toBe(true);
      expect(leftover.audited).toEqual([{ event: 'device_removed', ...AUDITED }]);
    }
  });
});
