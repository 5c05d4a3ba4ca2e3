import { describe, expect, it } from 'vitest';
import type { Counted } from '../../../provider/core/asking/rate-window.ts';
import { MOST_REMINDERS, REMINDER_LEASE_SECONDS } from '../../../provider/core/asking/reminder.ts';
import type { Client } from '../../../provider/core/client/client.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type { UserCode } from '../../../provider/core/person/user-code.ts';
import { remindDevices } from '../../../provider/flows/notifying/remind-devices.ts';
import type { Settings } from '../../../provider/flows/ports.ts';
import { NOW, requestIn } from '../../core/given.ts';
import { blocksIn } from '../world/blocks.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { deviceNamed, devicesIn, pushIn } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { peopleIn } from '../world/people.ts';
import { rungRequestsIn } from '../world/rung-requests.ts';
import { ANA, FIRST_REQUEST, startWorld } from '../world/world.ts';

/** A request of six hours, which has one hour left. */
const DUE = { requestId: FIRST_REQUEST, sub: 'ana', issuedAt: NOW - 5 * 3600, expiresAt: NOW + 3600 };
const REPORTED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: 0,
  report: { at: NOW - 10, requestId: 'request-0' },
};
const CODE_SINCE: UserCode = { profileId: 'profile-1', codeId: 'code-1', hash: 'hash', setAt: NOW - 1 };

type Given = {
  readonly request?: AuthenticationRequest | undefined;
  readonly client?: Partial<Client>;
  readonly users?: (typeof ANA)[];
  readonly settings?: Partial<Settings>;
  readonly blocks?: readonly ClientBlock[];
  readonly codes?: readonly (readonly [string, UserCode])[];
};

/** The message that phones are to be reminded of a request of the bank to Ana. */
function remindingWorld(given: Given = {}) {
  const world = startWorld(given.settings);
  const { journal } = world;
  const request = 'request' in given ? given.request : requestIn('pending', DUE);
  const requests = new Map(request ? [[FIRST_REQUEST, request]] : []);
  const { rungRequests, asked } = rungRequestsIn(journal, requests);
  asked.set(FIRST_REQUEST, { clientId: 'bank', scopes: ['openid'], audience: [] });
  const { clients, stored: registered } = clientsIn(journal, [{ ...BANK, ...given.client }]);
  const { blocks } = blocksIn(
    journal,
    given.blocks?.map((block) => ({ ...block, sub: 'ana' })),
  );
  const { people } = peopleIn(journal, given.users ?? [ANA], { blocks, codes: new Map(given.codes) });
  const { devices, stored: enrolled } = devicesIn(journal, [deviceNamed('phone')]);
  const { push, fates, rung } = pushIn(journal);
  const limit: { user: Counted } = { user: { allowed: true } };
  const later: { seconds: number; message: unknown }[] = [];
  const ports = {
    ...world.ports,
    rungRequests,
    clients,
    people,
    devices,
    push,
    notifications: journal.port({
      findRequest: async (requestId: string) => {
        journal.begin('find request');
        return requests.get(requestId);
      },
    }),
    rateWindows: journal.port({
      countForUser: async ({ sub }: { sub: string }) => {
        journal.begin(`count user ${sub}`);
        return limit.user;
      },
      giveBack: async ({ sub }: { sub: string }) => journal.begin(`give back ${sub}`),
    }),
    later: journal.port({
      announceLater: async (message: unknown, seconds: number) => {
        journal.begin('announce later');
        later.push({ seconds, message });
      },
    }),
  };
  const remind = () =>
    remindDevices(ports, { requestId: FIRST_REQUEST, announcedAt: NOW, correlationId: 'correlation-1', reminds: true });
  const attempts = () => requests.get(FIRST_REQUEST)?.attempts;
  return { ...world, requests, registered, enrolled, fates, rung, limit, later, remind, attempts };
}

describe('the reminder of a long request (RFC 10027 §6.1.11)', () => {
  it('rings the phones with a message of its own kind, once', async () => {
    const world = remindingWorld();
    expect((await world.remind()).noted).toMatchObject({
      reason: 'reminded',
      client_id: 'bank',
      devices: 1,
      accepted: 1,
    });
    const message = { type: 'authentication_request_reminder', requestId: FIRST_REQUEST, expiresAt: DUE.expiresAt };
    expect(world.rung).toEqual([{ message, now: NOW }]);
    expect(world.attempts()).toEqual([{ kind: 'reminder', at: NOW, devices: 1, accepted: 1 }]);
    expect((await world.remind()).noted).toMatchObject({ reason: 'reminded_already' });
    expect([world.rung.length, world.later]).toEqual([1, []]);
  });

  it('is counted in the person’s window and listed before a phone rings', async () => {
    const world = remindingWorld();
    await world.remind();
    expect(world.journal.calls.slice(-4)).toEqual(['count user ana', 'record reminder', 'ring phone', 'record result']);
  });

  it('takes seven steps, of which six are DynamoDB’s: as docs/architecture.md says', async () => {
    const world = remindingWorld();
    const waves = world.journal.inWaves();
    await world.remind();
    expect(waves.map((calls) => calls[0])).toEqual([
      'find request',
      'find client bank anew',
      'find user ana',
      'count user ana',
      'record reminder',
      'ring phone',
      'record result',
    ]);
    expect(waves[2]).toContain('find what ana was asked');
  });

  it('sends itself again until its time has come, for a quarter of an hour at most', async () => {
    const world = remindingWorld();
    world.time.now = DUE.issuedAt;
    expect((await world.remind()).noted).toMatchObject({ reason: 'reminder_waits' });
    const message = { requestId: FIRST_REQUEST, clientId: 'bank', correlationId: 'correlation-1', reminds: true };
    expect(world.later).toEqual([{ seconds: 900, message }]);
    expect(world.journal.calls).toEqual(['find request', 'announce later']);
  });

  it.each<[string, string, Given]>([
    ['the request was decided', 'decided_already', { request: requestIn('approved', DUE) }],
    ['the request was withdrawn, or failed', 'decided_already', { request: requestIn('failed', DUE) }],
    ['the request is gone', 'unknown_request', { request: undefined }],
    ['the request is over', 'request_over', { request: requestIn('pending', { ...DUE, expiresAt: NOW }) }],
    ['nobody was asked', 'nobody_asked', { request: requestIn('pending', { ...DUE, isConcealed: true }) }],
    ['the user was blocked', 'nobody_to_remind', { users: [{ ...ANA, status: 'blocked' }] }],
    ['the user is another person by now', 'nobody_to_remind', { users: [{ ...ANA, profileId: 'profile-2' }] }],
    ['the person reported the client', 'nobody_to_remind', { blocks: [REPORTED] }],
    ['the person has a user code since', 'nobody_to_remind', { codes: [['ana', CODE_SINCE]] }],
    ['another client has the id', 'client_replaced', { client: { registrationId: 'registration-2' } }],
    ['reminders are switched off', 'reminders_off', { settings: { reminds: false } }],
  ])('does not come when %s', async (_, reason, given) => {
    const world = remindingWorld(given);
    expect((await world.remind()).noted).toMatchObject({ reason });
    expect([world.rung, world.later, world.attempts()]).toEqual([[], [], undefined]);
  });

  it('does not come when the request is decided in the same moment', async () => {
    const world = remindingWorld();
    world.journal.meanwhile('record reminder', () => world.requests.set(FIRST_REQUEST, requestIn('denied', DUE)));
    expect((await world.remind()).noted).toMatchObject({ reason: 'reminder_waits' });
    expect((await world.remind()).noted).toMatchObject({ reason: 'decided_already' });
    expect(world.rung).toEqual([]);
    expect(world.journal.calls).toContain('give back ana');
  });

  it('waits while the person is asked too often, so that reminders stay within their limit', async () => {
    const world = remindingWorld();
    world.limit.user = { allowed: false, retryAfterSeconds: 42 };
    expect((await world.remind()).noted).toMatchObject({ reason: 'reminder_waits' });
    expect([world.rung, world.later.map(({ seconds }) => seconds)]).toEqual([[], [42]]);
  });

  it('waits while the client pauses after a denial of another request', async () => {
    const blocks = [{ ...REPORTED, report: undefined, deniedAt: NOW - 10 }];
    const settings = { denialPause: { firstSeconds: 15, longestSeconds: 3600 } };
    const world = remindingWorld({ blocks, settings });
    await world.remind();
    expect([world.rung, world.later.map(({ seconds }) => seconds)]).toEqual([[], [5]]);
  });
});

describe('a reminder is not lost', () => {
  it('when SNS is out: it is tried again, each try is listed, and it ends after a few', async () => {
    const world = remindingWorld();
    world.fates.set('phone', 'outage');
    for (let tries = 1; tries <= MOST_REMINDERS; tries += 1) {
      expect((await world.remind()).noted).toMatchObject({ reason: 'reminder_waits', push_errors: 'Throttled' });
      expect(world.later.at(-1)?.seconds).toBe(REMINDER_LEASE_SECONDS);
      world.time.now += REMINDER_LEASE_SECONDS;
    }
    expect((await world.remind()).noted).toMatchObject({ reason: 'reminded_already' });
    expect(world.attempts()).toHaveLength(MOST_REMINDERS);
    expect(world.attempts()?.at(-1)).toMatchObject({ accepted: 0, errors: 'Throttled' });
  });

  it('by a crash at any call: the message comes back and phones ring, twice at most', async () => {
    const steps = remindingWorld();
    await steps.remind();
    for (let at = 1; at <= steps.journal.all.length; at += 1) {
      const world = remindingWorld();
      world.journal.breakOnce('dies', at);
      await expect(world.remind()).rejects.toThrow(Outage);
      world.journal.heal();
      await world.remind();
      world.time.now += REMINDER_LEASE_SECONDS;
      await world.remind();
      expect(world.rung.length).toBeGreaterThanOrEqual(1);
      expect(world.rung.length).toBeLessThanOrEqual(2);
    }
  });

  it('by two messages at once: one rings, the other looks again', async () => {
    const world = remindingWorld();
    const outcomes = await Promise.all([world.remind(), world.remind()]);
    expect(outcomes.map(({ noted }) => noted.reason).toSorted()).toEqual(['reminded', 'reminder_waits']);
    expect(world.rung).toHaveLength(1);
  });
});
