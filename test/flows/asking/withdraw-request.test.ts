import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { FACTS, GRANT, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { basic } from '../world/clients.ts';
import { deviceNamed, reachOf } from '../world/devices.ts';
import { keyNamed } from '../world/signatures.ts';
import { ANA, FIRST_REQUEST, FIRST_SECRET } from '../world/world.ts';
import { askingWorld, kindsOf } from './given.ts';

const OWN = { auth_req_id: FIRST_SECRET };
const WITHDRAWAL = { message: { type: 'request_withdrawn', requestId: FIRST_REQUEST, expiresAt: NOW + 120 }, now: NOW };

/** A world in which the bank has asked Ana. What came before the withdrawal is not in the journal. */
async function asked(given: Parameters<typeof askingWorld>[0] = {}) {
  const world = askingWorld(given);
  valueFrom(await world.ask());
  world.journal.calls.length = 0;
  world.rung.length = 0;
  const state = () => world.requests.stored.get(FIRST_REQUEST);
  return { ...world, state };
}

describe('a withdrawal (RFC 7009 §2.2 in shape)', () => {
  it('ends a pending request with one write, tells the phone and lets nothing else happen before', async () => {
    const { withdraw, journal, rung, audited, line, state } = await asked();
    expect(await withdraw(OWN)).toEqual({ ok: true, value: undefined });
    expect(state()).toMatchObject({ state: 'failed', because: 'withdrawn' });
    expect(journal.calls).toEqual([
      'find client bank',
      'record withdrawal by bank',
      'audit request_withdrawn',
      'find user ana',
      'list devices of ana',
      'find details for ana',
      'ring phone',
    ]);
    expect(rung).toEqual([WITHDRAWAL]);
    expect(line()).toMatchObject({ client_id: 'bank', reason: 'withdrawn', devices: 1, accepted: 1 });
    const event = { event: 'request_withdrawn', requestId: FIRST_REQUEST, sub: 'ana', clientId: 'bank' };
    expect(audited).toEqual([{ ...event, wasApproved: false, at: NOW }]);
  });

  it('ends an approval that is not redeemed', async () => {
    const { withdraw, requests, state, line, audited } = await asked();
    const request = requests.stored.get(FIRST_REQUEST) ?? { ...FACTS, state: 'pending' };
    requests.stored.set(FIRST_REQUEST, { ...request, state: 'approved', grant: GRANT });
    expect((await withdraw(OWN)).ok).toBe(true);
    expect(state()).toMatchObject({ state: 'failed', because: 'withdrawn' });
    expect(state()).not.toHaveProperty('grant');
    expect([line().reason, audited]).toMatchObject(['approval_withdrawn', [{ wasApproved: true }]]);
  });

  it.each([
    ['an unknown id', {}, { auth_req_id: 'secret-9' }, 'unknown_auth_req_id'],
    ['an id that is worth no hash', {}, { auth_req_id: 'a b' }, 'unknown_auth_req_id'],
    ['the id of another client', { clientId: 'shop' }, OWN, 'foreign_auth_req_id'],
    ['the id of a former client with its client_id', { registrationId: 'registration-0' }, OWN, 'foreign_auth_req_id'],
    ['a redeemed request', { state: 'redeemed', deviceId: 'phone' } as const, OWN, 'already_redeemed'],
    ['a denied request', { state: 'denied', deviceId: 'phone' } as const, OWN, 'denied_by_user'],
    ['a request that rang no phone', { state: 'failed' } as const, OWN, 'request_failed'],
    [
      'a request that it withdrew before',
      { state: 'failed', because: 'withdrawn' } as const,
      OWN,
      'withdrawn_by_client',
    ],
    ['a request that counts as denied', { deniedFrom: NOW } as const, OWN, 'client_reported'],
  ])('is answered the same for %s, changes nothing and tells nobody', async (_name, different, form, reason) => {
    const { withdraw, requests, journal, rung, line, audited, state } = await asked();
    const request = requests.stored.get(FIRST_REQUEST) ?? { ...FACTS, state: 'pending' };
    const before = { ...request, ...different };
    requests.stored.set(FIRST_REQUEST, before);
    expect(await withdraw(form)).toEqual({ ok: true, value: undefined });
    expect([state(), rung, audited, line().reason]).toEqual([before, [], [], reason]);
    expect(journal.calls.length).toBeLessThanOrEqual(reason === 'withdrawn_by_client' ? 3 : 2);
  });

  it('twice tells the phone once', async () => {
    const { withdraw, rung } = await asked();
    await Promise.all([withdraw(OWN), withdraw(OWN)]);
    expect(rung).toHaveLength(1);
  });

  it.each([
    ['no auth_req_id', {}, undefined, { reason: 'missing_parameter', name: 'auth_req_id' }],
    [
      'an auth_req_id twice',
      { auth_req_id: [FIRST_SECRET, FIRST_SECRET] },
      undefined,
      { reason: 'repeated_parameter', name: 'auth_req_id' },
    ],
    ['a wrong secret', OWN, basic('bank', 'wrong'), { reason: 'wrong_client_secret' }],
    ['an unknown client', OWN, basic('nobody', 's3cret'), { reason: 'unknown_client' }],
  ])('with %s is refused before a request is looked at', async (_name, form, authorization, refusal) => {
    const { withdraw, journal, state } = await asked();
    expect(refusalOf(await withdraw(form, authorization))).toEqual(refusal);
    expect(journal.calls.filter((call) => !call.startsWith('find client'))).toEqual([]);
    expect(state()).toMatchObject({ state: 'pending' });
  });
});

describe('what follows a withdrawal', () => {
  const TWO_KEYS = { kind: 'device-jws', publicKey: keyNamed('two'), verificationKey: keyNamed('second') } as const;

  it('goes to the devices that rang: not to a dead one, nor to one that could not reach the class', async () => {
    const devices = [
      deviceNamed('phone'),
      deviceNamed('tablet', { proof: TWO_KEYS }),
      deviceNamed('dead', { proof: TWO_KEYS, reach: reachOf('dead', 'unreachable') }),
    ];
    const acrPolicy = [{ acr: 'urn:high', anyOf: ['face'], needsVerificationKey: true }];
    const world = askingWorld({ devices, settings: { acrPolicy } });
    valueFrom(await world.ask({ acr_values: 'urn:high' }));
    valueFrom(await world.withdraw(OWN));
    expect(world.journal.calls.filter((call) => call.startsWith('ring'))).toEqual(['ring tablet', 'ring tablet']);
  });

  it('rings nobody if another person has the subject by now', async () => {
    const { withdraw, users, rung, journal } = await asked();
    users.set('ana', { ...ANA, profileId: 'profile-2' });
    valueFrom(await withdraw(OWN));
    expect([rung, journal.calls.at(-1)]).toEqual([[], 'announce to bank']);
  });

  it.each(['find user', 'find details', 'ring', 'close request', 'remove question', 'take back'])(
    'may fail at "%s", and the request stays withdrawn',
    async (call) => {
      const { denialPause } = DEFAULTS;
      const settings = { hasOneOpenRequest: true, needsMessageWhileOpen: true, denialPause };
      const { withdraw, journal, line, state } = await asked({ settings });
      journal.breakAt(call);
      expect((await withdraw(OWN)).ok).toBe(true);
      expect(journal.calls.filter((one) => one.startsWith(call))).toHaveLength(1);
      expect([state(), line()]).toMatchObject([{ because: 'withdrawn' }, { reason: 'withdrawn' }]);
    },
  );

  it('an outage of SNS is in the log, and changes nothing', async () => {
    const { withdraw, fates, line, state } = await asked();
    fates.set('phone', 'outage');
    expect((await withdraw(OWN)).ok).toBe(true);
    expect([state(), line()]).toMatchObject([{ because: 'withdrawn' }, { accepted: 0, push_errors: 'Throttled' }]);
  });

  it('closes what the request opened, so that the client may ask again at once and needs no message', async () => {
    const settings = { hasOneOpenRequest: true, needsMessageWhileOpen: true };
    const world = await asked({ settings });
    expect(refusalOf(await world.ask())).toMatchObject({ reason: 'request_open' });
    expect(world.questions).toHaveLength(1);
    valueFrom(await world.withdraw(OWN));
    expect((await world.ask()).ok).toBe(true);
  });

  it('is made up for by a second one, if the first broke off: what it opened is closed, and no phone is told', async () => {
    const settings = { hasOneOpenRequest: true, needsMessageWhileOpen: true };
    const { withdraw, journal, rung, opened, questions } = await asked({ settings });
    journal.breakOnce('dies', journal.all.length + 3);
    await expect(withdraw(OWN)).rejects.toThrow();
    journal.heal();
    expect([opened.size, questions.length]).toEqual([1, 1]);
    valueFrom(await withdraw(OWN));
    expect([opened.size, questions.length, rung]).toEqual([0, 0, []]);
  });

  it('is made up for by a second one for later requests alone: it closes nothing of theirs', async () => {
    const settings = { hasOneOpenRequest: true, needsMessageWhileOpen: true };
    const { ask, withdraw, opened, questions } = await asked({ settings });
    valueFrom(await withdraw(OWN));
    // It ends with the first one.
    valueFrom(await ask());
    const before = [[...opened], [...questions]];
    valueFrom(await withdraw(OWN));
    expect([[...opened], [...questions]]).toEqual(before);
  });

  it('gives no attempt back: rate windows stay counted', async () => {
    const { withdraw, journal } = await asked();
    valueFrom(await withdraw(OWN));
    expect(journal.calls.filter((call) => call.startsWith('give back'))).toEqual([]);
  });
});

it('names the request as the phone knows it, and never the auth_req_id', async () => {
  const { withdraw, rung, line, audited } = await asked();
  valueFrom(await withdraw(OWN));
  expect(JSON.stringify([rung, line(), audited])).not.toContain(FIRST_SECRET);
  expect(JSON.stringify(rung)).toContain(sha256(FIRST_SECRET));
});

describe('a client that the user reported for fraud (ADR 0028)', () => {
  const settings = { denialPause: DEFAULTS.denialPause, hasOneOpenRequest: true, needsMessageWhileOpen: true };
  const REPORTED: ClientBlock = {
    clientId: 'bank',
    registrationId: 'registration-1',
    profileId: 'profile-1',
    denials: 1,
    deniedAt: NOW - 100,
    report: { at: NOW - 100, requestId: 'request-0' },
  };

  /** What the client could notice of a withdrawal, and of what it asks after it. */
  async function noticed(given: Parameters<typeof askingWorld>[0], email = 'ana@example.com') {
    const world = askingWorld(given);
    valueFrom(await world.ask({ login_hint: email }));
    const waves = world.journal.inWaves();
    const withdrawn = await world.withdraw(OWN);
    const repeated = await world.withdraw(OWN);
    const kinds = kindsOf(waves);
    const polled = world.requests.stored.get(FIRST_REQUEST);
    const because = polled?.state === 'failed' ? polled.because : polled?.state;
    const again = [];
    for (const seconds of [0, 4, 2, 60]) {
      world.time.now += seconds;
      const asked = await world.ask({ login_hint: email });
      again.push(asked.ok ? 'asked' : asked.refusal.reason);
      if (asked.ok) await world.withdraw({ auth_req_id: asked.value.auth_req_id });
    }
    return { noticed: { withdrawn, repeated, kinds, because, again }, rung: world.rung, journal: world.journal };
  }

  it('withdraws with the same waves of calls, may ask again at once and later, and rings nobody', async () => {
    const usual = await noticed({ settings });
    const reported = await noticed({ settings, blocks: [REPORTED] });
    expect(reported.noticed).toEqual(usual.noticed);
    expect(usual.noticed.again).toEqual(['asked', 'asked', 'asked', 'asked']);
    expect(reported.rung).toEqual([]);
    expect(usual.rung.length).toBeGreaterThan(1);
    expect(usual.noticed.kinds).toContainEqual(['close request', 'publish', 'remove question', 'take back']);
    expect(usual.noticed.kinds.at(-1)).toEqual(['close request', 'remove question', 'take back']);
  });

  it('has the same waves where nothing but pauses is switched on, which is the default', async () => {
    const byDefault = { settings: { denialPause: DEFAULTS.denialPause } };
    const usual = await noticed(byDefault);
    const reported = await noticed({ ...byDefault, blocks: [REPORTED] });
    expect(reported.noticed).toEqual(usual.noticed);
    expect(usual.noticed.kinds).toContainEqual(['publish', 'take back']);
  });

  it('is told of the denial and not of the withdrawal if that came first', async () => {
    const world = askingWorld({ settings, blocks: [REPORTED] });
    valueFrom(await world.ask());
    world.time.now += 5;
    expect((await world.withdraw(OWN)).ok).toBe(true);
    expect([world.line().reason, world.requests.stored.get(FIRST_REQUEST)?.state]).toEqual([
      'client_reported',
      'pending',
    ]);
    expect(world.blocks.get('ana bank')).toMatchObject({ denials: 2, deniedAt: NOW + 5 });
  });

  it('where users are concealed, a withdrawal for nobody has the same waves as one for somebody', async () => {
    const concealing = { settings: { concealsUsers: true } };
    const somebody = await noticed(concealing);
    const nobody = await noticed(concealing, 'nobody@example.com');
    expect(nobody.noticed).toEqual(somebody.noticed);
    expect(nobody.rung).toEqual([]);
  });
});
