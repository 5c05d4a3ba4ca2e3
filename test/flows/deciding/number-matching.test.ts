import { describe, expect, it } from 'vitest';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { FACTS, NOW } from '../../core/given.ts';
import { decidingWorld, OPENED, REQUEST_ID } from './given.ts';

const FACTS_OF_ANA = { ...FACTS, requestId: REQUEST_ID, sub: 'ana' };
const asked = (numberMatching: 'phone_enters' | 'client_enters', different: object = {}): AuthenticationRequest => ({
  ...FACTS_OF_ANA,
  numberMatching,
  state: 'pending',
  ...(numberMatching === 'phone_enters' && { number: '42' }),
  ...different,
});
const worldOf = (numberMatching: 'phone_enters' | 'client_enters', given: Parameters<typeof decidingWorld>[0] = {}) =>
  decidingWorld({ request: asked(numberMatching), ...given, details: { numberMatching, ...given.details } });
const refused = (refusal: object) => ({ ok: false, refusal });
const wrong = (attemptsLeft: number) => refused({ reason: 'wrong_number', attemptsLeft });

describe('a number that the phone has to enter (RFC 10027 §6.1.16)', () => {
  it('lets the approval count, which has mca; it is in nothing that a phone reads before', async () => {
    const { answer, requests, list, read } = worldOf('phone_enters');
    const before = [await list(), await read()];
    expect(before).toMatchObject([
      { value: [{ numberMatching: 'phone_enters' }] },
      { value: { numberMatching: 'phone_enters' } },
    ]);
    expect(JSON.stringify(before.map((one) => one.ok && one.value))).not.toContain('"number":');
    expect(await answer('phone', { number: '42', amr: ['face'] })).toEqual({ ok: true, value: {} });
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'approved', grant: { amr: ['face', 'mca'] } });
  });

  it('is needed for an approval, and for no denial', async () => {
    const { answer, requests } = worldOf('phone_enters');
    expect(await answer('phone')).toEqual(refused({ reason: 'number_required' }));
    expect(requests.get(REQUEST_ID)).not.toHaveProperty('wrongNumbers');
    expect(await answer('phone', { decision: 'deny' })).toEqual({ ok: true, value: {} });
  });

  it('that is wrong is counted before anything else is told, and leaves no evidence', async () => {
    const { answer, journal, trail, audited, requests } = worldOf('phone_enters');
    expect(await answer('phone', { number: '43' })).toEqual(wrong(2));
    expect(journal.calls).toEqual([
      'read user, device phone, details and request for ana',
      'verify under phone',
      'count a wrong number',
      'audit wrong_number',
    ]);
    expect(trail).toEqual([]);
    const event = { event: 'wrong_number', requestId: REQUEST_ID, sub: 'ana', clientId: 'bank', deviceId: 'phone' };
    expect(audited).toEqual([{ ...event, attemptsLeft: 2, at: NOW }]);
    expect(JSON.stringify(audited)).not.toMatch(/"4[23]"/);
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'pending', wrongNumbers: 1 });
    expect(await answer('phone', { number: '42' })).toEqual({ ok: true, value: {} });
  });

  it('that is wrong for the third time, on whatever device, ends the request: the right one is too late', async () => {
    const { answer, requests, announced } = worldOf('phone_enters');
    expect(await answer('phone', { number: '00' })).toEqual(wrong(2));
    expect(await answer('tablet', { number: '00' })).toEqual(wrong(1));
    expect(await answer('phone', { number: '01' })).toEqual(wrong(0));
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'failed', because: 'wrong_number', wrongNumbers: 3 });
    expect(await answer('phone', { number: '42' })).toEqual(refused({ reason: 'request_over' }));
    expect(await answer('phone', { decision: 'deny' })).toEqual(refused({ reason: 'request_over' }));
    expect(announced).toEqual([]);
  });

  it('does not keep a report of fraud from blocking the client, although wrong numbers ended the request', async () => {
    const { answer, blocks } = worldOf('phone_enters', { settings: { denialPause: undefined } });
    for (const number of ['00', '01', '02']) await answer('phone', { number });
    expect(await answer('phone', { decision: 'deny' })).toEqual(refused({ reason: 'request_over' }));
    expect([...blocks.values()]).toEqual([]);
    const report = await answer('phone', { decision: 'deny', reason: 'fraud', jti: 'report' });
    expect(report).toEqual(refused({ reason: 'request_over' }));
    expect([...blocks.values()]).toMatchObject([{ clientId: 'bank', report: {} }]);
  });

  it('lets the client ask again after the third wrong one, where it may have one request open only', async () => {
    const world = worldOf('phone_enters', { details: { isOnlyOne: true, questionId: 'question-1' } });
    world.opened.set('ana bank', OPENED);
    for (const number of ['00', '01']) await world.answer('phone', { number });
    expect(world.opened.size).toBe(1);
    await world.answer('phone', { number: '02' });
    expect(world.opened.size).toBe(0);
  });

  it('announces each wrong one before it is counted, if the client is notified: it may be the last (CIBA §10.2)', async () => {
    const { answer, journal } = worldOf('phone_enters', { details: { notifiedClient: 'bank' } });
    for (const number of ['00', '01', '02']) await answer('phone', { number });
    const steps = journal.calls.filter((call) => /announce|count/.test(call));
    const each = ['announce to bank', 'count a wrong number'];
    expect(steps).toEqual([...each, ...each, ...each]);
  });

  it('is not compared before everything else is right: signature, bytes, methods', async () => {
    const { answer, send, response, requests } = worldOf('phone_enters');
    expect((await answer('phone', { number: '43', details_hash: 'other' })).ok).toBe(false);
    expect((await answer('phone', { number: '4x' })).ok).toBe(false);
    expect((await send(response('phone', { number: '43', request_id: 'other' }))).ok).toBe(false);
    expect(requests.get(REQUEST_ID)).not.toHaveProperty('wrongNumbers');
  });

  it('of 100 at the same time counts at most three times, and of them all at most one approves', async () => {
    const { answer, requests } = worldOf('phone_enters');
    const numbers = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0')).filter(
      (one) => one !== '42',
    );
    const answers = await Promise.all(numbers.map((number) => answer('phone', { number, jti: `jti-${number}` })));
    const reasons = answers.map((one) => (one.ok ? 'ok' : one.refusal.reason));
    expect(reasons.filter((reason) => reason === 'wrong_number')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'request_over')).toHaveLength(96);
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'failed', wrongNumbers: 3 });
  });

  it('that is right is recorded although a wrong one was counted meanwhile, and not after the third', async () => {
    for (const [others, state] of [
      [['00'], 'approved'],
      [['00', '01', '02'], 'failed'],
    ] as const) {
      const world = worldOf('phone_enters');
      const record = world.ports.requests.recordDecision;
      let isFirst = true;
      world.ports.requests.recordDecision = async (decision) => {
        if (isFirst) {
          isFirst = false;
          for (const number of others) await world.answer('tablet', { number, jti: `tablet-${number}` });
        }
        return record(decision);
      };
      const { ok } = await world.answer('phone', { number: '42' });
      expect([ok, world.requests.get(REQUEST_ID)?.state]).toEqual([state === 'approved', state]);
    }
  });

  it('is refused where the request asks this device for none, so that no user believes in a check that is none', async () => {
    for (const world of [decidingWorld(), worldOf('client_enters')])
      expect(await world.answer('phone', { number: '42' })).toMatchObject(
        refused({ reason: 'device_token_claim', claim: 'number' }),
      );
  });
});

describe('a number that the client has to enter', () => {
  it('is told to the device that approves; its evidence is stored, nothing is announced, and nothing counts yet', async () => {
    const { answer, requests, announced, trail } = worldOf('client_enters', { details: { notifiedClient: 'bank' } });
    expect(await answer('phone', { amr: ['face'] })).toEqual({ ok: true, value: { number: '42' } });
    expect(requests.get(REQUEST_ID)).toMatchObject({
      state: 'awaiting_number',
      number: '42',
      grant: { deviceId: 'phone', amr: ['face', 'mca'] },
    });
    expect(announced).toEqual([]);
    expect(trail.map(({ event, phase }) => [event, phase])).toEqual([
      ['decision_evidence', 'intended'],
      ['decision_recorded', 'done'],
    ]);
    expect(JSON.stringify(trail)).not.toContain('"42"');
  });

  it('leaves the request open for its client, and its pause as it is, until it is entered: the client learns of no approval', async () => {
    const details = { isOnlyOne: true, questionId: 'question-1', isAfterDenial: true } as const;
    const world = worldOf('client_enters', { details });
    world.opened.set('ana bank', OPENED);
    expect(await world.answer('phone')).toEqual({ ok: true, value: { number: '42' } });
    expect(world.opened.size).toBe(1);
    expect(world.journal.calls.filter((call) => /close|remove|end pause/.test(call))).toEqual([]);
    expect(await world.answer('tablet', { decision: 'deny' })).toEqual({ ok: true, value: {} });
    expect(world.opened.size).toBe(0);
  });

  it('is told again to the same device, and to no other one', async () => {
    const { answer, requests } = worldOf('client_enters');
    await answer('phone');
    const stored = requests.get(REQUEST_ID);
    expect(await answer('phone', { jti: 'again' })).toEqual({ ok: true, value: { number: '42' } });
    expect(await answer('tablet')).toEqual(refused({ reason: 'already_decided', state: 'awaiting_number' }));
    expect(requests.get(REQUEST_ID)).toEqual(stored);
  });

  it('is not told any more when the client has entered it', async () => {
    const { answer, requests } = worldOf('client_enters');
    await answer('phone');
    const stored = requests.get(REQUEST_ID);
    if (stored?.state !== 'awaiting_number') throw new Error('nothing waits');
    requests.set(REQUEST_ID, { ...FACTS_OF_ANA, state: 'approved', grant: stored.grant });
    expect(await answer('phone', { jti: 'again' })).toEqual({ ok: true, value: {} });
  });

  it.each(['phone', 'tablet'])(
    'leaves the %s of the person the denial, which is announced (CIBA §10.2)',
    async (device) => {
      const { answer, requests, announced, list } = worldOf('client_enters', { details: { notifiedClient: 'bank' } });
      await answer('phone');
      expect(await list()).toMatchObject({ value: [{ requestId: REQUEST_ID, isAwaitingNumber: true }] });
      expect(await answer(device, { decision: 'deny', jti: 'denial' })).toEqual({ ok: true, value: {} });
      expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'denied', deviceId: device });
      expect(announced).toMatchObject([{ requestId: REQUEST_ID, clientId: 'bank' }]);
      expect(await answer('phone', { jti: 'once more' })).toMatchObject(refused({ reason: 'already_decided' }));
    },
  );

  it('of two devices that approve at the same time is told to one', async () => {
    const { answer, requests } = worldOf('client_enters');
    const answers = await Promise.all([answer('phone'), answer('tablet')]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'awaiting_number' });
  });
});
