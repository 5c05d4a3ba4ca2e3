import { describe, expect, it } from 'vitest';
import { checkLogins, type Seen } from '../../bench/load/checks.ts';
import type { LoginRecord } from '../../bench/load/login-record.ts';
import type { StoredRequest, TrailRecord } from '../../bench/load/stored.ts';
import { checkTrail, type Trail } from '../../bench/load/trail-checks.ts';

// Each check of the load test finds what it is for. Where all is well, none of them finds anything.
const NOW = 1_800_000_000;
const KILL = { at: (NOW - 10) * 1000, until: (NOW - 5) * 1000 };

const approved: LoginRecord = {
  index: 1,
  intent: 'approve',
  mode: 'ping',
  sub: 'ana',
  clientId: 'bank',
  pingToken: 'ping-1',
  authReqId: 'id-1',
  requestId: 'r1',
  failedAsks: 0,
  lostPolls: 0,
  tokens: ['t1'],
  end: 'tokens',
  isPushed: true,
  problems: [],
};
const denied: LoginRecord = {
  ...approved,
  ...{ index: 2, intent: 'deny', pingToken: 'ping-2', authReqId: 'id-2', requestId: 'r2', tokens: [] },
  end: 'access_denied',
};
const unanswered: LoginRecord = {
  ...approved,
  ...{ index: 3, intent: 'nothing', pingToken: 'ping-3', authReqId: 'id-3', requestId: 'r3', tokens: [] },
  end: 'expired_token',
};
const request = (requestId: string, more: Partial<StoredRequest>): StoredRequest => ({
  pk: `REQUEST#${requestId}`,
  requestId,
  state: 'pending',
  client_id: 'bank',
  sub: 'ana',
  expires_at: NOW - 1,
  ...more,
});
const redeemedRequest = request('r1', { state: 'redeemed', decided_at: NOW - 60, claimed_by: 'x' });
const deniedRequest = request('r2', { state: 'denied', decided_at: NOW - 60 });
const pendingRequest = request('r3', {});
const ping = (number: number) => ({
  authReqId: `id-${number}`,
  token: `ping-${number}`,
  at: (NOW - 50) * 1000,
  isAnswered: true,
});
const well: Seen = {
  logins: [approved, denied, unanswered],
  requests: [redeemedRequest, deniedRequest, pendingRequest],
  notifications: [],
  pings: [ping(1), ping(2)],
  kills: [],
  hasFaults: false,
  now: NOW * 1000,
};

describe('the comparison of logins with the tables', () => {
  it('finds nothing where all is well', () => {
    expect(checkLogins(well)).toEqual([]);
  });

  it.each<[string, Partial<Seen>]>([
    ['login 1 (ping, approve) has no end', { logins: [{ ...approved, end: undefined }, denied, unanswered] }],
    [
      'login 1 (ping, approve) ended with access_denied',
      { logins: [{ ...approved, end: 'access_denied', tokens: [] }, denied, unanswered] },
    ],
    ['login 2 (ping, deny) ended with tokens', { logins: [approved, { ...denied, end: 'tokens' }, unanswered] }],
    [
      'login 1 (ping, approve) ended with invalid_grant',
      { logins: [{ ...approved, end: 'invalid_grant', tokens: [] }, denied, unanswered] },
    ],
    ['login 1 (ping, approve): its request is not in the table', { requests: [deniedRequest, pendingRequest] }],
    [
      'login 1 (ping, approve) ended with tokens, but its request is approved',
      {
        requests: [request('r1', { state: 'approved', decided_at: NOW, grant: '{}' }), deniedRequest, pendingRequest],
      },
    ],
    [
      'login 1 (ping, approve): its request is of bo and bank',
      { requests: [{ ...redeemedRequest, sub: 'bo' }, deniedRequest, pendingRequest] },
    ],
    [
      'login 3 (ping, nothing) ended before its request expired',
      { requests: [redeemedRequest, deniedRequest, { ...pendingRequest, expires_at: NOW + 5 }] },
    ],
    [
      'login 1: the phone could not answer',
      { logins: [{ ...approved, problems: ['the phone could not answer'] }, denied, unanswered] },
    ],
    ['login 1 got tokens 2 times', { logins: [{ ...approved, tokens: ['t1', 't2'] }, denied, unanswered] }],
    ['two logins got the same tokens', { logins: [approved, { ...denied, tokens: ['t1'] }, unanswered] }],
    ['1 requests are known to no client, but only 0 asks failed', { requests: [...well.requests, request('r4', {})] }],
    ['login 1 (ping, approve) got no ping', { pings: [ping(2)] }],
    ['login 1 (ping, approve) got no ping', { pings: [{ ...ping(1), isAnswered: false }, ping(2)] }],
    ['login 1 (ping, approve) got 2 pings', { pings: [ping(1), ping(1), ping(2)] }],
    ['login 3 (ping, nothing) got a ping', { pings: [ping(1), ping(2), ping(3)] }],
    [
      'a ping names id-1 with the token of another login, or of none',
      { pings: [ping(1), ping(2), { ...ping(1), token: 'ping-2', isAnswered: false }] },
    ],
    [
      'login 1 (ping, approve) was told, but its auth_req_id is still stored',
      { notifications: [{ pk: 'NOTIFICATION#r1', requestId: 'r1', auth_req_id: 'id-1' }] },
    ],
    [
      'request r2 is denied, which its claimed_by contradicts',
      { requests: [redeemedRequest, { ...deniedRequest, claimed_by: 'x' }, pendingRequest] },
    ],
    [
      'request r1 is redeemed, which its grant contradicts',
      { requests: [{ ...redeemedRequest, grant: '{}' }, deniedRequest, pendingRequest] },
    ],
  ])('finds: %s', (finding, wrong) => {
    expect(checkLogins({ ...well, ...wrong })).toEqual([finding]);
  });

  it('finds a decision that no client knows', () => {
    const failedAsk = { ...approved, failedAsks: 1 };
    const requests = [...well.requests, request('r4', { state: 'denied', decided_at: NOW })];
    expect(checkLogins({ ...well, logins: [failedAsk, denied, unanswered], requests })).toEqual([
      'request r4 is denied, but no client knows it',
    ]);
  });

  it('accepts what a kill explains: a request whose answer was lost, lost tokens, a repeated ping', () => {
    const lost = { ...approved, end: 'invalid_grant' as const, tokens: [], lostPolls: 1, failedAsks: 1 };
    const repeated = [{ ...ping(1), at: KILL.at - 100 }, { ...ping(1), at: KILL.until + 100 }, ping(2)];
    const requests = [...well.requests, request('r4', {})];
    const seen = { ...well, logins: [lost, denied, unanswered], requests, pings: repeated, kills: [KILL] };
    expect(checkLogins(seen)).toEqual([]);
  });
});

const part = { alg: 'ES256', decision: 'approve' };
const jws = (decision: string) =>
  [{ alg: 'ES256' }, { ...part, decision }, 'x']
    .map((one) => Buffer.from(JSON.stringify(one)).toString('base64url'))
    .join('.');
const evidence = (requestId: string, decision: string): TrailRecord => ({
  ...{ id: `e-${requestId}`, at: NOW - 60, event: 'decision_evidence', requestId },
  ...{ change: `c-${requestId}`, phase: 'intended', response: jws(decision) },
});
const outcome = (requestId: string, decision: string): TrailRecord => ({
  ...{ id: `o-${requestId}`, at: NOW - 60, event: 'decision_recorded', requestId },
  ...{ change: `c-${requestId}`, phase: 'done', outcome: 'recorded', decision },
});
const issued: TrailRecord = { id: 't', at: NOW - 59, event: 'tokens_issued', requestId: 'r1' };
const whole = [
  evidence('r1', 'approve'),
  outcome('r1', 'approve'),
  issued,
  evidence('r2', 'deny'),
  outcome('r2', 'deny'),
];
const trail: Trail = { records: whole, requests: [redeemedRequest, deniedRequest, pendingRequest], kills: [] };
const without = (...ids: string[]) => whole.filter(({ id }) => !ids.includes(id));

describe('the comparison of the audit trail with the tables', () => {
  it('finds nothing where all is well', () => {
    expect(checkTrail(trail)).toEqual([]);
  });

  it.each<[string, readonly TrailRecord[]]>([
    ['request r2 (denied) has no evidence', [...without('e-r2'), { ...evidence('r2', 'approve') }]],
    ['request r1 (redeemed) has the outcome of another decision', [...without('o-r1'), outcome('r1', 'deny')]],
    ['request r1 (redeemed) has no tokens in the trail', without('t')],
    ['request r1 (redeemed) has tokens 2 times in the trail', [...whole, { ...issued, id: 't2' }]],
    ['request r2 (denied) has tokens in the trail', [...whole, { ...issued, id: 't2', requestId: 'r2' }]],
    ['change c-r3 (decision_evidence) has no outcome', [...whole, evidence('r3', 'approve')]],
    ['change c-r1 (decision_evidence) was intended 2 times', [...whole, { ...evidence('r1', 'approve'), id: 'e2' }]],
    [
      'the trail has decision_evidence of r9, which is not in the table',
      [...whole, evidence('r9', 'deny'), { ...outcome('r9', 'deny'), phase: 'failed', requestId: undefined }],
    ],
  ])('finds: %s', (finding, records) => {
    expect(checkTrail({ ...trail, records })).toEqual([finding]);
  });

  it('finds a decision without its outcome, one without its intention, and one that was made twice', () => {
    expect(checkTrail({ ...trail, records: without('o-r1') })).toEqual([
      'change c-r1 (decision_evidence) has no outcome',
      'request r1 (redeemed) has no outcome in the trail',
    ]);
    expect(checkTrail({ ...trail, records: without('e-r1') })).toEqual([
      'change c-r1 (decision_recorded) was made without an intention',
      'request r1 (redeemed) has no evidence',
    ]);
    const again = { ...outcome('r1', 'approve'), id: 'o2', change: 'c2' };
    expect(checkTrail({ ...trail, records: [...whole, again] })).toEqual([
      'change c2 (decision_recorded) was made without an intention',
      'request r1 (redeemed) was recorded 2 times',
    ]);
  });

  it('finds an outcome for what nobody decided', () => {
    const records = [...whole, evidence('r3', 'approve'), outcome('r3', 'approve')];
    expect(checkTrail({ ...trail, records })).toEqual([
      'request r3 (pending) has the outcome of a decision in the trail',
    ]);
  });

  it('accepts what a kill explains: an intention without an outcome, and tokens that only the log had', () => {
    const kills = [{ at: (NOW - 59) * 1000, until: (NOW - 55) * 1000 }];
    const again = { ...outcome('r1', 'approve'), change: 'c2', outcome: 'recorded_before' };
    const records = [...without('o-r1', 't'), again, evidence('r3', 'approve')];
    expect(checkTrail({ ...trail, records, kills })).toEqual([]);
  });

  it('accepts no outcome that is missing at another time', () => {
    const kills = [{ at: (NOW + 600) * 1000, until: (NOW + 610) * 1000 }];
    const records = [...whole, evidence('r3', 'approve')];
    expect(checkTrail({ ...trail, records, kills })).toEqual(['change c-r3 (decision_evidence) has no outcome']);
  });
});
