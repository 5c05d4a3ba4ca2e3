import type { Proof, Requirement } from './requirement.ts';

const FLOW = 'provider/flows/notifying/push/push-to-client.ts';
const FLOW_TEST = 'test/flows/notifying/push-to-client.test.ts';
const ID_TOKEN = 'provider/core/token/id-token.ts';
const DECISION = 'provider/core/notifying/push-decision.ts';

/** A test of pushes, by its group and its title. */
const pushTest = (group: string, title: string): Proof['test'] => ({ file: FLOW_TEST, titles: [group, title] });
const PUSHED = 'a client in push mode (CIBA §10.3.1)';
const TOKENS = pushTest(
  PUSHED,
  'gets the tokens of an approval: signed first, then claimed and stored sealed, then sent, then deleted',
);
const PUSHED_BYTES: Proof['test'] = {
  file: 'test/adapters/https/https-notification.test.ts',
  titles: [
    'an endpoint that is trusted',
    'that is pushed to gets the token and the body as they are, as JSON (CIBA §10.3.1)',
  ],
};
const ANSWERS = 'what the endpoint answers (CIBA §10.3)';
const TWICE = 'never two sets of tokens (CIBA §10.1.1)';
const EXPIRY = 'an expiry is told by a message that is sent again until its time has come (CIBA §12)';

/** Delivery by push (CIBA §10.3, §12), and what it shares with the token endpoint (CIBA §10, §11). */
export const DELIVERY_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-10.push-only',
    section: 'CIBA §10, §11',
    level: 'MUST',
    says: 'A client in push mode gets no tokens at the token endpoint: `unauthorized_client`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/client.ts',
          text: "if (grantType === CIBA_GRANT && client.deliveryMode === 'push') return refuse({ reason: 'tokens_are_pushed' });",
          broken: '',
        },
        test: {
          file: 'test/flows/token/request-tokens.test.ts',
          titles: [
            'no request is touched (CIBA §10.1)',
            'is refused as soon as its client is in push mode: its tokens are pushed, and never fetched (CIBA §11)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.at_hash',
    section: 'CIBA §10.3.1',
    level: 'MUST',
    says: 'The ID token has `at_hash`.',
    status: 'held',
    proofs: [
      {
        breaks: { file: ID_TOKEN, text: '    at_hash: leftHalfHash(issuance.accessToken),\n', broken: '' },
        test: TOKENS,
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.auth_req_id',
    section: 'CIBA §10.3.1',
    level: 'MUST',
    says: 'The ID token has `urn:openid:params:jwt:claim:auth_req_id`, and the body `auth_req_id`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: ID_TOKEN,
          text: '[AUTH_REQ_ID_CLAIM]: issuance.pushedFor',
          broken: '[AUTH_REQ_ID_CLAIM]: issuance.issuer',
        },
        test: TOKENS,
      },
      {
        breaks: {
          file: 'provider/core/notifying/push-body.ts',
          text: 'JSON.stringify({ auth_req_id: authReqId, ...tokens })',
          broken: 'JSON.stringify({ ...tokens })',
        },
        test: TOKENS,
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.tokens',
    section: 'CIBA §10.3.1',
    level: 'MUST',
    says: 'The body has `access_token`, `token_type`, `expires_in`, `id_token` and `scope`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/notifying/push-body.ts',
          text: 'JSON.stringify({ auth_req_id: authReqId, ...tokens })',
          broken: 'JSON.stringify({ auth_req_id: authReqId, tokens })',
        },
        test: TOKENS,
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.json',
    section: 'CIBA §10.3.1, §12',
    level: 'MUST',
    says: 'What is pushed is a POST of the type `application/json`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/adapters/https/https-notification.ts',
          text: "'content-type': 'application/json',",
          broken: "'content-type': 'text/plain',",
        },
        test: PUSHED_BYTES,
      },
      {
        breaks: {
          file: 'provider/adapters/https/https-notification.ts',
          text: "method: 'POST',",
          broken: "method: 'PUT',",
        },
        test: PUSHED_BYTES,
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.answer',
    section: 'CIBA §10.3.1, §10.3',
    level: 'SHOULD',
    says: 'The provider takes 200 for success as well as 204.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/notifying/push-answer.ts',
          text: "status >= 200 && status < 300 ? 'accepted'",
          broken: "status === 204 ? 'accepted'",
        },
        test: pushTest(ANSWERS, '200 ends it'),
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.verify',
    section: 'CIBA §10.3.1',
    level: 'MUST',
    says: 'The client verifies the ID token, `at_hash`, and that the `auth_req_id` in the ID token is that of the body.',
    status: 'not ours',
    because: 'It binds the client. `docs/push-mode.md` says how, and `examples/push-client.ts` does it.',
  },
  {
    id: 'CIBA-5.push-bound',
    section: 'CIBA §5, §10.3.1',
    level: 'MUST',
    says: 'Where tokens are bound to a key, those that are pushed are bound to the key that the client proved when it asked.',
    status: 'not offered',
    because: 'No tokens are bound to a key yet.',
  },
  {
    id: 'CIBA-10.3.1.rt_hash',
    section: 'CIBA §10.3.1',
    level: 'MUST',
    says: 'The ID token has `urn:openid:params:jwt:claim:rt_hash` if a refresh token is pushed.',
    status: 'not offered',
    because: 'The provider issues no refresh tokens.',
  },
  {
    id: 'CIBA-10.3.bearer',
    section: 'CIBA §9, §10.3',
    level: 'MUST',
    says: 'A push has the `client_notification_token` as bearer token.',
    status: 'held',
    proofs: [
      {
        breaks: { file: FLOW, text: 'token: address.token, body', broken: "token: '', body" },
        test: TOKENS,
      },
    ],
  },
  {
    id: 'CIBA-10.3.no-redirect',
    section: 'CIBA §10.3',
    level: 'MUST',
    says: 'A redirect is not followed, and ends the push.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/notifying/push-answer.ts',
          text: 'status === 429 || status >= 500',
          broken: 'status === 429 || status === 307 || status >= 500',
        },
        test: pushTest(ANSWERS, '307 ends it'),
      },
    ],
  },
  {
    id: 'CIBA-10.once',
    section: 'CIBA §10.1.1, §10.3',
    level: 'MUST',
    says: 'An `auth_req_id` leads to one set of tokens.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: "if (!claim.recorded) return 'look_again';",
          broken: '',
        },
        test: pushTest(
          TWICE,
          'when the request is redeemed by another while the tokens are signed: they are thrown away',
        ),
      },
    ],
  },
  {
    id: 'CIBA-12.body',
    section: 'CIBA §12',
    level: 'MUST',
    says: 'An error that is pushed has `auth_req_id` and `error`; `error_description` says it in words.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/notifying/push-body.ts',
          text: 'JSON.stringify({ auth_req_id: authReqId, error, error_description: DESCRIPTIONS[error] })',
          broken: 'JSON.stringify({ error, error_description: DESCRIPTIONS[error] })',
        },
        test: pushTest(PUSHED, 'hears of a denial, and gets nothing else (CIBA §12)'),
      },
      {
        breaks: {
          file: 'provider/core/notifying/push-body.ts',
          text: 'error, error_description: DESCRIPTIONS[error] })',
          broken: 'error })',
        },
        test: pushTest(PUSHED, 'hears of a denial, and gets nothing else (CIBA §12)'),
      },
    ],
  },
  {
    id: 'CIBA-12.access_denied',
    section: 'CIBA §12',
    level: 'MUST',
    says: 'A client in push mode is told `access_denied` after a denial.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: DECISION,
          text: "      return tell('access_denied');",
          broken: "      return tell('transaction_failed');",
        },
        test: pushTest(PUSHED, 'hears of a denial, and gets nothing else (CIBA §12)'),
      },
    ],
  },
  {
    id: 'CIBA-12.expired_token',
    section: 'CIBA §12',
    level: 'MAY',
    says: 'A client in push mode is told `expired_token` when nobody answered.',
    status: 'held',
    proofs: [
      {
        breaks: { file: DECISION, text: "tell('expired_token')", broken: "tell('access_denied')" },
        test: pushTest(EXPIRY, 'expired_token is pushed once no decision can follow'),
      },
    ],
  },
  {
    id: 'CIBA-12.transaction_failed',
    section: 'CIBA §12',
    level: 'MUST',
    says: 'A client in push mode is told `transaction_failed` when no tokens could be made.',
    status: 'held',
    proofs: [
      {
        breaks: { file: DECISION, text: ": tell('transaction_failed');", broken: ": drop('request_over');" },
        test: pushTest(PUSHED, 'starts again when no tokens could be made until the approval was over (CIBA §12)'),
      },
    ],
  },
];
