import type { Proof, Requirement } from './requirement.ts';

const WORDING = 'provider/core/token/refusals.ts';
const RULE = 'provider/core/deciding/authentication-request.ts';
const RULE_TEST = 'test/core/deciding/authentication-request.test.ts';
const FLOW_TEST = 'test/flows/token/ciba.test.ts';
const ORDER_TEST = 'test/flows/token/decision-order.test.ts';
const ORDER = 'the order of a token request for one auth_req_id (CIBA §10.1, §11)';
const WAITING = 'a poll while the user has not answered (CIBA §11)';
const FAR_TOO_FAST =
  'is an error and one write after 100 slow_down, whose interval stays; in time it is pending, and an approval still leads to tokens (CIBA §11)';

/** The test of the wording of one reason. */
const wordingOf = (reason: string): Proof['test'] => ({
  file: 'test/core/refusal.test.ts',
  titles: [
    'what a caller receives for a refusal (RFC 6749 §5.2, CIBA §11, §13)',
    `${reason} has its status, its error code and its exact description`,
  ],
});

/** A proof that a wording has its status and its error code. */
const worded = (reason: string, text: string, broken: string): Proof => ({
  breaks: { file: WORDING, text, broken },
  test: wordingOf(reason),
});

/** The errors of the token endpoint (CIBA §11). */
export const TOKEN_ERROR_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-11.authorization_pending',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'While the user has not answered, a poll in time is 400 `authorization_pending`.',
    status: 'held',
    proofs: [
      worded('authorization_pending', "wording(400, 'authorization_pending',", "wording(202, 'authorization_pending',"),
      {
        breaks: {
          file: 'provider/flows/token/grants/ciba.ts',
          text: "if (first.recorded) return refuse({ reason: 'authorization_pending' });",
          broken: "if (first.recorded) return refuse({ reason: 'request_expired' });",
        },
        test: { file: FLOW_TEST, titles: [WAITING, 'in time is one write: authorization_pending'] },
      },
    ],
  },
  {
    id: 'CIBA-11.slow_down',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'A poll that is too fast is 400 `slow_down`, and the interval of this and all later polls grows by at least 5 seconds.',
    status: 'held',
    proofs: [
      worded('polled_too_fast', "wording(400, 'slow_down',", "wording(429, 'slow_down',"),
      {
        breaks: {
          file: 'provider/core/deciding/interval.ts',
          text: 'SLOW_DOWN_SECONDS = 5;',
          broken: 'SLOW_DOWN_SECONDS = 4;',
        },
        test: {
          file: 'test/core/deciding/interval.test.ts',
          titles: ['slow_down (CIBA §11)', 'makes the interval at least 5 seconds longer'],
        },
      },
      {
        breaks: {
          file: 'provider/adapters/dynamodb/redeemable-requests-table.ts',
          text: "compute: ['#interval_seconds = #interval_seconds + :step',",
          broken: "compute: ['#interval_seconds = :step',",
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
  {
    id: 'CIBA-11.expired_token',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'A request whose life is over is 400 `expired_token`.',
    status: 'held',
    proofs: [
      worded('request_expired', "wording(400, 'expired_token',", "wording(410, 'expired_token',"),
      {
        breaks: {
          file: RULE,
          text: "if (now >= request.expiresAt) return refused({ reason: 'request_expired' });",
          broken: '',
        },
        test: {
          file: RULE_TEST,
          titles: [
            'token endpoint: instants',
            'is pending until the second before expiry and expired at expiry (CIBA §7.3 expires_in)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.access_denied',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'A request that the user refused is 400 `access_denied`.',
    status: 'held',
    proofs: [
      worded('denied_by_user', "denied = wording(400, 'access_denied',", "denied = wording(403, 'access_denied',"),
      {
        breaks: {
          file: RULE,
          text: "return refused({ reason: 'denied_by_user' });",
          broken: "return refused({ reason: 'request_expired' });",
        },
        test: { file: FLOW_TEST, titles: ['a poll of what is over signs nothing (CIBA §11)', 'denied'] },
      },
    ],
  },
  {
    id: 'CIBA-11.invalid_grant',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'An `auth_req_id` that is unknown, was used, or was issued to another client is 400 `invalid_grant`.',
    status: 'held',
    proofs: [
      worded(
        'unknown_auth_req_id',
        "unknown_auth_req_id: () => invalidGrant('auth_req_id is unknown or not for this client.')",
        "unknown_auth_req_id: () => invalidGrant('auth_req_id is unknown.')",
      ),
      worded(
        'foreign_auth_req_id',
        "foreign_auth_req_id: () => invalidGrant('auth_req_id is unknown or not for this client.')",
        "foreign_auth_req_id: () => invalidGrant('auth_req_id is not for this client.')",
      ),
      worded('already_redeemed', 'already_redeemed: () => invalidGrant(', 'already_redeemed: () => invalidRequest('),
      worded(
        'lost_redemption_race',
        'lost_redemption_race: () => invalidGrant(',
        'lost_redemption_race: () => invalidRequest(',
      ),
    ],
  },
  {
    id: 'CIBA-11.unauthorized_client',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'A client in push mode, or without the grant, is 400 `unauthorized_client`.',
    status: 'held',
    proofs: [
      worded(
        'tokens_are_pushed',
        "wording(400, 'unauthorized_client', 'The client is registered for push",
        "wording(400, 'invalid_grant', 'The client is registered for push",
      ),
      {
        breaks: {
          file: 'provider/core/client/client.ts',
          text: "return client.grantTypes.includes(grantType) ? ok(client) : refuse({ reason: 'grant_not_allowed' });",
          broken: 'return ok(client);',
        },
        test: {
          file: ORDER_TEST,
          titles: [ORDER, '2: a client without the grant is refused, before its auth_req_id is looked at'],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.invalid_request',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'A malformed token request is 400 `invalid_request`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/token/request-tokens.ts',
          text: '  if (!repeats.ok) return repeats;\n',
          broken: '',
        },
        test: {
          file: 'test/flows/token/request-tokens.test.ts',
          titles: ['no request is touched (CIBA §10.1)', 'by a repeated parameter'],
        },
      },
    ],
  },
  {
    id: 'CIBA-11.slow_down_ignored',
    section: 'CIBA §11',
    level: 'MAY',
    says: 'A client that keeps polling too fast gets `invalid_request`: here after 100 `slow_down` of one request.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/token/grants/ciba.ts',
          text: 'if (ignoresSlowDown(',
          broken: 'if (!ignoresSlowDown(',
        },
        test: { file: FLOW_TEST, titles: [WAITING, FAR_TOO_FAST] },
      },
      worded(
        'slow_down_ignored',
        'slow_down_ignored: () =>\n    invalidRequest(',
        'slow_down_ignored: () =>\n    invalidGrant(',
      ),
    ],
  },
  {
    id: 'CIBA-11.stop',
    section: 'CIBA §11',
    level: 'MUST',
    says: 'A client that got `invalid_request` makes no more requests for this `auth_req_id`.',
    status: 'not ours',
    because:
      'It binds the client. If it goes on, nothing that it did before is lost: an approval still leads to tokens.',
  },
  {
    id: 'CIBA-11.invalid_client',
    section: 'CIBA §11, RFC 6749 §5.2',
    level: 'MUST',
    says: 'A client that fails to authenticate at the token endpoint is 401 `invalid_client`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/refusals.ts',
          text: '  wrong_client_secret: () => invalidClient(),',
          broken: "  wrong_client_secret: () => wording(400, 'invalid_grant', 'Client authentication failed.'),",
        },
        test: wordingOf('wrong_client_secret'),
      },
    ],
  },
];
