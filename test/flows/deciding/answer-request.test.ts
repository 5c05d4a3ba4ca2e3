import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { NOW, refusalOf, requestIn } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { evidenceKeyOf } from '../world/records.ts';
import { keyNamed } from '../world/signatures.ts';
import { ANA } from '../world/world.ts';
import { DETAILS, decidingWorld, REQUEST_ID, SHOWN } from './given.ts';

const PINGED = { details: { notifiedClient: 'bank' } };
const decisionOf = ({ decision, reason }: TokenClaims) => (decision === undefined ? {} : { decision, reason });

describe('a phone answers', () => {
  it('is believed first; its evidence is written before the decision, the outcome after', async () => {
    const { answer, journal } = decidingWorld();
    expect(await answer('phone')).toEqual({ ok: true, value: {} });
    expect(journal.calls).toEqual([
      'read user, device phone, details and request for ana',
      'verify under phone',
      'audit decision_evidence',
      'record approve',
      'audit decision_recorded',
    ]);
  });

  it('for a client that is notified, the decision is announced between evidence and commitment (CIBA §10.2)', async () => {
    const { answer, journal, announced } = decidingWorld(PINGED);
    await answer('phone');
    expect(journal.calls.slice(-4)).toEqual([
      'audit decision_evidence',
      'announce to bank',
      'record approve',
      'audit decision_recorded',
    ]);
    const announcement = { requestId: REQUEST_ID, clientId: 'bank', correlationId: 'correlation-1' };
    expect(announced).toEqual([announcement]);
    const denied = decidingWorld(PINGED);
    await denied.answer('phone', { decision: 'deny' });
    expect(denied.announced).toEqual([announcement]);
  });

  it('with Approve grants what was asked, now, with the claims that the scopes open and the class that is reached', async () => {
    const { answer, requests } = decidingWorld();
    await answer('phone', { amr: ['face', 'pin'] });
    expect(requests.get(REQUEST_ID)).toMatchObject({
      state: 'approved',
      grant: {
        ...DETAILS.asked,
        registrationId: 'registration-1',
        sub: 'ana',
        profileId: 'profile-1',
        blockCount: ANA.blockCount,
        deviceId: 'phone',
        authTime: NOW,
        amr: ['face', 'pin'],
        acr: 'urn:example:verified',
        claims: { email: 'ana@example.com' },
      },
    });
  });

  it('without saying how its user was verified reaches no class', async () => {
    const { answer, requests } = decidingWorld();
    await answer('phone');
    const approved = requests.get(REQUEST_ID);
    expect(approved?.state === 'approved' && approved.grant).toMatchObject({ amr: [], acr: undefined });
  });

  it('with Deny grants nothing, and its reason goes along and to the audit trail', async () => {
    const { answer, requests, audited, journal } = decidingWorld();
    expect((await answer('phone', { decision: 'deny', reason: 'fraud' })).ok).toBe(true);
    expect(journal.calls).toContain('record deny for fraud');
    expect(requests.get(REQUEST_ID)).toMatchObject({ state: 'denied', deviceId: 'phone' });
    expect(requests.get(REQUEST_ID)).not.toHaveProperty('grant');
    expect(audited[2]).toEqual({
      event: 'decision_recorded',
      requestId: REQUEST_ID,
      sub: 'ana',
      deviceId: 'phone',
      outcome: 'recorded',
      decision: 'deny',
      reason: 'fraud',
      at: NOW,
    });
  });

  it('leaves evidence that can be verified years later: what it signed, what it showed, under which key', async () => {
    const world = decidingWorld();
    const signed = world.response('phone');
    await world.send(signed);
    expect(world.audited[0]).toEqual({
      event: 'decision_evidence',
      requestId: REQUEST_ID,
      sub: 'ana',
      profileId: 'profile-1',
      deviceId: 'phone',
      clientId: 'bank',
      sealed: 'evidence 1 under key of profile-1',
      at: NOW,
    });
    const details = Buffer.from(SHOWN).toString('base64url');
    expect(world.sealed).toMatchObject([{ evidence: { response: signed, details, publicKey: keyNamed('phone') } }]);
  });

  it('seals the evidence with the key of the person, bound to its record', async () => {
    const { answer, sealed, journal } = decidingWorld();
    await answer('phone');
    const record = { requestId: REQUEST_ID, sub: 'ana', profileId: 'profile-1', deviceId: 'phone' };
    expect(sealed).toMatchObject([{ key: 'key of profile-1', record }]);
    expect(journal.calls).not.toContain('claim evidence key of ana');
  });

  it.each([
    ['has no key yet', []],
    ['has the subject of an earlier person, whose key is another', [['ana', evidenceKeyOf('profile-0')] as const]],
  ])('makes a key before anything is stored for a person who %s', async (_name, evidenceKeys) => {
    const { answer, sealed, journal } = decidingWorld({ evidenceKeys });
    expect((await answer('phone')).ok).toBe(true);
    expect(sealed.map(({ key }) => key)).toEqual(['key of profile-1']);
    expect(journal.calls.slice(-6)).toEqual([
      'claim evidence key of ana',
      'find user ana',
      'list devices of ana',
      'audit decision_evidence',
      'record approve',
      'audit decision_recorded',
    ]);
  });

  it.each([
    ['erased', undefined],
    ['blocked by an erasure that is not finished', { ...ANA, status: 'blocked' } as const],
    ['replaced by another person', { ...ANA, profileId: 'profile-2' }],
  ])('stores no evidence under a key that was made while the person was %s', async (_name, after) => {
    const { answer, audited, requests, users, journal } = decidingWorld({ evidenceKeys: [] });
    journal.meanwhile('claim evidence key of ana', () => {
      if (after) users.set('ana', after);
      else users.delete('ana');
    });
    const refusal = { reason: 'device_not_authenticated', because: 'unknown_device' };
    expect(await answer('phone')).toEqual({ ok: false, refusal });
    expect(audited).toEqual([]);
    expect(requests.get(REQUEST_ID)?.state).toBe('pending');
  });

  it('decides nothing if the key cannot be made', async () => {
    const { answer, audited, requests, journal } = decidingWorld({ evidenceKeys: [] });
    journal.breakAt('claim evidence key');
    await expect(answer('phone')).rejects.toBeInstanceOf(Outage);
    expect(audited).toEqual([]);
    expect(requests.get(REQUEST_ID)?.state).toBe('pending');
  });

  it('leaves in the log which device decided what of which request, and of its reason only that it reports fraud', async () => {
    const { answer, line } = decidingWorld();
    await answer('phone', { decision: 'deny', reason: 'fraud' });
    expect(line()).toEqual({ device_id: 'phone', txn: txnOf(REQUEST_ID), decision: 'deny', reported: true });
  });
});

describe('the first valid answer wins', () => {
  it('the same answer again is accepted quietly; it leaves no second evidence, and is announced once (CIBA §10.2)', async () => {
    const { response, send, audited, announced, journal } = decidingWorld(PINGED);
    const signed = response('phone');
    for (let times = 0; times < 50; times += 1) expect(await send(signed)).toEqual({ ok: true, value: {} });
    expect(audited.filter(({ event }) => event === 'decision_evidence')).toHaveLength(1);
    const outcomes = audited.flatMap((event) => ('outcome' in event ? [event.outcome] : []));
    expect(outcomes).toEqual(['recorded', ...Array.from({ length: 49 }, () => 'recorded_before')]);
    expect(announced).toHaveLength(1);
    expect(journal.calls.filter((call) => call.startsWith('record'))).toEqual(['record approve']);
  });

  it('once the tokens are out, the same answer is accepted quietly still', async () => {
    const { answer, requests, announced, audited } = decidingWorld(PINGED);
    const facts = requestIn('pending', { sub: 'ana', requestId: REQUEST_ID });
    requests.set(REQUEST_ID, { ...facts, state: 'redeemed', deviceId: 'phone' });
    expect((await answer('phone')).ok).toBe(true);
    expect(announced).toEqual([]);
    expect(audited).toMatchObject([{ event: 'decision_recorded', outcome: 'recorded_before' }]);
  });

  it.each([
    ['its opposite, by the same device', 'phone', { decision: 'deny', reason: 'fraud' }],
    ['the same, by another device', 'tablet', {}],
  ])('%s is too late: the decision stands, and the trail has the outcome alone', async (_name, deviceId, claims) => {
    const { answer, requests, audited, announced } = decidingWorld(PINGED);
    await answer('phone');
    expect(refusalOf(await answer(deviceId, claims))).toEqual({ reason: 'already_decided', state: 'approved' });
    expect(requests.get(REQUEST_ID)?.state).toBe('approved');
    expect(announced).toHaveLength(1);
    const outcome = { event: 'decision_recorded', deviceId, outcome: 'already_decided', at: NOW };
    expect(audited.slice(2)).toEqual([
      { ...outcome, requestId: REQUEST_ID, sub: 'ana', decision: 'approve', reason: undefined, ...decisionOf(claims) },
    ]);
  });

  it('a request of which only the details are stored is unknown, and nothing is announced', async () => {
    const { answer, ports, announced, audited } = decidingWorld(PINGED);
    const { readForDecision } = ports.requests;
    ports.requests.readForDecision = async (ids) => ({
      ...(await readForDecision(ids)),
      request: { ...DETAILS, notifiedClient: 'bank', stored: undefined },
    });
    expect(refusalOf(await answer('phone'))).toEqual({ reason: 'request_not_found' });
    expect(announced).toEqual([]);
    expect(audited).toMatchObject([{ event: 'decision_recorded', outcome: 'request_not_found' }]);
  });

  it('one that was decided between its reading and its recording is told so', async () => {
    const { answer, journal, requests } = decidingWorld();
    journal.meanwhile('record approve', () => {
      requests.set(REQUEST_ID, requestIn('denied', { sub: 'ana', requestId: REQUEST_ID }));
    });
    expect(refusalOf(await answer('phone'))).toEqual({ reason: 'already_decided', state: 'denied' });
  });

  it('one that expired meanwhile is over, one that is gone is unknown', async () => {
    const late = decidingWorld();
    late.journal.meanwhile('record approve', () => {
      late.requests.set(REQUEST_ID, requestIn('pending', { sub: 'ana', requestId: REQUEST_ID, expiresAt: NOW }));
    });
    expect(refusalOf(await late.answer('phone'))).toEqual({ reason: 'request_over' });
    expect(late.audited[1]).toMatchObject({ outcome: 'request_over' });
    const gone = decidingWorld();
    gone.journal.meanwhile('record', () => gone.requests.clear());
    expect(refusalOf(await gone.answer('phone'))).toEqual({ reason: 'request_not_found' });
  });
});

describe('an answer that is not believed leaves no evidence and no decision (CIBA §8)', () => {
  it.each([
    ['about other bytes', { details_hash: 'other' }, { reason: 'details_hash_mismatch' }],
    [
      'about another request',
      { request_id: 'other' },
      { reason: 'device_token_claim', claim: 'request_id', expected: 'the id of this request' },
    ],
    [
      'that expired',
      { iat: NOW - 120, exp: NOW - 60 },
      { reason: 'device_token_claim', claim: 'exp', expected: 'an instant that has not passed' },
    ],
    ['of an unknown device', { iss: 'stranger' }, { reason: 'device_not_authenticated', because: 'unknown_device' }],
  ])('%s', async (_name, claims, refusal) => {
    const { answer, audited, requests, announced, line } = decidingWorld(PINGED);
    expect(refusalOf(await answer('phone', claims))).toEqual(refusal);
    expect(audited).toEqual([]);
    expect(announced).toEqual([]);
    expect(requests.get(REQUEST_ID)?.state).toBe('pending');
    expect(line()).not.toHaveProperty('decision');
  });

  it('signed by another key: its request is not even looked for', async () => {
    const { response, send, journal, line } = decidingWorld();
    expect(refusalOf(await send(response('phone', {}, keyNamed('thief'))))).toEqual({
      reason: 'device_not_authenticated',
      because: 'signature',
    });
    expect(journal.calls.at(-1)).toBe('verify under phone');
    expect(line()).toEqual({});
  });

  it('that is no JWT: nobody is looked for', async () => {
    const { send, journal } = decidingWorld();
    expect(refusalOf(await send('x'))).toEqual({ reason: 'device_not_authenticated', because: 'malformed' });
    expect(journal.calls).toEqual([]);
  });

  it('of a user who was blocked meanwhile', async () => {
    const { answer } = decidingWorld({ users: [{ ...ANA, status: 'blocked' }] });
    expect(refusalOf(await answer('phone'))).toEqual({ reason: 'device_not_authenticated', because: 'user_blocked' });
  });
});

describe('a request of a person who had the sub before', () => {
  it('is unknown, also when the sub changes hands between the reading and the recording', async () => {
    const former = decidingWorld({ request: requestIn('pending', { sub: 'ana', profileId: 'profile-2' }) });
    expect(refusalOf(await former.answer('phone'))).toEqual({ reason: 'request_not_found' });
    const { answer, journal, requests, audited } = decidingWorld();
    journal.meanwhile('record approve', () => {
      const facts = { sub: 'ana', profileId: 'profile-2', requestId: REQUEST_ID };
      requests.set(REQUEST_ID, requestIn('pending', facts));
    });
    expect(refusalOf(await answer('phone'))).toEqual({ reason: 'request_not_found' });
    expect(audited[1]).toMatchObject({ outcome: 'request_not_found' });
  });
});

describe('a request that can’t be answered', () => {
  it('of another user is as unknown as one that never was', async () => {
    const { answer } = decidingWorld({ request: requestIn('pending', { sub: 'bo' }) });
    expect(refusalOf(await answer('phone'))).toEqual({ reason: 'request_not_found' });
    const { response, send } = decidingWorld();
    expect(refusalOf(await send(response('phone'), 'x'.repeat(43)))).toEqual({ reason: 'request_not_found' });
  });

  it.each(['x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}#`, `#${REQUEST_ID}`, `${REQUEST_ID}#`])(
    'by the id %s is not looked up',
    async (requestId) => {
      const { response, send, journal, line } = decidingWorld();
      expect(refusalOf(await send(response('phone'), requestId))).toEqual({ reason: 'request_not_found' });
      expect(journal.calls.at(-1)).toBe('verify under phone');
      expect(line()).toEqual({ device_id: 'phone' });
    },
  );

  it('is over at the instant at which it expires, and not a second before', async () => {
    const over = decidingWorld({ details: { expiresAt: NOW } });
    expect(refusalOf(await over.answer('phone'))).toEqual({ reason: 'request_over' });
    expect(over.audited).toEqual([]);
    expect((await decidingWorld({ details: { expiresAt: NOW + 1 } }).answer('phone')).ok).toBe(true);
  });
});

describe('an outage', () => {
  it.each([
    ['at the reading', 'read user', []],
    ['at the evidence', 'audit decision_evidence', []],
    ['at the announcement', 'announce', ['decision_evidence', 'decision_recorded']],
    ['at the decision', 'record', ['decision_evidence', 'decision_recorded']],
  ])('%s leaves the request undecided, and the phone may answer again', async (_name, call, trail) => {
    const { answer, journal, requests, audited } = decidingWorld(PINGED);
    journal.breakAt(call);
    await expect(answer('phone')).rejects.toThrow(Outage);
    expect(audited.map(({ event }) => event)).toEqual(trail);
    expect(requests.get(REQUEST_ID)?.state).toBe('pending');
    journal.heal();
    expect((await answer('phone')).ok).toBe(true);
    expect(requests.get(REQUEST_ID)?.state).toBe('approved');
  });

  it('between announcement and decision: the next try writes evidence, announces and decides anew', async () => {
    const { answer, journal, announced, audited } = decidingWorld(PINGED);
    journal.breakAt('record approve');
    await expect(answer('phone')).rejects.toThrow(Outage);
    expect(announced).toHaveLength(1);
    journal.heal();
    expect((await answer('phone')).ok).toBe(true);
    expect(announced).toHaveLength(2);
    expect(audited).toMatchObject([
      { event: 'decision_evidence' },
      { outcome: 'failed' },
      { event: 'decision_evidence' },
      { outcome: 'recorded' },
    ]);
  });

  it('at the outcome’s line leaves the decision made, and the phone’s next try is accepted quietly and completes the trail', async () => {
    const { answer, journal, requests, audited } = decidingWorld();
    journal.breakAt('audit decision_recorded');
    await expect(answer('phone')).rejects.toThrow(Outage);
    expect(requests.get(REQUEST_ID)?.state).toBe('approved');
    journal.heal();
    expect((await answer('phone')).ok).toBe(true);
    expect(audited).toMatchObject([{ event: 'decision_evidence' }, { outcome: 'recorded_before' }]);
  });

  it('without an announcement there is no decision (CIBA §10.2)', async () => {
    const { answer, journal } = decidingWorld({ ...PINGED, devices: [deviceNamed('phone')] });
    journal.breakAt('announce');
    await expect(answer('phone')).rejects.toThrow(Outage);
    expect(journal.calls).not.toContain('record approve');
  });
});
