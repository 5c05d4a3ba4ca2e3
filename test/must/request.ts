import type { Requirement } from './requirement.ts';

const REQUEST = 'provider/core/asking/backchannel-request.ts';
const REQUEST_TEST = 'test/core/asking/backchannel-request.test.ts';
const PARAMETERS = 'backchannel authentication request (CIBA §7.1)';
const NOTIFICATION = 'provider/core/notifying/notification-endpoint.ts';
const NOTIFICATION_TEST = 'test/core/notifying/notification-endpoint.test.ts';
const TOKEN = 'client_notification_token (CIBA §7.1, RFC 6750 §2.1)';
const SCOPE = 'provider/core/asking/scope.ts';
const SCOPE_TEST = 'test/core/asking/scope.test.ts';
const FORM = 'provider/edge/http/form-body.ts';
const FORM_TEST = 'test/edge/http/form-body.test.ts';
const FORM_BODY = 'form body (CIBA §7.1, RFC 6749 appendix B)';
const ASSERTION = 'provider/core/client/client-assertion.ts';
const ASSERTION_TEST = 'test/core/client/client-assertion.test.ts';
const CLIENT_ASSERTION = 'client assertion (RFC 7523 §3, CIBA §7.1)';

/** The backchannel authentication request: how it is sent and by whom (CIBA §7, §7.1). */
const CALL: readonly Requirement[] = [
  {
    id: 'CIBA-7.B1',
    section: 'CIBA §7',
    level: 'MUST',
    says: 'The endpoint is called over TLS.',
    status: 'not ours',
    because: 'API Gateway answers over TLS 1.2 or newer and has no other listener.',
  },
  {
    id: 'CIBA-7.1.B2',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'Parameters arrive as a form in UTF-8.',
    status: 'held',
    proofs: [
      {
        breaks: { file: FORM, text: 'if (mediaTypeOf(request) !== FORM)', broken: 'if (!FORM)' },
        test: { file: FORM_TEST, titles: [FORM_BODY, 'refuses the media type "application/json"'] },
      },
      {
        breaks: {
          file: FORM,
          text: 'const text = decodeUtf8(request.body);',
          broken: "const text = Buffer.from(request.body).toString('latin1');",
        },
        test: { file: FORM_TEST, titles: [FORM_BODY, 'refuses raw bytes that are no UTF-8'] },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B3',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'The client authenticates.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/client/authentication/client-secret.ts',
          text: "if (state !== 'works')",
          broken: "if (state === 'ended')",
        },
        test: {
          file: 'test/flows/asking/refused-requests.test.ts',
          titles: [
            'nothing is read of a user, counted or stored (CIBA §7.2)',
            'for a client that failed to authenticate',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B4',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'A client assertion may name as `aud` the issuer, the token endpoint or the backchannel authentication endpoint.',
    status: 'held',
    proofs: [
      {
        breaks: { file: ASSERTION, text: 'return namesIssuer(aud, audience) || ', broken: 'return ' },
        test: { file: ASSERTION_TEST, titles: [CLIENT_ASSERTION, 'may be addressed to https://op.example/'] },
      },
      {
        breaks: { file: ASSERTION, text: ' || audience.endpoints.includes(aud);', broken: ';' },
        test: { file: ASSERTION_TEST, titles: [CLIENT_ASSERTION, 'may be addressed to https://op.example/token'] },
      },
      {
        breaks: {
          file: 'provider/core/discovery/provider-metadata.ts',
          text: 'return Object.values(CLIENT_PATHS).map(',
          broken: 'return Object.values(CLIENT_PATHS).slice(1).map(',
        },
        test: {
          file: ASSERTION_TEST,
          titles: [CLIENT_ASSERTION, 'may be addressed to https://op.example/bc-authorize'],
        },
      },
      {
        breaks: { file: ASSERTION, text: ' || !isAudience(aud, expected.audience)', broken: '' },
        test: {
          file: ASSERTION_TEST,
          titles: [
            CLIENT_ASSERTION,
            "is addressed to a single string that names this provider, not 'https://evil.example/'",
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.2.B12',
    section: 'CIBA §7.2',
    level: 'MUST',
    says: 'Parameters that the provider does not know are ignored.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: REQUEST,
          text: 'return readParameters(readers, form, policy);',
          broken: "return form.has('foo') ? refuse({ reason: 'no_hint' }) : readParameters(readers, form, policy);",
        },
        test: { file: REQUEST_TEST, titles: [PARAMETERS, 'ignores parameters it does not know (CIBA §7.2)'] },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B14',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'A repeated parameter is an error (RFC 6749 §3.2).',
    status: 'held',
    proofs: [
      {
        breaks: { file: REQUEST, text: '  if (!repeats.ok) return repeats;\n', broken: '' },
        test: {
          file: REQUEST_TEST,
          titles: [PARAMETERS, 'refuses a repeated login_hint, even with equal values (RFC 6749 §3.2)'],
        },
      },
    ],
  },
];

/** Its parameters (CIBA §7.1). */
const EACH_PARAMETER: readonly Requirement[] = [
  {
    id: 'CIBA-7.1.B5',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: '`scope` is required and contains `openid`.',
    status: 'held',
    proofs: [
      {
        breaks: { file: SCOPE, text: 'return requiresOpenid && !asksIdToken(scopes) ?', broken: 'return !scopes[0] ?' },
        test: { file: SCOPE_TEST, titles: ['scope (RFC 6749 §3.3, CIBA §7.1)', 'needs openid, exactly'] },
      },
      {
        breaks: {
          file: SCOPE,
          text: "if (scope === undefined) return refuse({ reason: requiresOpenid ? 'openid_scope_missing' : 'scope_missing' });",
          broken: "if (scope === undefined) return ok(['openid']);",
        },
        test: { file: SCOPE_TEST, titles: ['scope (RFC 6749 §3.3, CIBA §7.1)', 'must be there, with openid or not'] },
      },
      {
        breaks: {
          file: REQUEST,
          text: "scopes: (form, policy) => parseScope(single(form, 'scope'), policy)",
          broken: "scopes: (form) => parseScope(single(form, 'scope'), { requiresOpenid: false })",
        },
        test: {
          file: REQUEST_TEST,
          titles: [PARAMETERS, 'refuses a request without scope, without openid, or with a malformed scope'],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B6',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: '`client_notification_token` is required of a client that is notified: a bearer token of at most 1024 characters.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: REQUEST,
          text: "if (token === undefined) return refuse({ reason: 'missing_parameter', name });",
          broken: 'if (token === undefined) return ok(undefined);',
        },
        test: {
          file: REQUEST_TEST,
          titles: ['client_notification_token (CIBA §7.1)', 'is required of a client that is notified'],
        },
      },
      {
        breaks: { file: NOTIFICATION, text: 'return value.length <= TOKEN_LIMIT && ', broken: 'return ' },
        test: { file: NOTIFICATION_TEST, titles: [TOKEN, 'can not have more than 1024 characters'] },
      },
      {
        breaks: { file: NOTIFICATION, text: ' && BEARER_TOKEN.test(value);', broken: ';' },
        test: { file: NOTIFICATION_TEST, titles: [TOKEN, 'can not have a space'] },
      },
      {
        breaks: { file: NOTIFICATION, text: 'const TOKEN_LIMIT = 1024;', broken: 'const TOKEN_LIMIT = 1000;' },
        test: { file: NOTIFICATION_TEST, titles: [TOKEN, `may be ${'x'.repeat(1024)}`] },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B7',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'There is exactly one of `login_hint_token`, `id_token_hint` and `login_hint`; none or several are `invalid_request`.',
    status: 'held',
    proofs: [
      {
        breaks: { file: REQUEST, text: 'if (given.length > 1) return', broken: 'if (given.length > 3) return' },
        test: { file: REQUEST_TEST, titles: [PARAMETERS, 'needs exactly one hint (CIBA §7.1)'] },
      },
      {
        breaks: {
          file: REQUEST,
          text: 'const [name] = given;',
          broken: "const [name = 'login_hint'] = given;",
        },
        test: { file: REQUEST_TEST, titles: [PARAMETERS, 'needs exactly one hint (CIBA §7.1)'] },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B8',
    section: 'CIBA §7.1',
    level: 'MAY',
    says: '`acr_values` names classes that the client wants; the ID token of such a request should have an `acr`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/acr.ts',
          text: 'acrValues.flatMap((value) => policy.filter(({ acr }) => acr === value))',
          broken: 'policy.filter(({ acr }) => acrValues.includes(acr))',
        },
        test: {
          file: 'test/core/deciding/acr.test.ts',
          titles: [
            'the classes that a client asks for (CIBA §7.1)',
            'keep its order of preference, each with every rule that reaches it',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/core/deciding/decision.ts',
          text: 'acrReached(verification, asked.acrValues ?? acrPolicy)',
          broken: 'acrReached(verification, acrPolicy)',
        },
        test: {
          file: 'test/flows/deciding/verification.test.ts',
          titles: [
            'a phone with two keys answers',
            'reaches the class that the client prefers, not the strongest of the policy (CIBA §7.1)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B9',
    section: 'CIBA §7.1',
    level: 'SHOULD',
    says: '`binding_message` is shown on both devices, and what cannot be shown is `invalid_binding_message`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/binding-message.ts',
          text: 'if (!isDisplayable(message, BINDING_MESSAGE_LIMIT))',
          broken: 'if (message.length > BINDING_MESSAGE_LIMIT)',
        },
        test: {
          file: 'test/core/asking/binding-message.test.ts',
          titles: [
            'binding_message (CIBA §7.1)',
            'refuses with invalid_binding_message what can’t be shown safely (CIBA §13)',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/flows/asking/request/store-and-push.ts',
          text: 'bindingMessage: wanted.bindingMessage,',
          broken: 'bindingMessage: undefined,',
        },
        test: {
          file: 'test/flows/asking/request-authentication.test.ts',
          titles: [
            'a client asks a user (CIBA §7)',
            'has what the phone will show frozen before the push: what was granted, not what was asked',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B11',
    section: 'CIBA §7.1',
    level: 'MAY',
    says: '`requested_expiry`, a positive integer of seconds, is honoured within limits.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/expiry.ts',
          text: 'return ok(Math.min(Math.max(Number(value), SHORTEST_EXPIRY_SECONDS), limits.limit));',
          broken: 'return ok(limits.default);',
        },
        test: {
          file: 'test/core/asking/expiry.test.ts',
          titles: ['requested_expiry (CIBA §7.1)', 'honours 30'],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/expiry.ts',
          text: 'LONGEST_EXPIRY_SECONDS = 259_200',
          broken: 'LONGEST_EXPIRY_SECONDS = 28_350',
        },
        test: {
          file: 'test/core/asking/expiry.test.ts',
          titles: ['requested_expiry (CIBA §7.1)', 'makes 259200 to 259200 where a deployment allows 72 hours'],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.B13',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'An `id_token_hint` that was issued encrypted is decrypted by the client and sent as the inner JWS.',
    status: 'not ours',
    because: 'The client does it. This provider encrypts no ID token.',
  },
];

export const REQUEST_REQUIREMENTS = [...CALL, ...EACH_PARAMETER];
