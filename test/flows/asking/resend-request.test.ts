import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../provider/core/asking/asked.ts';
import type { Counted } from '../../../provider/core/asking/rate-window.ts';
import { RESEND_PAUSE_SECONDS } from '../../../provider/core/asking/resend.ts';
import type { Client } from '../../../provider/core/client/client.ts';
import type { AuthenticationRequest, RequestFacts } from '../../../provider/core/deciding/authentication-request.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { UserCode } from '../../../provider/core/person/user-code.ts';
import type { Refusal } from '../../../provider/core/refusal.ts';
import type { RateWindows } from '../../../provider/flows/asking/ports.ts';
import { type ResendRequestPorts, resendRequest } from '../../../provider/flows/asking/resend-request.ts';
import type { Settings } from '../../../provider/flows/ports.ts';
import { NOW, refusalOf, requestIn, valueFrom } from '../../core/given.ts';
import { blocksIn } from '../world/blocks.ts';
import { BANK, clientCall, clientsIn } from '../world/clients.ts';
import { deviceNamed, devicesIn, pushIn } from '../world/devices.ts';
import type { Journal } from '../world/journal.ts';
import { peopleIn } from '../world/people.ts';
import { rungRequestsIn } from '../world/rung-requests.ts';
import { signaturesIn } from '../world/signatures.ts';
import { ANA, FIRST_REQUEST, FIRST_SECRET, startWorld } from '../world/world.ts';

const OF_ANA = { requestId: FIRST_REQUEST, sub: 'ana', issuedAt: NOW - 60, expiresAt: NOW + 60 };
const PENDING = requestIn('pending', OF_ANA);
const ASKED: Asked = { clientId: 'bank', scopes: ['openid'], audience: [] };
const DENIED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: NOW - 10,
};
const REPORTED: ClientBlock = { ...DENIED, report: { at: NOW - 10, requestId: 'request-0' } };

/** What is different in a world. */
type Given = {
  readonly request?: AuthenticationRequest | undefined;
  readonly asked?: Asked;
  readonly client?: Partial<Client>;
  readonly users?: User[];
  readonly devices?: Device[];
  readonly settings?: Partial<Settings>;
  readonly blocks?: readonly ClientBlock[];
  readonly codes?: readonly (readonly [string, UserCode])[];
};

const codeSet = (setAt: number): readonly [string, UserCode] => [
  'ana',
  { profileId: 'profile-1', codeId: 'code-1', hash: 'hash', setAt },
];

/** A bank whose request Ana has not answered for a minute. */
function resendingWorld(given: Given = {}) {
  const world = startWorld(given.settings);
  const { journal, note } = world;
  const request = 'request' in given ? given.request : PENDING;
  const requests = new Map(request ? [[FIRST_REQUEST, request]] : []);
  const { rungRequests, asked } = rungRequestsIn(journal, requests);
  asked.set(FIRST_REQUEST, given.asked ?? ASKED);
  const { clients, profile } = clientsIn(journal, [{ ...BANK, ...given.client }]);
  const { blocks } = blocksIn(
    journal,
    given.blocks?.map((block) => ({ ...block, sub: 'ana' })),
  );
  const { people } = peopleIn(journal, given.users ?? [ANA], { blocks, codes: new Map(given.codes) });
  const { devices, stored: enrolled } = devicesIn(journal, given.devices ?? [deviceNamed('phone')]);
  const { push, fates, rung } = pushIn(journal);
  const { limits, rateWindows } = windowsIn(journal);
  const { verifier, remoteKeySets } = signaturesIn(journal);
  const ports: ResendRequestPorts = {
    ...world.ports,
    clients,
    profile,
    people,
    devices,
    rungRequests,
    rateWindows,
    push,
    verifier,
    remoteKeySets,
    announcements: journal.port({
      announce: async ({ clientId }) => journal.begin(`announce to ${clientId}`),
    }),
  };
  const resend = (form: Record<string, string> = { auth_req_id: FIRST_SECRET }) =>
    resendRequest(ports, clientCall(note, form));
  const attempts = () => requests.get(FIRST_REQUEST)?.attempts;
  return { ...world, requests, enrolled, fates, rung, limits, resend, attempts };
}

function windowsIn(journal: Journal) {
  const limits: Record<'client' | 'user' | 'silent', Counted> = {
    client: { allowed: true },
    user: { allowed: true },
    silent: { allowed: true },
  };
  const rateWindows: Pick<RateWindows, 'countForClient' | 'countForUser' | 'countSilently' | 'giveBack'> = journal.port(
    {
      countForClient: async (clientId) => {
        journal.begin(`count client ${clientId}`);
        return limits.client;
      },
      countForUser: async ({ sub }) => {
        journal.begin(`count user ${sub}`);
        return limits.user;
      },
      countSilently: async ({ sub, clientId }) => {
        journal.begin(`count ${clientId} silently for ${sub}`);
        return limits.silent;
      },
      giveBack: async ({ sub }, countedAt) => journal.begin(`give back ${sub} of ${countedAt}`),
    },
  );
  return { limits, rateWindows };
}

describe('a resend (RFC 10027 §6.1.11)', () => {
  it('rings the phones for the same request again, and changes nothing but the list of attempts', async () => {
    const world = resendingWorld();
    expect(valueFrom(await world.resend())).toEqual({ expires_in: 60, resends_left: 2 });
    const message = { type: 'authentication_request', requestId: FIRST_REQUEST, expiresAt: NOW + 60 };
    expect(world.rung).toEqual([{ message, now: NOW }]);
    const attempts = [{ kind: 'resend', at: NOW, devices: 1, accepted: 1 }];
    expect(world.requests.get(FIRST_REQUEST)).toEqual({ ...PENDING, attempts });
    expect(world.line()).toMatchObject({ client_id: 'bank', devices: 1, accepted: 1, push_ids: 'push-to-phone' });
    expect(JSON.stringify(world.line())).not.toContain(FIRST_SECRET);
  });

  it('counts in the windows of person and client, and rings after the write that decides', async () => {
    const world = resendingWorld({ settings: { clientLimits: { requestsPerMinute: 60, unknownUsers: undefined } } });
    await world.resend();
    const { calls } = world.journal;
    for (const before of ['count client bank', 'count user ana', 'record resend'])
      expect(calls.indexOf(before)).toBeLessThan(calls.indexOf('ring phone'));
    expect(calls).toContain('count client bank');
    expect(calls.at(-1)).toBe('record result');
  });

  it('rings only devices that could approve the request', async () => {
    const acr = { acr: 'urn:high', anyOf: ['face'], needsVerificationKey: true } as const;
    const world = resendingWorld({ asked: { ...ASKED, acrValues: [acr] } });
    expect(refusalOf(await world.resend())).toEqual({ reason: 'acr_out_of_reach', devices: 1 });
    expect(world.attempts()).toBe(undefined);
  });

  it('marks devices whose endpoint is dead, and is a success if another one rang', async () => {
    const world = resendingWorld({ devices: [deviceNamed('phone'), deviceNamed('dead')] });
    world.fates.set('dead', 'unreachable');
    expect((await world.resend()).ok).toBe(true);
    expect(world.journal.calls).toContain('mark device dead of ana');
    expect(world.attempts()).toEqual([
      { kind: 'resend', at: NOW, devices: 2, accepted: 1, errors: 'EndpointDisabled' },
    ]);
  });

  it('is still a success if what came of it cannot be stored: the phones are ringing', async () => {
    const world = resendingWorld();
    world.journal.breakAt('record result');
    expect((await world.resend()).ok).toBe(true);
    expect(world.attempts()).toEqual([{ kind: 'resend', at: NOW }]);
  });

  it('of two at once rings once, and the person’s window is charged once', async () => {
    const world = resendingWorld();
    const results = await Promise.all([world.resend(), world.resend()]);
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
    expect(results.map(refusalOf)).toContainEqual({
      reason: 'resend_too_soon',
      retryAfterSeconds: RESEND_PAUSE_SECONDS,
    });
    expect(world.rung).toHaveLength(1);
    expect(world.journal.calls.filter((call) => call.startsWith('give back'))).toHaveLength(1);
  });
});

it('a resend needs no user code that the request was checked with (CIBA §7.1.2)', async () => {
  const world = resendingWorld({ codes: [codeSet(NOW - 60)] });
  expect((await world.resend()).ok).toBe(true);
  expect(world.rung).toHaveLength(1);
});

describe('a resend is refused (RFC 6749 §5.2)', () => {
  it.each<[string, AuthenticationRequest | undefined]>([
    ['unknown', undefined],
    ['foreign', requestIn('pending', { ...OF_ANA, registrationId: 'registration-0' })],
    ['denied', requestIn('denied', OF_ANA)],
    ['approved', requestIn('approved', OF_ANA)],
    ['expired', requestIn('pending', { ...OF_ANA, expiresAt: NOW })],
  ])('for a request that is %s: nobody is read, counted or rung', async (because, request) => {
    const world = resendingWorld({ request });
    expect(refusalOf(await world.resend())).toEqual({ reason: 'nothing_to_resend', because });
    expect(world.journal.calls).toEqual(['find client bank', 'find request']);
  });

  it('for an auth_req_id that no request can have, before anything is read', async () => {
    const world = resendingWorld();
    expect(refusalOf(await world.resend({ auth_req_id: 'a b' }))).toMatchObject({ because: 'unknown' });
    expect(refusalOf(await world.resend({}))).toMatchObject({ reason: 'missing_parameter' });
    expect(world.journal.calls).not.toContain('find request');
  });

  it.each<[string, (request: AuthenticationRequest) => AuthenticationRequest]>([
    ['approved', () => requestIn('approved', OF_ANA)],
    ['failed', () => requestIn('failed', OF_ANA)],
    ['expired', (request) => ({ ...request, expiresAt: NOW })],
  ])(
    'if the request is %s in the same moment: nobody is rung, and the person’s window is given back',
    async (because, to) => {
      const world = resendingWorld();
      world.journal.meanwhile('record resend', () => world.requests.set(FIRST_REQUEST, to(PENDING)));
      expect(refusalOf(await world.resend())).toEqual({ reason: 'nothing_to_resend', because });
      expect(world.rung).toEqual([]);
      expect(world.journal.calls.at(-1)).toBe(`give back ana of ${NOW}`);
    },
  );

  it('for the reasons for which the user could not be asked now, and the resend is not counted', async () => {
    const blocked = { ...ANA, status: 'blocked' } as const;
    const cases: readonly [Given, Refusal][] = [
      [{ users: [blocked] }, { reason: 'unknown_user', because: 'blocked' }],
      [{ users: [] }, { reason: 'unknown_user', because: 'no_profile' }],
      [{ users: [{ ...ANA, profileId: 'profile-2' }] }, { reason: 'unknown_user', because: 'no_profile' }],
      [{ codes: [codeSet(NOW - 59)] }, { reason: 'missing_user_code', because: 'set_since' }],
      [{ client: { onlySub: 'bo' } }, { reason: 'unknown_user', because: 'not_for_this_client' }],
      [{ devices: [] }, { reason: 'no_reachable_device', devices: 0 }],
      [
        { blocks: [DENIED], settings: { denialPause: { firstSeconds: 15, longestSeconds: 3600 } } },
        { reason: 'client_paused', retryAfterSeconds: 5 },
      ],
    ];
    for (const [given, refusal] of cases) {
      const world = resendingWorld(given);
      expect(refusalOf(await world.resend())).toEqual(refusal);
      expect([world.rung, world.attempts()]).toEqual([[], undefined]);
      expect(world.journal.calls).not.toContain('count user ana');
    }
  });

  it('when the person was asked too often: the resend is taken back, with its pause', async () => {
    const world = resendingWorld();
    world.limits.user = { allowed: false, retryAfterSeconds: 42 };
    expect(refusalOf(await world.resend())).toEqual({ reason: 'user_rate_limited', retryAfterSeconds: 42 });
    expect([world.rung, world.attempts()]).toEqual([[], []]);
    world.limits.user = { allowed: true };
    expect((await world.resend()).ok).toBe(true);
  });

  it('when the client calls too often', async () => {
    const world = resendingWorld({ settings: { clientLimits: { requestsPerMinute: 60, unknownUsers: undefined } } });
    world.limits.client = { allowed: false, retryAfterSeconds: 7 };
    expect(refusalOf(await world.resend())).toEqual({ reason: 'client_rate_limited', retryAfterSeconds: 7 });
    expect(world.rung).toEqual([]);
  });

  it('with 503 while SNS is out: the attempt counts and is listed, and the person’s window is given back', async () => {
    const world = resendingWorld();
    world.fates.set('phone', 'outage');
    const refusal = { reason: 'push_unavailable', retryAfterSeconds: RESEND_PAUSE_SECONDS };
    expect(refusalOf(await world.resend())).toEqual(refusal);
    expect(world.attempts()).toEqual([{ kind: 'resend', at: NOW, devices: 1, accepted: 0, errors: 'Throttled' }]);
    expect(world.journal.calls).toContain(`give back ana of ${NOW}`);
    expect(world.requests.get(FIRST_REQUEST)?.state).toBe('pending');
  });

  it('with the words of a user without a phone if every endpoint turns out dead, and the request stays open', async () => {
    const world = resendingWorld();
    world.fates.set('phone', 'unreachable');
    expect(refusalOf(await world.resend())).toEqual({ reason: 'no_reachable_device', devices: 1 });
    expect(world.requests.get(FIRST_REQUEST)?.state).toBe('pending');
  });
});

describe('a resend that rings nobody gets the same answer, with as many calls in as many waves', () => {
  const conceals = { concealsUsers: true } as const;
  const facts = (more: Partial<RequestFacts>) => requestIn('pending', { ...OF_ANA, ...more });
  const silent: [string, Given, Partial<Settings>][] = [
    ['the person reported the client', { blocks: [{ ...REPORTED, deniedAt: 0 }] }, {}],
    ['the request counts as denied soon', { request: facts({ sub: 'x', profileId: 'y', deniedFrom: NOW + 9 }) }, {}],
    ['the request asked nobody', { request: facts({ sub: 'x', profileId: 'y', isConcealed: true }) }, conceals],
    ['the user was blocked, and users are concealed', { users: [{ ...ANA, status: 'blocked' }] }, conceals],
    ['the user has no phone, and users are concealed', { devices: [] }, conceals],
    ['the user has a code since, and users are concealed', { codes: [codeSet(NOW - 1)] }, conceals],
  ];

  it.each(silent)('%s', async (_, given, settings) => {
    const waves = async (one: Given) => {
      const world = resendingWorld({ ...one, settings });
      const seen = world.journal.inWaves();
      const answer = valueFrom(await world.resend());
      return { answer, sizes: seen.map((calls) => calls.length), world };
    };
    const usual = await waves({});
    const unrung = await waves(given);
    expect(unrung.answer).toEqual(usual.answer);
    expect(unrung.sizes).toEqual(usual.sizes);
    expect(unrung.world.rung).toEqual([]);
    expect(unrung.world.attempts()).toEqual([{ kind: 'resend', at: NOW, devices: 0, accepted: 0 }]);
    expect(unrung.world.journal.calls).toContain('announce to bank');
  });

  it('and the same refusal while SNS is out', async () => {
    const world = resendingWorld({ blocks: [{ ...REPORTED, deniedAt: 0 }] });
    world.journal.breakAt('announce');
    expect(refusalOf(await world.resend())).toMatchObject({ reason: 'push_unavailable' });
  });

  it('also when the person was asked too often, where users are concealed', async () => {
    const world = resendingWorld({ settings: conceals });
    world.limits.user = { allowed: false, retryAfterSeconds: 42 };
    expect(valueFrom(await world.resend())).toEqual({ expires_in: 60, resends_left: 2 });
    expect(world.rung).toEqual([]);
    expect(world.line()).toMatchObject({ concealed: 'user_rate_limited' });
  });

  it('a client that was reported uses up no limit of the person, and meets the same one', async () => {
    const world = resendingWorld({ blocks: [{ ...REPORTED, deniedAt: 0 }] });
    world.limits.silent = { allowed: false, retryAfterSeconds: 42 };
    expect(refusalOf(await world.resend())).toEqual({ reason: 'user_rate_limited', retryAfterSeconds: 42 });
    expect(world.journal.calls).not.toContain('count user ana');
  });
});

it('of an approval that waits for its number rings nobody, and does not tell the client that somebody approved', async () => {
  const told = async (request: AuthenticationRequest) => {
    const world = resendingWorld({ request: { ...request, numberMatching: 'client_enters' } });
    const answer = valueFrom(await world.resend());
    return { answer, calls: world.journal.calls, rung: world.rung.length };
  };
  const [waits, approved] = [await told(PENDING), await told(requestIn('awaiting_number', OF_ANA))];
  expect(approved.answer).toEqual(waits.answer);
  expect([waits.rung, approved.rung]).toEqual([1, 0]);
  expect(approved.calls).toHaveLength(waits.calls.length);
});

it('meets an approval in the moment in which it is recorded, and answers as if that had come before: nobody rings', async () => {
  const waiting = { ...PENDING, numberMatching: 'client_enters' } as const;
  const approved = { ...requestIn('awaiting_number', OF_ANA), numberMatching: 'client_enters' } as const;
  const told = async (before: boolean) => {
    const world = resendingWorld({ request: before ? approved : waiting });
    if (!before) world.journal.meanwhile('record resend', () => world.requests.set(FIRST_REQUEST, approved));
    const seen = world.journal.inWaves();
    const answer = valueFrom(await world.resend());
    return { answer, waves: seen.map((calls) => calls.toSorted()), rung: world.rung, attempts: world.attempts() };
  };
  const meanwhile = await told(false);
  expect(meanwhile).toEqual(await told(true));
  expect(meanwhile.attempts).toEqual([{ kind: 'resend', at: NOW, devices: 0, accepted: 0 }]);
});
