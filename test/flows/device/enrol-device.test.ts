import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import { enrolDevice } from '../../../provider/flows/device/enrol-device.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed, reachOf } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed } from '../world/signatures.ts';
import { ANA } from '../world/world.ts';
import { type Different, deviceWorld, TICKET } from './given.ts';

const SPENT = { reason: 'ticket_not_usable' };
const FORGED = { reason: 'enrolment_signature' };

describe('a phone enrols', () => {
  it('is believed, then uses its ticket; it is stored before the others are told', async () => {
    const { enrol, journal } = deviceWorld();
    expect((await enrol('new')).ok).toBe(true);
    expect(journal.calls).toEqual([
      'verify under new',
      'claim ticket with thumbprint of new',
      'find user ana',
      'list devices of ana',
      'register GCM token-1 for device id-1 of ana',
      'save device id-1',
      'find user ana',
      'audit device_enrolled',
      'ring phone and tablet',
      'record ticket as enrolled',
    ]);
  });

  it('is told who it is now, for whom, and at which issuer', async () => {
    const { enrol, devices } = deviceWorld();
    expect(valueFrom(await enrol('new'))).toEqual({ device_id: 'id-1', sub: 'ana', issuer: ISSUER });
    expect(devices.get('id-1')).toEqual({
      deviceId: 'id-1',
      sub: 'ana',
      name: 'New phone',
      reach: reachOf('token-1'),
      proof: { kind: 'device-jws', publicKey: keyNamed('new') },
      enrolledAt: NOW,
    });
  });

  it('has the user’s other phones told within an hour: the id alone', async () => {
    const { enrol, rung } = deviceWorld();
    await enrol('new');
    const message = { type: 'device_enrolled', deviceId: 'id-1', expiresAt: NOW + 3600 };
    expect(rung).toEqual([{ message, now: NOW }]);
  });

  it('leaves a line in log and audit trail', async () => {
    const { enrol, line, audited, fates } = deviceWorld();
    fates.set('tablet', 'unreachable');
    await enrol('new');
    expect(line()).toEqual({
      device_id: 'id-1',
      push_errors: 'EndpointDisabled',
      push_error: 'endpoint_dead',
      push_ids: 'push-to-phone',
    });
    expect(audited).toEqual([{ event: 'device_enrolled', sub: 'ana', deviceId: 'id-1', by: 'ticket', at: NOW }]);
  });

  it('tells no phone that a push can’t reach', async () => {
    const { enrol, journal } = deviceWorld({
      devices: [deviceNamed('phone', { reach: reachOf('phone', 'unreachable') })],
    });
    await enrol('new');
    expect(journal.calls).toContain('ring nobody');
  });

  it('with an RSA key under RS256', async () => {
    const key = { kty: 'RSA', n: Buffer.alloc(256, 1).toString('base64url'), e: 'AQAB' };
    const { enrol } = deviceWorld();
    expect((await enrol('new', { header: { alg: 'RS256' }, key, algorithm: 'RS256' })).ok).toBe(true);
  });
});

describe('a phone that enrols again with its ticket and key: its first answer was lost', () => {
  const enrolledOnce = async () => {
    const world = deviceWorld();
    await world.enrol('new');
    world.journal.calls.length = 0;
    world.audited.length = 0;
    return world;
  };

  it('is told the same, and nobody else is told or asked anew', async () => {
    const { enrol, journal, audited } = await enrolledOnce();
    expect(valueFrom(await enrol('new')).device_id).toBe('id-1');
    expect(journal.calls).toEqual([
      'verify under new',
      'claim ticket with thumbprint of new',
      'find user ana',
      'list devices of ana',
      'register GCM token-1 for device id-1 of ana',
      'update name,reach of device id-1 of ana',
    ]);
    expect(audited).toEqual([]);
  });

  it('keeps its first instant and takes its new name and push token; the old endpoint goes after that', async () => {
    const { enrol, devices, journal, time } = await enrolledOnce();
    time.now += 0.5;
    await enrol('new', { claims: { name: 'Renamed', push_token: 'token-2' } });
    expect(devices.get('id-1')).toMatchObject({ name: 'Renamed', reach: reachOf('token-2'), enrolledAt: NOW });
    expect(journal.calls.slice(-2)).toEqual([
      'update name,reach of device id-1 of ana',
      'release endpoint of token-1 for device id-1',
    ]);
  });

  it('does not come back once it was removed, not even under its own key', async () => {
    const { enrol, devices, journal } = await enrolledOnce();
    devices.delete('id-1');
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('list devices of ana');
  });

  it('does not come back when it is removed meanwhile, and gives up no endpoint of others', async () => {
    const { enrol, devices, journal } = await enrolledOnce();
    journal.meanwhile('update', () => {
      devices.delete('id-1');
    });
    expect(refusalOf(await enrol('new', { claims: { push_token: 'token-2' } }))).toEqual(SPENT);
    expect(devices.has('id-1')).toBe(false);
    expect(journal.calls.at(-1)).toBe('update name,reach of device id-1 of ana');
  });

  it('finds the ticket spent with another key, and the first device as it was', async () => {
    const { enrol, devices, journal } = await enrolledOnce();
    expect(refusalOf(await enrol('thief'))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('claim ticket with thumbprint of thief');
    expect(devices.size).toBe(3);
  });
});

describe('a ticket', () => {
  it('that nobody made, or that expired, enrols nobody and nobody is read', async () => {
    const { enrol, time, journal } = deviceWorld();
    expect(refusalOf(await enrol('new', { claims: { ticket: 'other' } }))).toEqual(SPENT);
    time.now += 1;
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('claim ticket with thumbprint of new');
  });

  it('of a removed or blocked user enrols nobody, and no endpoint is made', async () => {
    for (const users of [[], [{ ...ANA, status: 'blocked' as const }]]) {
      const { enrol, journal, devices } = deviceWorld({ users });
      expect(refusalOf(await enrol('new'))).toEqual(SPENT);
      expect(journal.calls.at(-1)).toBe('list devices of ana');
      expect(devices.has('id-1')).toBe(false);
    }
  });

  it('of a user who is removed meanwhile leaves neither device nor endpoint behind', async () => {
    const { enrol, journal, users, devices, audited, rung } = deviceWorld();
    journal.meanwhile('save device', () => users.clear());
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.slice(-4)).toEqual([
      'save device id-1',
      'find user ana',
      'remove device id-1',
      'release endpoint of token-1 for device id-1',
    ]);
    expect(devices.has('id-1')).toBe(false);
    expect([audited, rung]).toEqual([[], []]);
  });

  it('stays good for the same key when the push service does not know the push token', async () => {
    const { enrol, journal, ticketsStored } = deviceWorld();
    const refused = await enrol('new', { claims: { push_token: 'unknown-1' } });
    expect(refusalOf(refused)).toEqual({ reason: 'push_token_refused' });
    expect(journal.calls.at(-1)).toBe('register GCM unknown-1 for device id-1 of ana');
    expect(ticketsStored.get(sha256(TICKET))?.enrolled).toBe(false);
    expect((await enrol('new')).ok).toBe(true);
    expect(ticketsStored.get(sha256(TICKET))?.enrolled).toBe(true);
  });
});

describe('an enrolment that is not believed uses up no ticket', () => {
  it.each<[string, Different, object]>([
    ['of another type', { header: { typ: 'ciba-device+jwt' } }, FORGED],
    ['under another algorithm than its key’s', { header: { alg: 'RS256' } }, FORGED],
    ['signed by another key than it shows', { header: { jwk: keyNamed('other') } }, FORGED],
    ['without a key', { header: { jwk: undefined } }, { reason: 'device_key_not_accepted' }],
    [
      'for another issuer',
      { claims: { aud: 'https://evil.example/' } },
      { reason: 'device_token_claim', claim: 'aud' },
    ],
    ['without a ticket', { claims: { ticket: undefined } }, { reason: 'device_token_claim', claim: 'ticket' }],
  ])('%s', async (_name, different, refusal) => {
    const { enrol, journal } = deviceWorld();
    expect(refusalOf(await enrol('new', different))).toMatchObject(refusal);
    expect(journal.calls.filter((call) => !call.startsWith('verify'))).toEqual([]);
  });

  it('as something that is no JWT', async () => {
    const { ports, note, journal } = deviceWorld();
    expect(refusalOf(await enrolDevice(ports, { enrolment: 'no JWT', note }))).toEqual(FORGED);
    expect(journal.calls).toEqual([]);
  });
});

describe('an outage while a phone enrols', () => {
  it.each([
    ['at the ticket', 'claim ticket', false],
    ['at the user', 'find user', false],
    ['at the devices', 'list devices', false],
    ['at the push endpoint', 'register', false],
    ['at the device', 'save device', false],
    ['after the device was stored', 7, true],
    ['at the audit trail', 'audit', true],
    ['at the other phones', 'ring', true],
    ['at the last line of the ticket', 'record ticket', true],
  ])(
    '%s is a fault; the next try enrols one device, audited, and known to the others',
    async (_name, call, isStored) => {
      const { enrol, journal, devices, audited, rung } = deviceWorld();
      journal.breakAt(call);
      await expect(enrol('new')).rejects.toThrow(Outage);
      expect(devices.size).toBe(isStored ? 3 : 2);
      journal.heal();
      expect((await enrol('new')).ok).toBe(true);
      expect(devices.size).toBe(3);
      expect(audited.at(-1)).toMatchObject({ event: 'device_enrolled' });
      expect(rung.at(-1)?.message.type).toBe('device_enrolled');
      expect(journal.calls.findLast((told) => told.startsWith('ring'))).toBe('ring phone and tablet');
    },
  );

  it('leaves no ticket that brings a phone back which is removed after its next try', async () => {
    const { enrol, journal, devices } = deviceWorld();
    journal.breakAt('audit');
    await expect(enrol('new')).rejects.toThrow(Outage);
    journal.heal();
    expect((await enrol('new')).ok).toBe(true);
    devices.delete('id-1');
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
  });

  it('at the release of an old endpoint is a fault; the device has the new one already', async () => {
    const { enrol, journal, devices } = deviceWorld();
    await enrol('new');
    const moved = { claims: { push_token: 'token-2' } };
    journal.breakAt('release');
    await expect(enrol('new', moved)).rejects.toThrow(Outage);
    expect(devices.get('id-1')?.reach).toEqual(reachOf('token-2'));
    journal.heal();
    expect((await enrol('new', moved)).ok).toBe(true);
  });

  it.each([
    ['at the removal', 'remove', true],
    ['at the release of the endpoint', 'release', false],
  ])('%s of a phone whose user is gone is a fault, and nobody is told', async (_name, call, isLeft) => {
    const { enrol, journal, users, devices, audited, rung } = deviceWorld();
    journal.meanwhile('save device', () => users.clear());
    journal.breakAt(call);
    await expect(enrol('new')).rejects.toThrow(Outage);
    expect(devices.has('id-1')).toBe(isLeft);
    expect([audited, rung]).toEqual([[], []]);
    journal.heal();
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
  });
});
