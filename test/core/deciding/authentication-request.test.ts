import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Registration } from '../../../provider/core/client/client.ts';
import {
  type AuthenticationRequest,
  decideTokenRequest,
  judgeLateDecision,
} from '../../../provider/core/deciding/authentication-request.ts';
import { approvedRequest, FACTS, NOW, requestIn } from '../given.ts';

const STATES = ['pending', 'approved', 'denied', 'failed', 'redeemed'] as const;
const decide = (request: AuthenticationRequest | undefined, now = NOW, client: Registration = FACTS) =>
  decideTokenRequest(request, client, now);
const refusal = (reason: string) => ({ outcome: 'refuse', refusal: { reason } });

const anyRequest = fc
  .record({
    state: fc.constantFrom(...STATES),
    expiresAt: fc.integer({ min: NOW - 200, max: NOW + 200 }),
    intervalSeconds: fc.integer({ min: 1, max: 120 }),
    nextPollAt: fc.oneof(fc.constant(0), fc.integer({ min: NOW - 200, max: NOW + 200 })),
  })
  .map(({ state, ...facts }) => requestIn(state, facts));

const anyOwner = fc.constantFrom('bank', 'another-client', '');

describe('token endpoint: owner (CIBA §11)', () => {
  it('answers an auth_req_id that nobody knows as unknown', () => {
    expect(decide(undefined)).toEqual(refusal('unknown_auth_req_id'));
  });

  it.each(STATES)('tells another client nothing of a request that is %s', (state) => {
    const another = { ...FACTS, clientId: 'another-client' };
    expect(decide(requestIn(state), NOW, another)).toEqual(refusal('foreign_auth_req_id'));
  });

  it.each(STATES)('tells a client nothing of a request that is %s and of a former client with its id', (state) => {
    const successor = { ...FACTS, registrationId: 'registration-2' };
    expect(decide(requestIn(state), NOW, successor)).toEqual(refusal('foreign_auth_req_id'));
  });
});

describe('token endpoint: decision table (CIBA §10.1, §11)', () => {
  const early = { nextPollAt: NOW + 1 };
  const over = { expiresAt: NOW };
  it.each([
    ['redeemed', {}, 'already_redeemed'],
    ['redeemed', early, 'already_redeemed'],
    ['redeemed', { expiresAt: NOW - 1000 }, 'already_redeemed'],
    ['denied', {}, 'denied_by_user'],
    ['denied', early, 'denied_by_user'],
    ['denied', { expiresAt: NOW - 1000 }, 'denied_by_user'],
    ['failed', {}, 'request_failed'],
    ['failed', early, 'request_failed'],
    ['failed', { expiresAt: NOW - 1000 }, 'request_failed'],
    ['pending', {}, 'authorization_pending'],
    ['pending', { deniedFrom: NOW + 1 }, 'authorization_pending'],
    ['pending', { deniedFrom: NOW }, 'client_reported'],
    ['pending', { deniedFrom: NOW, ...early }, 'client_reported'],
    ['pending', { deniedFrom: NOW - 1000, expiresAt: NOW - 900 }, 'client_reported'],
    ['pending', over, 'request_expired'],
    ['pending', { expiresAt: NOW - 3600 }, 'request_expired'],
    ['pending', { ...over, ...early }, 'request_expired'],
    ['approved', { expiresAt: NOW - 60 }, 'approval_not_redeemed_in_time'],
    ['approved', { expiresAt: NOW - 60, ...early }, 'approval_not_redeemed_in_time'],
  ] as const)('refuses a request that is %s with %o: %s', (state, facts, reason) => {
    expect(decide(requestIn(state, facts))).toEqual(refusal(reason));
  });

  it('answers the reason again, every time, when the approval was taken back', () => {
    const takenBack = { because: 'user_blocked', deviceId: 'device-1' } as const;
    expect(decide({ ...FACTS, state: 'failed', takenBack })).toEqual({
      outcome: 'refuse',
      refusal: { reason: 'approval_taken_back', because: 'user_blocked' },
    });
  });

  it.each([{}, early, over])('answers a withdrawn request with %o as withdrawn, every time', (facts) => {
    const request = { ...FACTS, ...facts, state: 'failed', because: 'withdrawn' } as const;
    expect(decide(request)).toEqual(refusal('withdrawn_by_client'));
  });

  it('issues tokens for an approved request, with the request as evidence (CIBA §10.1.1)', () => {
    const request = approvedRequest();
    expect(decide(request)).toEqual({ outcome: 'issue', request });
  });

  it('issues tokens for an approved request even when the poll comes too fast', () => {
    const request = approvedRequest({ nextPollAt: NOW + 30 });
    expect(decide(request)).toEqual({ outcome: 'issue', request });
  });
});

describe('token endpoint: instants', () => {
  it('answers slow_down one second early and pending at the instant itself (CIBA §11)', () => {
    expect(decide(requestIn('pending', { nextPollAt: NOW + 1 }))).toMatchObject({ outcome: 'slow_down' });
    expect(decide(requestIn('pending', { nextPollAt: NOW }))).toEqual(refusal('authorization_pending'));
  });

  it('is pending until the second before expiry and expired at expiry (CIBA §7.3 expires_in)', () => {
    expect(decide(requestIn('pending', { expiresAt: NOW + 1 }))).toEqual(refusal('authorization_pending'));
    expect(decide(requestIn('pending', { expiresAt: NOW }))).toEqual(refusal('request_expired'));
  });

  it('redeems an approval until the second before 60 s after expiry (CIBA §11)', () => {
    expect(decide(approvedRequest({ expiresAt: NOW - 59 })).outcome).toBe('issue');
    expect(decide(approvedRequest({ expiresAt: NOW - 60 }))).toEqual(refusal('approval_not_redeemed_in_time'));
  });

  it('redeems an approval for one whole interval after expiry when that is longer than 60 s', () => {
    const slow = { intervalSeconds: 90 };
    expect(decide(approvedRequest({ ...slow, expiresAt: NOW - 89 })).outcome).toBe('issue');
    expect(decide(approvedRequest({ ...slow, expiresAt: NOW - 90 }))).toEqual(refusal('approval_not_redeemed_in_time'));
  });
});

describe('token endpoint: what holds for every request (CIBA §11)', () => {
  it('never slows down a terminal state', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        fc.pre(request.state !== 'pending');
        expect(decide(request).outcome).not.toBe('slow_down');
      }),
    );
  });

  it('never slows down the first poll, however soon it comes', () => {
    fc.assert(
      fc.property(anyRequest, fc.integer({ min: NOW - 1000, max: NOW + 1000 }), (request, now) => {
        expect(decide({ ...request, nextPollAt: 0 }, now).outcome).not.toBe('slow_down');
      }),
    );
  });

  it('issues tokens only for an approved request of the same client', () => {
    fc.assert(
      fc.property(anyRequest, anyOwner, fc.boolean(), (request, clientId, isSame) => {
        const registrationId = isSame ? FACTS.registrationId : 'registration-2';
        const { outcome } = decide(request, NOW, { clientId, registrationId });
        expect(outcome === 'issue').toBe(
          request.state === 'approved' &&
            clientId === 'bank' &&
            isSame &&
            NOW < request.expiresAt + Math.max(60, request.intervalSeconds),
        );
      }),
    );
  });
});

describe('a decision that came late (docs/device-api.md)', () => {
  const late = {
    sub: 'user-1',
    profileId: 'profile-1',
    deviceId: 'device-1',
    decision: 'approve',
    isReport: false,
  } as const;

  it.each([
    ['approved', 'approve'],
    ['denied', 'deny'],
  ] as const)('is accepted quietly when the request is %s and the same device says %s again', (state, decision) => {
    expect(judgeLateDecision(requestIn(state), { ...late, decision })).toEqual({ outcome: 'same_again' });
  });

  it('is accepted quietly when the same device approves again after the client fetched the tokens', () => {
    expect(judgeLateDecision(requestIn('redeemed'), late)).toEqual({ outcome: 'same_again' });
  });

  it('is accepted quietly when the same device approves again after the approval was taken back', () => {
    const takenBack = { because: 'client_removed', deviceId: 'device-1' } as const;
    const request = { ...FACTS, state: 'failed', takenBack } as const;
    expect(judgeLateDecision(request, late)).toEqual({ outcome: 'same_again' });
    expect(judgeLateDecision(request, { ...late, deviceId: 'device-2' })).toMatchObject({ outcome: 'refuse' });
  });

  it.each([
    ['approved', 'deny', 'device-1'],
    ['denied', 'approve', 'device-1'],
    ['redeemed', 'deny', 'device-1'],
    ['approved', 'approve', 'device-2'],
    ['denied', 'deny', 'device-2'],
    ['redeemed', 'approve', 'device-2'],
    ['failed', 'approve', 'device-1'],
    ['failed', 'deny', 'device-1'],
  ] as const)('is refused when the request is %s and %s comes from %s', (state, decision, deviceId) => {
    expect(judgeLateDecision(requestIn(state), { ...late, decision, deviceId })).toEqual({
      outcome: 'refuse',
      refusal: { reason: 'already_decided', state },
    });
  });

  it('is refused when it reports fraud after a plain denial: the client would not be blocked', () => {
    const report = { ...late, decision: 'deny', isReport: true } as const;
    const tooLate = { outcome: 'refuse', refusal: { reason: 'already_decided', state: 'denied' } };
    expect(judgeLateDecision(requestIn('denied'), report)).toEqual(tooLate);
    const reported = { ...FACTS, state: 'denied', deviceId: 'device-1', reason: 'fraud' } as const;
    expect(judgeLateDecision(reported, report)).toEqual({ outcome: 'same_again' });
    expect(judgeLateDecision(reported, { ...report, isReport: false })).toEqual({ outcome: 'same_again' });
  });

  it('is over when the request is still pending: then only its time can have passed', () => {
    expect(judgeLateDecision(requestIn('pending'), late)).toEqual(refusal('request_over'));
  });

  it('finds nothing in a request of another person who had the sub before', () => {
    for (const state of STATES) {
      const successor = { ...late, profileId: 'profile-2' };
      expect(judgeLateDecision(requestIn(state), successor)).toEqual(refusal('request_not_found'));
    }
  });

  it('finds nothing in an unknown request, and says the same of another user’s', () => {
    expect(judgeLateDecision(undefined, late)).toEqual(refusal('request_not_found'));
    for (const state of STATES) {
      expect(judgeLateDecision(requestIn(state), { ...late, sub: 'user-2' })).toEqual(refusal('request_not_found'));
    }
  });

  it.each(['approve', 'deny'] as const)('to %s is refused when the client withdrew the request', (decision) => {
    const withdrawn = { ...FACTS, state: 'failed', because: 'withdrawn' } as const;
    expect(judgeLateDecision(withdrawn, { ...late, decision })).toEqual(refusal('request_withdrawn'));
    const another = { ...late, decision, profileId: 'profile-2' };
    expect(judgeLateDecision(withdrawn, another)).toEqual(refusal('request_not_found'));
  });
});
