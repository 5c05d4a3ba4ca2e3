import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import { enrolDevice } from '../../../provider/flows/device/enrol-device.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed, reachOf } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed } from '../world/signatures.ts';
import { ANA } from '../world/world.ts';
import { ANA_WITH_TICKET, type Different, deviceWorld, TICKET } from './given.ts';

const SPENT = { reason: 'ticket_not_usable' };
const FORGED = { reason: 'enrolment_signature' };

describe('a phone enrols', () => {
  it('is believed; it is stored, then uses its ticket, which enrols it; then the others are told', async () => {
    const { enrol, journal } = deviceWorld();
    expect((await enrol('new')).ok).toBe(true);
    expect(journal.calls).toEqual([
      'verify under new',
      'find owner of ticket',
      'find user ana',
      'list devices of ana',
      'register GCM token-1 for device id-1 of ana',
      'save device id-1',
      'claim evidence key of ana',
      'claim ticket with thumbprint of new',
      'audit device_enrolled',
      'ring phone and tablet',
      'record enrolment as reported',
    ]);
  });

  it('is told who it is now, for whom, and at which issuer', async () => {
    const { enrol, devices, users } = deviceWorld();
    expect(valueFrom(await enrol('new'))).toEqual({ device_id: 'id-1', sub: 'ana', issuer: ISSUER });
    expect(users.get('ana')?.deviceIds).toContain('id-1');
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
      'find owner of ticket',
      'find user ana',
      'list devices of ana',
      'register GCM token-1 for device id-1 of ana',
      'update name,reach of device id-1 of ana',
      'audit device_updated',
    ]);
    expect(audited).toMatchObject([{ event: 'device_updated', deviceId: 'id-1', changed: [], by: 'ticket' }]);
  });

  it('keeps its first instant and takes its new name and push token; the old endpoint goes after that', async () => {
    const { enrol, devices, journal, time, audited } = await enrolledOnce();
    time.now += 0.5;
    await enrol('new', { claims: { name: 'Renamed', push_token: 'token-2' } });
    expect(devices.get('id-1')).toMatchObject({ name: 'Renamed', reach: reachOf('token-2'), enrolledAt: NOW });
    expect(journal.calls.slice(-3)).toEqual([
      'update name,reach of device id-1 of ana',
      'audit device_updated',
      'release endpoint of token-1 for device id-1',
    ]);
    expect(audited.at(-1)).toMatchObject({ changed: [{ member: 'name' }, { member: 'push_token' }] });
  });

  it('does not come back once it was removed, not even under its own key', async () => {
    const { enrol, ports, journal, devices } = await enrolledOnce();
    await ports.enrolments.withdraw({ sub: 'ana', deviceId: 'id-1' });
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('list devices of ana');
    devices.delete('id-1');
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
  });

  it('does not come back when its device is gone although the user names it: no endpoint is made', async () => {
    const { enrol, journal, devices } = await enrolledOnce();
    devices.delete('id-1');
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('list devices of ana');
  });

  it('keeps its old push token when the push service does not know the new one', async () => {
    const { enrol, devices } = await enrolledOnce();
    const before = devices.get('id-1');
    const refused = await enrol('new', { claims: { push_token: 'unknown-1' } });
    expect(refusalOf(refused)).toEqual({ reason: 'push_token_refused' });
    expect(devices.get('id-1')).toBe(before);
  });

  it('does not come back when it is removed meanwhile, and gives up the endpoint of its own call alone', async () => {
    const { enrol, devices, journal } = await enrolledOnce();
    journal.meanwhile('update', () => {
      devices.delete('id-1');
    });
    expect(refusalOf(await enrol('new', { claims: { push_token: 'token-2' } }))).toEqual(SPENT);
    expect(devices.has('id-1')).toBe(false);
    expect(journal.calls.slice(-2)).toEqual([
      'update name,reach of device id-1 of ana',
      'release endpoint of token-2 for device id-1',
    ]);
  });

  it('finds the ticket spent with another key, and the first device as it was', async () => {
    const { enrol, devices, journal } = await enrolledOnce();
    expect(refusalOf(await enrol('thief'))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('list devices of ana');
    expect(devices.size).toBe(3);
  });
});

describe('a ticket', () => {
  it('that nobody made enrols nobody, and nobody is read', async () => {
    const { enrol, journal } = deviceWorld();
    expect(refusalOf(await enrol('new', { claims: { ticket: 'other' } }))).toEqual(SPENT);
    expect(journal.calls.at(-1)).toBe('find owner of ticket');
  });

  it('that expired, was ended, or was followed by a newer one enrols nobody, and no endpoint is made', async () => {
    const newer = { hash: sha256('newer'), issuedAt: NOW, expiresAt: NOW + 600 };
    const expired = { hash: sha256(TICKET), issuedAt: NOW - 600, expiresAt: NOW };
    for (const ticket of [expired, undefined, newer]) {
      const { enrol, journal, devices } = deviceWorld({ users: [{ ...ANA, ticket }] });
      expect(refusalOf(await enrol('new'))).toEqual(SPENT);
      expect(journal.calls.at(-1)).toBe('list devices of ana');
      expect(devices.has('id-1')).toBe(false);
    }
  });

  it('of a removed or blocked user enrols nobody, and no endpoint is made', async () => {
    for (const users of [[], [{ ...ANA_WITH_TICKET, status: 'blocked' as const }]]) {
      const { enrol, journal, devices } = deviceWorld({ users });
      expect(refusalOf(await enrol('new'))).toEqual(SPENT);
      expect(journal.calls.at(-1)).toBe('list devices of ana');
      expect(devices.has('id-1')).toBe(false);
    }
  });

  it.each<[string, (world: ReturnType<typeof deviceWorld>) => unknown]>([
    ['whose user is removed', ({ users }) => users.delete('ana')],
    ['whose user is blocked', ({ users }) => users.set('ana', { ...ANA_WITH_TICKET, status: 'blocked' })],
    ['whose user is blocked and unblocked', ({ users }) => users.set('ana', ANA)],
    ['that is ended', ({ users }) => users.set('ana', ANA)],
    ['whose sub another person gets', ({ users }) => users.set('ana', { ...ANA, profileId: 'profile-2' })],
  ])('%s while the phone enrols leaves neither device nor endpoint behind', async (_name, happens) => {
    const world = deviceWorld();
    const { enrol, journal, devices, audited, rung } = world;
    journal.meanwhile('save device', () => happens(world));
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.slice(-5)).toEqual([
      'save device id-1',
      'claim evidence key of ana',
      'claim ticket with thumbprint of new',
      'remove device id-1',
      'release endpoint of token-1 for device id-1',
    ]);
    expect(devices.has('id-1')).toBe(false);
    expect([audited, rung]).toEqual([[], []]);
  });

  it('in two calls at once with one key enrols one device, and both are told the same', async () => {
    const { enrol, devices, users, audited } = deviceWorld();
    const answers = await Promise.all([enrol('new'), enrol('new')]);
    const ids = answers.map((one) => valueFrom(one).device_id);
    expect(new Set(ids).size).toBe(1);
    expect(users.get('ana')?.deviceIds.filter((id) => id.startsWith('id-'))).toEqual([ids[0]]);
    expect([...devices.keys()].filter((id) => id.startsWith('id-'))).toEqual([ids[0]]);
    expect(audited.every((event) => 'deviceId' in event && event.deviceId === ids[0])).toBe(true);
  });

  it('in two calls at once does not bring back the device that the operator removes in between', async () => {
    const world = deviceWorld();
    const { enrol, journal, ports, devices, users } = world;
    let saves = 0;
    const { save, remove } = ports.devices;
    let first: Promise<unknown> | undefined;
    // The first call waits before its write, until the second has enrolled and the operator has removed the phone.
    ports.devices.save = async (device) => {
      saves += 1;
      if (saves === 1) {
        first = enrol('new').then(async (answer) => {
          const { device_id: deviceId } = valueFrom(answer);
          await ports.enrolments.withdraw({ sub: 'ana', deviceId });
          await remove({ sub: 'ana', deviceId });
        });
        await first;
      }
      return save(device);
    };
    expect(refusalOf(await enrol('new'))).toEqual(SPENT);
    expect(journal.calls.filter((call) => call.startsWith('claim ticket'))).toHaveLength(2);
    expect([...devices.keys()]).toEqual(['phone', 'tablet']);
    expect(users.get('ana')?.deviceIds).toEqual(ANA.deviceIds);
  });

  it('stays good when the push service does not know the push token', async () => {
    const { enrol, journal, users } = deviceWorld();
    const refused = await enrol('new', { claims: { push_token: 'unknown-1' } });
    expect(refusalOf(refused)).toEqual({ reason: 'push_token_refused' });
    expect(journal.calls.at(-1)).toBe('register GCM unknown-1 for device id-1 of ana');
    expect(users.get('ana')?.ticket).not.toHaveProperty('use');
    expect((await enrol('new')).ok).toBe(true);
    expect(users.get('ana')?.ticket?.use?.isReported).toBe(true);
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
    ['at the ticket', 'find owner', false],
    ['at the user', 'find user', false],
    ['at the devices', 'list devices', false],
    ['at the push endpoint', 'register', false],
    ['at the device', 'save device', false],
    ['at the claim of the ticket', 'claim ticket', false],
    ['at the audit trail', 'audit', true],
    ['at the other phones', 'ring', true],
    ['at the last line of the ticket', 'record enrolment', true],
  ])(
    '%s is a fault; the next try enrols one device, audited, and known to the others',
    async (_name, call, isEnrolled) => {
      const { enrol, journal, users, audited, rung } = deviceWorld();
      const enrolled = () => users.get('ana')?.deviceIds.filter((id) => id.startsWith('id-'));
      journal.breakAt(call);
      await expect(enrol('new')).rejects.toThrow(Outage);
      expect(enrolled()).toHaveLength(isEnrolled ? 1 : 0);
      journal.heal();
      expect((await enrol('new')).ok).toBe(true);
      expect(enrolled()).toHaveLength(1);
      expect(audited.at(-1)).toMatchObject({ event: 'device_enrolled' });
      expect(rung.at(-1)?.message.type).toBe('device_enrolled');
      expect(journal.calls.findLast((told) => told.startsWith('ring'))).toBe('ring phone and tablet');
    },
  );

  it('leaves no ticket that brings a phone back which is removed after its next try', async () => {
    const { enrol, journal, ports } = deviceWorld();
    journal.breakAt('audit');
    await expect(enrol('new')).rejects.toThrow(Outage);
    journal.heal();
    expect((await enrol('new')).ok).toBe(true);
    await ports.enrolments.withdraw({ sub: 'ana', deviceId: 'id-1' });
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
