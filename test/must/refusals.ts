import type { Proof, Requirement } from './requirement.ts';

const ASKING = 'provider/core/asking/refusals.ts';
const EDGE = 'provider/edge/http/refusal-answer.ts';
const BODY_TEST = 'test/edge/http/refusal-answer.test.ts';
const BODY = 'body of a refusal (RFC 6749 §5.2, CIBA §13)';

/** The test of the wording of one reason. */
const wordingOf = (reason: string): Proof['test'] => ({
  file: 'test/core/refusal.test.ts',
  titles: [
    'what a caller receives for a refusal (RFC 6749 §5.2, CIBA §11, §13)',
    `${reason} has its status, its error code and its exact description`,
  ],
});

/** The refusals of the backchannel authentication endpoint (CIBA §13). */
export const REFUSAL_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-13.body',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A refusal is JSON with `error`, and `error_description` in printable ASCII without quotes and backslashes.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: EDGE,
          text: 'body: { error, error_description:',
          broken: 'body: { code: error, error_description:',
        },
        test: {
          file: BODY_TEST,
          titles: [
            BODY,
            "'no_hint' has error and error_description alone, but for the new interval and the attempts that are left",
          ],
        },
      },
      {
        breaks: {
          file: EDGE,
          text: 'error_description: printable(description)',
          broken: 'error_description: description',
        },
        test: { file: BODY_TEST, titles: [BODY, 'stays printable and short whatever a caller put into a name'] },
      },
    ],
  },
  {
    id: 'CIBA-13.invalid_request',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A malformed request is 400 `invalid_request`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/refusal-wording.ts',
          text: "wording(400, 'invalid_request', description, { detail });",
          broken: "wording(400, 'bad_request', description, { detail });",
        },
        test: wordingOf('several_hints'),
      },
    ],
  },
  {
    id: 'CIBA-13.invalid_scope',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A malformed scope is 400 `invalid_scope`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: ASKING,
          text: "wording(400, 'invalid_scope', 'scope must be up to",
          broken: "wording(400, 'invalid_request', 'scope must be up to",
        },
        test: wordingOf('scope_malformed'),
      },
    ],
  },
  {
    id: 'CIBA-13.unknown_user_id',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A hint that names no user is 400 `unknown_user_id`.',
    status: 'held',
    proofs: [
      {
        breaks: { file: ASKING, text: "wording(400, 'unknown_user_id',", broken: "wording(404, 'unknown_user_id'," },
        test: wordingOf('unknown_user'),
      },
    ],
  },
  {
    id: 'CIBA-13.unauthorized_client',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A client that may not use CIBA is 400 `unauthorized_client`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/token/refusals.ts',
          text: "wording(400, 'unauthorized_client', 'The client is not registered",
          broken: "wording(403, 'unauthorized_client', 'The client is not registered",
        },
        test: wordingOf('grant_not_allowed'),
      },
    ],
  },
  {
    id: 'CIBA-13.invalid_binding_message',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A binding message that is not accepted is 400 `invalid_binding_message`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: ASKING,
          text: "wording(400, 'invalid_binding_message', `binding_message must",
          broken: "wording(400, 'invalid_request', `binding_message must",
        },
        test: wordingOf('invalid_binding_message'),
      },
    ],
  },
  {
    id: 'CIBA-13.invalid_client',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A client that fails to authenticate is 401 `invalid_client`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/refusal-wording.ts',
          text: "wording(401, 'invalid_client', description, { detail });",
          broken: "wording(400, 'invalid_client', description, { detail });",
        },
        test: wordingOf('wrong_client_secret'),
      },
    ],
  },
  {
    id: 'CIBA-13.access_denied',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A refusal by policy, before anybody is asked, is 403 `access_denied`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: ASKING,
          text: "      403,\n      'access_denied',\n      'This user was asked too often;",
          broken: "      400,\n      'access_denied',\n      'This user was asked too often;",
        },
        test: wordingOf('user_rate_limited'),
      },
    ],
  },
  {
    id: 'CIBA-13.expired_login_hint_token',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A `login_hint_token` whose time is over is 400 `expired_login_hint_token`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/login-hint-token.ts',
          text: "return refuse({ reason: 'login_hint_token_expired' });",
          broken: "return wrong('times');",
        },
        test: {
          file: 'test/core/asking/login-hint-token.test.ts',
          titles: [
            'login_hint_token (CIBA §7.1, RFC 9493 §4.1)',
            'has expired a minute after exp, and then has a code of its own (CIBA §13)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-13.missing_user_code',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A request without a user code that is required is 400 `missing_user_code`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/user-code.ts',
          text: 'if (!code) return ok(true);',
          broken: 'if (!code || !isSupported) return ok(true);',
        },
        test: {
          file: 'test/core/asking/user-code.test.ts',
          titles: [
            'the user code of a request',
            'is missing_user_code also for a client that cannot send one: the code fails closed (CIBA §13)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-13.invalid_user_code',
    section: 'CIBA §13',
    level: 'MUST',
    says: 'A wrong user code is 400 `invalid_user_code`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/user-code.ts',
          text: "return isRight ? ok(true) : refuse({ reason: 'wrong_user_code' });",
          broken: 'return ok(true);',
        },
        test: {
          file: 'test/core/asking/user-code.test.ts',
          titles: ['the user code of a request', 'is invalid_user_code if it is wrong (CIBA §13)'],
        },
      },
    ],
  },
];
