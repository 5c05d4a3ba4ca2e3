import { describe, expect, it } from 'vitest';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { NumberMatching } from '../../../provider/core/deciding/number-matching.ts';
import { requestIdOf } from '../../../provider/core/digest.ts';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { enterNumber } from '../../../provider/flows/asking/enter-number.ts';
import { FACTS, NOW, requestIn, valueFrom } from '../../core/given.ts';
import { BANK, basic, clientCall } from '../world/clients.ts';
import { FIRST_REQUEST, FIRST_SECRET } from '../world/world.ts';
import { askingWorld, kindsOf } from './given.ts';

const REPORTED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: NOW - 100,
  report: { at: NOW - 100, requestId: 'request-0' },
};
const AUTH_REQ_ID = 'auth-req-1';
const REQUEST_ID = requestIdOf(AUTH_REQ_ID);
const matching = (numberMatching: NumberMatching, given: Parameters<typeof askingWorld>[0] = {}) =>
  askingWorld({ ...given, client: { numberMatching, ...given.client } });
const refused = (refusal: object) => ({ ok: false, refusal });
const wrong = (attemptsLeft: number) => refused({ reason: 'wrong_number', attemptsLeft });
const not = (because: string) => refused({ reason: 'number_not_awaited', because });

describe('the acknowledgement of a request whose number the phone has to enter', () => {
  it('has the number, which is stored, and is in neither the details nor the push', async () => {
    const { ask, requests, rung, line } = matching('phone_enters');
    const acknowledged = valueFrom(await ask());
    expect(acknowledged).toEqual({ auth_req_id: FIRST_SECRET, expires_in: 120, interval: 5, number: '42' });
    const [created] = requests.created;
    expect(created).toMatchObject({ number: '42', request: { numberMatching: 'phone_enters' } });
    const frozen = JSON.parse(new TextDecoder().decode(created?.details.bytes));
    expect(Object.values(frozen)).not.toContain('42');
    expect(frozen).not.toHaveProperty('number');
    expect(JSON.stringify(rung)).not.toContain('"42"');
    expect(Object.values(line())).not.toContain('42');
  });

  it('has none if the client has to enter it, or nobody', async () => {
    for (const world of [matching('client_enters'), askingWorld()]) {
      expect(valueFrom(await world.ask())).not.toHaveProperty('number');
      expect(world.requests.created[0]?.number).toBeUndefined();
    }
  });

  it('has one, with the same calls, if nobody is asked: it is stored nowhere, so nothing matches it', async () => {
    const hidden = matching('phone_enters', { users: [], settings: { concealsUsers: true } });
    expect(valueFrom(await hidden.ask())).toEqual({
      auth_req_id: FIRST_SECRET,
      expires_in: 120,
      interval: 5,
      number: '42',
    });
    const stored = hidden.requests.stored.get(FIRST_REQUEST);
    expect(stored).toMatchObject({ state: 'pending', isConcealed: true, numberMatching: 'phone_enters' });
    expect(stored).not.toHaveProperty('number');
    const plain = askingWorld({ users: [], settings: { concealsUsers: true } });
    await plain.ask();
    expect(hidden.journal.calls).toEqual(plain.journal.calls);
  });
});

/** A client that enters numbers for a request of its own. */
function enteringWorld(
  request: AuthenticationRequest = requestIn('awaiting_number'),
  given: Parameters<typeof askingWorld>[0] = {},
) {
  const world = matching('client_enters', given);
  world.requests.stored.set(REQUEST_ID, { ...request, requestId: REQUEST_ID });
  const ports = { ...world.ports, numbers: world.requests.numbers };
  const enter = (number: string | string[], form: Record<string, string> = {}, authorization?: string) =>
    enterNumber(ports, clientCall(world.note, { auth_req_id: AUTH_REQ_ID, number, ...form }, authorization));
  const stored = () => world.requests.stored.get(REQUEST_ID);
  return { ...world, ports, enter, stored };
}
const PENDING: AuthenticationRequest = { ...FACTS, numberMatching: 'client_enters', state: 'pending' };

describe('POST /bc-authorize/number', () => {
  it('makes the approval count, once, with one conditional write', async () => {
    const { enter, stored, journal, audited, line } = enteringWorld();
    expect(await enter('42')).toEqual({ ok: true, value: undefined });
    expect(stored()).toMatchObject({ state: 'approved', grant: { amr: ['face', 'mca'] } });
    expect(journal.calls).toEqual([
      'find client bank',
      'find request',
      'let the approval count',
      'audit number_matched',
    ]);
    expect(audited).toEqual([
      { event: 'number_matched', requestId: REQUEST_ID, sub: FACTS.sub, clientId: 'bank', at: NOW },
    ]);
    expect(line()).toMatchObject({ reason: 'number_matched' });
    expect(await enter('42')).toEqual(not('over'));
  });

  it.each(['ping', 'push'] as const)(
    'announces the end to a client in %s mode before it commits (CIBA §10)',
    async (deliveryMode) => {
      const client = { deliveryMode, notificationEndpoint: 'https://bank.example/cb' };
      const { enter, journal } = enteringWorld(requestIn('awaiting_number'), { client });
      for (const number of ['00', '42']) await enter(number);
      expect(journal.calls.filter((call) => /announce|count/.test(call))).toEqual([
        'announce to bank',
        'count a wrong number',
        'announce to bank',
        'let the approval count',
      ]);
    },
  );

  it('bears two wrong numbers, before and after a phone shows one, and fails with the third', async () => {
    const { enter, stored, requests, audited } = enteringWorld(PENDING);
    expect(await enter('42')).toEqual(wrong(2));
    const awaiting = { ...requestIn('awaiting_number'), requestId: REQUEST_ID, wrongNumbers: 1 };
    requests.stored.set(REQUEST_ID, awaiting);
    expect(await enter('41')).toEqual(wrong(1));
    expect(stored()).toMatchObject({ state: 'awaiting_number', wrongNumbers: 2 });
    expect(await enter('43')).toEqual(wrong(0));
    expect(stored()).toMatchObject({ state: 'failed', because: 'wrong_number' });
    expect(stored()).not.toHaveProperty('grant');
    expect(await enter('42')).toEqual(not('over'));
    expect(audited.map((event) => 'attemptsLeft' in event && event.attemptsLeft)).toEqual([2, 1, 0]);
  });

  it('lets the client ask again after the third wrong one, where it may have one request open only', async () => {
    const world = matching('client_enters', { settings: { hasOneOpenRequest: true } });
    const { auth_req_id } = valueFrom(await world.ask());
    const ports = { ...world.ports, numbers: world.requests.numbers };
    expect(await world.ask()).toMatchObject(refused({ reason: 'request_open' }));
    for (const number of ['00', '01', '02']) await enterNumber(ports, clientCall(world.note, { auth_req_id, number }));
    expect((await world.ask()).ok).toBe(true);
  });

  it('lets the client ask again once the right one is entered, and not before: an approval alone tells it nothing', async () => {
    const world = matching('client_enters', { settings: { hasOneOpenRequest: true, needsMessageWhileOpen: true } });
    const { auth_req_id } = valueFrom(await world.ask());
    const ports = { ...world.ports, numbers: world.requests.numbers };
    const [asked] = world.requests.stored.values();
    if (!asked) throw new Error('nothing is stored');
    const { requestId, clientId, registrationId, sub, profileId, expiresAt } = asked;
    const facts = { requestId, clientId, registrationId, sub, profileId, expiresAt };
    world.requests.stored.set(requestId, { ...requestIn('awaiting_number'), ...facts });
    expect(await world.ask()).toMatchObject(refused({ reason: 'request_open' }));
    expect(await enterNumber(ports, clientCall(world.note, { auth_req_id, number: '42' }))).toMatchObject({ ok: true });
    expect([world.opened.size, world.questions.length]).toEqual([0, 0]);
    expect((await world.ask()).ok).toBe(true);
  });

  it('closes once more what a request opened, if a number is entered after its end by wrong ones', async () => {
    const world = matching('client_enters', { settings: { hasOneOpenRequest: true, needsMessageWhileOpen: true } });
    const { auth_req_id } = valueFrom(await world.ask());
    const ports = { ...world.ports, numbers: world.requests.numbers };
    const enter = (number: string) => enterNumber(ports, clientCall(world.note, { auth_req_id, number }));
    for (const number of ['00', '01']) await enter(number);
    world.journal.breakAt('find details');
    expect(await enter('02')).toEqual(wrong(0));
    world.journal.heal();
    expect([world.opened.size, world.questions.length]).toEqual([1, 1]);
    expect(await enter('03')).toEqual(not('over'));
    expect([world.opened.size, world.questions.length]).toEqual([0, 0]);
  });

  it('says the same words for an unknown id, another client’s, one that is over, and one that needs no number', async () => {
    const { enter, journal } = enteringWorld();
    expect(await enter('42', { auth_req_id: 'unknown' })).toEqual(not('unknown'));
    expect(await enter('42', { auth_req_id: 'not/an id' })).toEqual(not('unknown'));
    const foreign = enteringWorld({ ...requestIn('awaiting_number'), clientId: 'shop' });
    expect(await foreign.enter('42')).toEqual(not('foreign'));
    expect(await foreign.enter('41')).toEqual(not('foreign'));
    expect(foreign.stored()).toMatchObject({ state: 'awaiting_number' });
    expect(foreign.stored()).not.toHaveProperty('wrongNumbers');
    expect(await enteringWorld(requestIn('pending')).enter('42')).toEqual(not('needs_none'));
    const denied = { ...requestIn('denied'), numberMatching: 'client_enters' } as const;
    expect(await enteringWorld(denied).enter('42')).toEqual(not('over'));
    const late = enteringWorld();
    late.time.now = FACTS.expiresAt;
    expect(await late.enter('42')).toEqual(not('over'));
    expect(journal.calls.filter((call) => /count/.test(call))).toEqual([]);
  });

  it('counts nothing for a malformed number, a repeated one, none, and a caller that is not the client', async () => {
    const { enter, stored, ports, note, journal } = enteringWorld();
    expect(await enter('4x')).toMatchObject(refused({ reason: 'invalid_parameter', name: 'number' }));
    expect(await enter(['42', '42'])).toMatchObject(refused({ reason: 'repeated_parameter', name: 'number' }));
    const without = enterNumber(ports, clientCall(note, { auth_req_id: AUTH_REQ_ID }));
    expect(await without).toMatchObject(refused({ reason: 'missing_parameter', name: 'number' }));
    const id = enterNumber(ports, clientCall(note, { number: '42' }));
    expect(await id).toMatchObject(refused({ reason: 'missing_parameter', name: 'auth_req_id' }));
    expect(await enter('42', {}, basic('bank', 'wrong'))).toMatchObject(refused({ reason: 'wrong_client_secret' }));
    expect(stored()).toMatchObject({ state: 'awaiting_number' });
    expect(journal.calls).not.toContain('find request');
  });

  it('bears as many wrong numbers for a request that rings nobody, with the same calls', async () => {
    const asked = enteringWorld(PENDING);
    const worlds = [
      enteringWorld({ ...PENDING, isConcealed: true }),
      enteringWorld({ ...PENDING, deniedFrom: NOW + 20 }),
    ];
    const calls = ['00', '01', '02', '03'];
    const answers = [];
    for (const number of calls) answers.push(await asked.enter(number));
    expect(answers).toEqual([wrong(2), wrong(1), wrong(0), not('over')]);
    for (const world of worlds) {
      for (const [index, number] of calls.entries()) expect(await world.enter(number)).toEqual(answers[index]);
      expect(world.journal.calls).toEqual(asked.journal.calls);
      expect(world.stored()).toMatchObject({ state: 'failed', because: 'wrong_number' });
    }
    const denied = enteringWorld({ ...PENDING, deniedFrom: NOW });
    expect(await denied.enter('00')).toEqual(not('over'));
  });

  it.each([
    ['by default', {}],
    ['where it also may have one request open', { hasOneOpenRequest: true, needsMessageWhileOpen: true }],
  ])('takes as many calls for a client that the user reported, up to the last number, %s', async (_, more) => {
    const settings = { denialPause: DEFAULTS.denialPause, ...more };
    const waves = async (given: Parameters<typeof askingWorld>[0]) => {
      const world = matching('client_enters', { settings, ...given });
      const { auth_req_id } = valueFrom(await world.ask());
      const seen = world.journal.inWaves();
      const ports = { ...world.ports, numbers: world.requests.numbers };
      for (const number of ['00', '01', '02', '03'])
        await enterNumber(ports, clientCall(world.note, { auth_req_id, number }));
      return { kinds: kindsOf(seen), world };
    };
    const usual = await waves({});
    const reported = await waves({ blocks: [REPORTED] });
    expect(reported.kinds).toEqual(usual.kinds);
    expect(reported.world.rung).toEqual([]);
    expect(reported.world.blocks.get('ana bank')).toEqual(REPORTED);
  });

  it('compares no more than three of 100 numbers at the same time that are wrong', async () => {
    const { enter, stored } = enteringWorld();
    const numbers = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0')).filter(
      (one) => one !== '42',
    );
    const answers = await Promise.all(numbers.map((number) => enter(number)));
    const reasons = answers.map((one) => (one.ok ? 'ok' : one.refusal.reason));
    expect(reasons.filter((reason) => reason === 'wrong_number')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'number_not_awaited')).toHaveLength(96);
    expect(stored()).toMatchObject({ state: 'failed', wrongNumbers: 3 });
  });

  it('lets the right one count although a wrong one was counted meanwhile, and not after the third', async () => {
    for (const [others, outcome] of [
      [['00', '01'], { ok: true, value: undefined }],
      [['00', '01', '02'], not('over')],
    ] as const) {
      const { ports, enter, requests, note } = enteringWorld();
      const { recordMatch } = requests.numbers;
      let isFirst = true;
      const numbers = {
        ...ports.numbers,
        recordMatch: async (entered: Parameters<typeof recordMatch>[0]) => {
          if (isFirst) {
            isFirst = false;
            for (const number of others) await enter(number);
          }
          return recordMatch(entered);
        },
      };
      const right = clientCall(note, { auth_req_id: AUTH_REQ_ID, number: '42' });
      expect(await enterNumber({ ...ports, numbers }, right)).toEqual(outcome);
    }
  });

  it('needs no setting of the client as it is now: the request says whether a number is awaited', async () => {
    const { enter } = enteringWorld(requestIn('awaiting_number'), { client: { ...BANK, numberMatching: undefined } });
    expect((await enter('42')).ok).toBe(true);
  });
});
