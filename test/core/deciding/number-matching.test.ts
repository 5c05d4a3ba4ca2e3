import { describe, expect, it } from 'vitest';
import {
  decideTokenRequest,
  isOpen,
  judgeLateDecision,
} from '../../../provider/core/deciding/authentication-request.ts';
import { decisionOf } from '../../../provider/core/deciding/decision.ts';
import { checkDeviceResponse } from '../../../provider/core/deciding/device-response.ts';
import { judgeEntered } from '../../../provider/core/deciding/entered-number.ts';
import {
  countWrong,
  isNumberText,
  matches,
  NUMBERS,
  type NumberMatching,
  numberText,
} from '../../../provider/core/deciding/number-matching.ts';
import { mintIdToken } from '../../../provider/core/token/id-token.ts';
import { FACTS, type GRANT, NOW, requestIn, USER } from '../given.ts';

const enters = (numberMatching: NumberMatching) => ({ ...FACTS, numberMatching });
const PENDING = { ...enters('phone_enters'), state: 'pending', number: '42' } as const;
const AWAITING = requestIn('awaiting_number');

describe('a number (RFC 10027 §6.1.16)', () => {
  it('is one of a hundred texts of two digits', () => {
    const texts = Array.from({ length: NUMBERS }, (_, value) => numberText(value));
    expect([texts[0], texts[7], texts.at(-1)]).toEqual(['00', '07', '99']);
    expect(new Set(texts).size).toBe(100);
    expect(texts.every(isNumberText)).toBe(true);
  });

  it.each(['', '7', '042', ' 42', '42\n', '４２', '-1', '4e1', 42, null, ['42'], { number: '42' }])(
    'is not %j',
    (text) => {
      expect(isNumberText(text)).toBe(false);
    },
  );

  it('matches itself alone, and no number matches none', () => {
    expect([matches('42', '42'), matches('43', '42'), matches('42', undefined)]).toEqual([true, false, false]);
    expect(matches('', undefined)).toBe(false);
  });

  it('may be wrong twice, and the third wrong one leaves no attempt', () => {
    expect(countWrong({})).toEqual({ count: 1, attemptsLeft: 2 });
    expect(countWrong({ wrongNumbers: 1 })).toEqual({ count: 2, attemptsLeft: 1 });
    expect(countWrong({ wrongNumbers: 2 })).toEqual({ count: 3, attemptsLeft: 0 });
  });
});

describe('the answer of a phone', () => {
  const expected = { requestId: FACTS.requestId, detailsHash: 'hash' };
  const claims = { request_id: FACTS.requestId, details_hash: 'hash' };
  const check = (more: object) => checkDeviceResponse({ ...claims, ...more }, expected);

  it('may have two digits beside an approval', () => {
    expect(check({ decision: 'approve', number: '07' })).toMatchObject({ ok: true, value: { number: '07' } });
    for (const number of ['7', 7, '1234', null])
      expect(check({ decision: 'approve', number })).toMatchObject({
        ok: false,
        refusal: { reason: 'device_token_claim', claim: 'number' },
      });
  });

  it('denies with any number, and with none', () => {
    const denial = { ok: true, value: { decision: 'deny', reason: undefined, amr: [] } };
    for (const number of [undefined, '07', 'none', 7]) expect(check({ decision: 'deny', number })).toEqual(denial);
  });
});

describe('an approval (RFC 10027 §6.1.16)', () => {
  const asked = { clientId: 'bank', scopes: ['openid'], audience: ['https://api.example/'] };
  const verification = { amr: ['face'], signedBy: 'possession' } as const;
  const answered = { user: USER, deviceId: 'device-1', asked, registrationId: 'registration-1', verification };
  const policy = { acrPolicy: [{ acr: 'two-channels', anyOf: ['mca'] }], now: NOW, number: '42' };
  const decide = (numberMatching?: NumberMatching) =>
    decisionOf({ decision: 'approve', amr: ['face'] }, { ...answered, numberMatching }, policy);

  it('has mca once its number matched, and no class follows from it (RFC 8176 §2)', () => {
    expect(decide()).toMatchObject({ grant: { amr: ['face'] } });
    const { grant } = decide('phone_enters') as { grant: typeof GRANT };
    expect(grant).toMatchObject({ amr: ['face', 'mca'], acr: undefined });
    const claims = mintIdToken(grant, {
      issuer: 'https://op.example/',
      accessToken: 'a',
      now: NOW,
      lifetimeSeconds: 60,
    });
    expect(claims['amr']).toEqual(['face', 'mca']);
  });

  it('counts at once unless the client has to enter the number', () => {
    expect(decide()).not.toHaveProperty('number');
    expect(decide('phone_enters')).not.toHaveProperty('number');
    expect(decide('client_enters')).toMatchObject({
      decision: 'approve',
      number: '42',
      grant: { amr: ['face', 'mca'] },
    });
  });
});

describe('an approval that waits for its number', () => {
  it('gives no tokens: the client hears that the authorization is pending, too fast, or expired (CIBA §11)', () => {
    const outcome = (request: typeof AWAITING, now = NOW) => decideTokenRequest(request, FACTS, now);
    expect(outcome(AWAITING)).toEqual({ outcome: 'refuse', refusal: { reason: 'authorization_pending' } });
    expect(outcome({ ...AWAITING, nextPollAt: NOW + 1 })).toMatchObject({ outcome: 'slow_down' });
    expect(outcome(AWAITING, FACTS.expiresAt)).toEqual({ outcome: 'refuse', refusal: { reason: 'request_expired' } });
  });

  it('is fixed for its device, and for every other', () => {
    const late = { sub: FACTS.sub, profileId: FACTS.profileId, decision: 'approve' } as const;
    expect(judgeLateDecision(AWAITING, { ...late, deviceId: 'device-1' })).toEqual({ outcome: 'same_again' });
    expect(judgeLateDecision(AWAITING, { ...late, deviceId: 'device-2' })).toMatchObject({
      refusal: { reason: 'already_decided', state: 'awaiting_number' },
    });
  });

  it('is open until its end, like a question, and nothing else is', () => {
    const open = (state: Parameters<typeof requestIn>[0], facts = {}) => isOpen(requestIn(state, facts), NOW);
    expect([open('pending'), open('awaiting_number')]).toEqual([true, true]);
    for (const state of ['approved', 'denied', 'failed', 'redeemed'] as const) expect(open(state)).toBe(false);
    expect(open('awaiting_number', { expiresAt: NOW })).toBe(false);
    expect(open('pending', { deniedFrom: NOW })).toBe(false);
  });
});

it('after the last wrong number the client is denied, and a phone finds the request over (CIBA §11)', () => {
  const failed = { ...FACTS, state: 'failed', because: 'wrong_number' } as const;
  expect(decideTokenRequest(failed, FACTS, NOW)).toMatchObject({ refusal: { reason: 'wrong_numbers' } });
  const late = { sub: FACTS.sub, profileId: FACTS.profileId, deviceId: 'device-1', decision: 'approve' } as const;
  expect(judgeLateDecision(failed, late)).toEqual({ outcome: 'refuse', refusal: { reason: 'request_over' } });
});

describe('a number that a client enters (RFC 10027 §6.1.16)', () => {
  const judge = (request: Parameters<typeof judgeEntered>[0], entered = '42', client = FACTS) =>
    judgeEntered(request, { client, entered, now: NOW });
  const not = (because: string) => ({ ok: false, refusal: { reason: 'number_not_awaited', because } });

  it('matches the one that the phone shows', () => {
    expect(judge(AWAITING)).toMatchObject({ ok: true, value: { matched: { state: 'awaiting_number' } } });
    expect(judge(AWAITING, '43')).toEqual({ ok: true, value: { request: AWAITING } });
  });

  it('is wrong before a phone shows one, whatever it is', () => {
    const pending = { ...enters('client_enters'), state: 'pending' } as const;
    for (const entered of ['00', '42', '99'])
      expect(judge(pending, entered)).toEqual({ ok: true, value: { request: pending } });
  });

  it('is not looked at for an unknown request, another client’s, one that is over, and one that needs none', () => {
    expect(judge(undefined)).toEqual(not('unknown'));
    expect(judge(AWAITING, '42', { ...FACTS, clientId: 'shop' })).toEqual(not('foreign'));
    expect(judge(AWAITING, '42', { ...FACTS, registrationId: 'registration-2' })).toEqual(not('foreign'));
    expect(judge(requestIn('pending'))).toEqual(not('needs_none'));
    expect(judge(PENDING)).toEqual(not('needs_none'));
    for (const state of ['approved', 'denied', 'failed', 'redeemed'] as const)
      expect(judge(requestIn(state, { numberMatching: 'client_enters' }))).toEqual(not('over'));
    expect(judgeEntered(AWAITING, { client: FACTS, entered: '42', now: FACTS.expiresAt })).toEqual(not('over'));
  });
});
