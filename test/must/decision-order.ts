import type { Proof, Requirement } from './requirement.ts';

const FLOW = 'provider/flows/token/request-tokens.ts';
const RULE = 'provider/core/deciding/authentication-request.ts';
const TEST = 'test/flows/token/decision-order.test.ts';
const ORDER = 'the order of a token request for one auth_req_id (CIBA §10.1, §11)';
const step = (title: string): Proof['test'] => ({ file: TEST, titles: [ORDER, title] });

/** Adds a branch to the decision about a request, before its state is looked at. */
const firstOf = (text: string): Proof['breaks'] => ({
  file: RULE,
  text: "  switch (request.state) {\n    case 'redeemed':\n      return refused",
  broken: `  ${text}\n  switch (request.state) {\n    case 'redeemed':\n      return refused`,
});
const EXPIRED_FIRST = firstOf("if (now >= request.expiresAt) return refused({ reason: 'request_expired' });");
const SLOW_FIRST = firstOf("if (now < request.nextPollAt) return { outcome: 'slow_down', request };");

const TOO_FAST_FIRST = firstOf(
  "if (now < request.nextPollAt) return refused({ reason: 'polled_too_fast', intervalSeconds: 5 });",
);

const section = 'CIBA §10.1, §11';

/** The order in which a token request is decided, which the standard leaves open, and what other products differ in. */
export const DECISION_ORDER_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-11.order.1-client',
    section,
    level: 'OPEN',
    says: 'First the client is authenticated.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: '  const authenticated = await authenticateClient(ports, call);\n',
          broken:
            "  if (single(call.form, 'grant_type') === undefined) return refuse({ reason: 'missing_parameter', name: 'grant_type' });\n  const authenticated = await authenticateClient(ports, call);\n",
        },
        test: step('1: the client is authenticated, before its registration and its form are looked at'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.2-grant',
    section,
    level: 'OPEN',
    says: 'Then its registration: the grant, and the delivery mode.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: '  if (!allowed.ok) return allowed;\n',
          broken:
            "  if (single(call.form, 'auth_req_id') === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });\n  if (!allowed.ok) return allowed;\n",
        },
        test: step('2: a client in push mode is refused, before its auth_req_id is looked at'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.3-form',
    section,
    level: 'OPEN',
    says: 'Then the form of the request, before anything is read for it.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/auth-req-id.ts',
          text: 'AUTH_REQ_ID.test(authReqId) ? requestIdOf(authReqId) : undefined',
          broken: 'requestIdOf(authReqId)',
        },
        test: step('3: a malformed form is refused, before the request is read'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.4-owner',
    section,
    level: 'OPEN',
    says: 'Then the owner: an unknown request and one of another client are refused alike, whatever became of it.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RULE,
          text: 'if (!isSameRegistration(request, client)) return refused(',
          broken: "if (request.state !== 'redeemed' && !isSameRegistration(request, client)) return refused(",
        },
        test: step('4: another client’s request is refused, before it is seen that it is redeemed'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.5-redeemed',
    section,
    level: 'OPEN',
    says: 'Then a request that was redeemed: `invalid_grant`, also after its life.',
    status: 'held',
    proofs: [
      {
        breaks: EXPIRED_FIRST,
        test: step('5: a redeemed request is refused, before its end and the speed of its polls are looked at'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.5-counted',
    section,
    level: 'OPEN',
    says: 'Repeated redemptions are counted, and the tokens of the first stay, because a lost race and a client’s retry look the same.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/operating/metrics.ts',
          text: "because('already_redeemed', 'lost_redemption_race')",
          broken: "because('already_redeemed')",
        },
        test: {
          file: 'test/core/operating/metrics.test.ts',
          titles: [
            'what a line counts',
            'is a repeated redemption after the first one, and of whoever lost the race for it (CIBA §10.1.1)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.order.6-ended',
    section,
    level: 'OPEN',
    says: 'Then a request that was denied or failed: `access_denied`, also after its life.',
    status: 'held',
    proofs: [
      {
        breaks: EXPIRED_FIRST,
        test: step('6: a request that is denied ends so, before its end and the speed of its polls are looked at'),
      },
      {
        breaks: EXPIRED_FIRST,
        test: step('6: a request that is failed ends so, before its end and the speed of its polls are looked at'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.7-approved',
    section,
    level: 'OPEN',
    says: 'Then an approval: one conditional write decides who gets the tokens, and the others get `invalid_grant`.',
    status: 'held',
    proofs: [
      {
        breaks: EXPIRED_FIRST,
        test: step(
          '7: an approval that can be redeemed leads to tokens, although the request is over and is polled too fast',
        ),
      },
      {
        breaks: {
          file: 'provider/flows/token/grants/ciba.ts',
          text: "{ reason: 'lost_redemption_race' };",
          broken: "{ reason: 'authorization_pending' };",
        },
        test: step('7: of two calls that found the approval, one write decides: the other one is refused'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.8-expired',
    section,
    level: 'OPEN',
    says: 'Then a request whose life is over.',
    status: 'held',
    proofs: [
      {
        breaks: TOO_FAST_FIRST,
        test: step('8: a request that expired is refused, before the speed of its polls is looked at'),
      },
    ],
  },
  {
    id: 'CIBA-11.order.9-pending',
    section,
    level: 'OPEN',
    says: 'Last a pending request: `slow_down` with the new interval as `Retry-After` if the poll is too fast, or else `authorization_pending`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RULE,
          text: "if (now < request.nextPollAt) return { outcome: 'slow_down', request };",
          broken: "if (now <= request.nextPollAt) return { outcome: 'slow_down', request };",
        },
        test: {
          file: 'test/core/deciding/authentication-request.test.ts',
          titles: [
            'token endpoint: instants',
            'answers slow_down one second early and pending at the instant itself (CIBA §11)',
          ],
        },
      },
      {
        breaks: { file: 'provider/core/token/refusals.ts', text: '      ...retryAfter(interval),\n', broken: '' },
        test: {
          file: 'test/edge/http/refusal-answer.test.ts',
          titles: [
            'body of a refusal (RFC 6749 §5.2, CIBA §13)',
            'tells a client that polls too fast the new interval, in body and Retry-After (CIBA §11)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.order.terminal-first',
    section,
    level: 'OPEN',
    says: 'The end of a request comes before `slow_down`: the client of a user who approved waits no further interval.',
    status: 'held',
    proofs: [
      {
        breaks: SLOW_FIRST,
        test: {
          file: 'test/core/deciding/authentication-request.test.ts',
          titles: ['token endpoint: what holds for every request (CIBA §11)', 'never slows down a terminal state'],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.order.first-poll',
    section,
    level: 'OPEN',
    says: 'The first poll is never too fast, however soon it comes.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/request/new-request.ts',
          text: 'nextPollAt: 0,',
          broken: 'nextPollAt: now + intervalSeconds,',
        },
        test: {
          file: 'test/flows/asking/request-authentication.test.ts',
          titles: [
            'a client asks a user (CIBA §7)',
            'has its request stored under a one-way hash of the auth_req_id, and its first poll is never too fast',
          ],
        },
      },
      {
        breaks: {
          file: RULE,
          text: "if (now < request.nextPollAt) return { outcome: 'slow_down', request };",
          broken: "if (now < request.nextPollAt || request.nextPollAt === 0) return { outcome: 'slow_down', request };",
        },
        test: {
          file: 'test/core/deciding/authentication-request.test.ts',
          titles: [
            'token endpoint: what holds for every request (CIBA §11)',
            'never slows down the first poll, however soon it comes',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.order.grace',
    section,
    level: 'OPEN',
    says: 'An approval near the expiry can be redeemed for a minute after it, or one interval if that is longer, and for five minutes at most.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/redemption-grace.ts',
          text: 'Math.min(Math.max(REDEMPTION_GRACE_SECONDS, intervalSeconds), LONGEST_GRACE_SECONDS)',
          broken: 'Math.max(REDEMPTION_GRACE_SECONDS, intervalSeconds)',
        },
        test: {
          file: 'test/core/deciding/redemption-grace.test.ts',
          titles: [
            'how long an approval can be redeemed (CIBA §11)',
            'until a minute after expiry, or one interval where that is longer, and five minutes at most',
          ],
        },
      },
      {
        breaks: {
          file: RULE,
          text: 'return now < request.expiresAt + redemptionGrace(request.intervalSeconds)',
          broken: 'return now < request.expiresAt',
        },
        test: {
          file: 'test/core/deciding/authentication-request.test.ts',
          titles: [
            'token endpoint: instants',
            'redeems an approval until the second before 60 s after expiry (CIBA §11)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.order.stored-interval',
    section,
    level: 'OPEN',
    says: 'The interval is stored with the request, so that every instance of a function agrees on it.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/adapters/dynamodb/redeemable-requests-table.ts',
          text: "'#next_poll_at = #interval_seconds + :next'",
          broken: "'#next_poll_at = :next'",
        },
        test: {
          file: 'test/contract/tables.test.ts',
          titles: [
            'the tables on dynalite',
            'authentication requests',
            'recordEarlyPoll: the interval grows by 5 for good, and the next poll is that far away (CIBA §11)',
          ],
        },
      },
    ],
  },
];
