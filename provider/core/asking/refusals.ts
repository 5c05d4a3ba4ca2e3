import type { NoNumberAwaited } from '../deciding/number-matching.ts';
import { DEFAULTS } from '../operating/defaults.ts';
import { invalidGrant, invalidRequest, retryAfter, type Wordings, wording } from '../refusal-wording.ts';

/** Why an `id_token_hint` is refused. */
export type WrongIdToken = 'malformed' | 'not_an_id_token' | 'issuer' | 'audience' | 'expired' | 'signature';

/** Why a `login_hint_token` is refused. An expired one has a code of its own (CIBA §13). */
export type WrongHintToken =
  | 'malformed'
  | 'issuer'
  | 'keys'
  | 'signature'
  | 'type'
  | 'audience'
  | 'times'
  | 'jti'
  | 'subject'
  | 'replayed';

/** Why a client has no open request whose phones could be rung again: there is none, or what became of it. */
export type NothingToResend = 'unknown' | 'foreign' | 'expired' | 'approved' | 'denied' | 'failed' | 'redeemed';

/** The reasons why a user is not asked (CIBA §7.1, §13). */
export type AskingRefusal =
  | { reason: 'scope_malformed' }
  | { reason: 'openid_scope_missing' }
  | { reason: 'scope_missing' }
  | { reason: 'scope_not_allowed' }
  | { reason: 'no_hint' }
  | { reason: 'several_hints' }
  | { reason: 'login_hint_malformed'; expected: string }
  | {
      reason: 'unknown_user';
      because:
        | 'no_such_identifier'
        | 'no_profile'
        | 'foreign_issuer'
        | 'blocked'
        | 'not_for_this_client'
        | 'different_users'
        | 'earlier_person';
    }
  | { reason: 'id_token_hint_invalid'; because: WrongIdToken }
  | { reason: 'login_hint_token_invalid'; because: WrongHintToken }
  | { reason: 'login_hint_token_expired' }
  | { reason: 'invalid_binding_message'; expected: string }
  | { reason: 'binding_message_needed' }
  | { reason: 'malformed_user_code' }
  | { reason: 'missing_user_code'; because: 'not_sent' | 'client_not_registered' | 'set_since' }
  | { reason: 'wrong_user_code' }
  | { reason: 'too_many_wrong_user_codes'; retryAfterSeconds: number }
  | { reason: 'invalid_target'; because: 'malformed' | 'not_allowed' | 'not_granted' }
  | { reason: 'authorization_details_not_supported' }
  | { reason: 'signed_request_not_supported' }
  | { reason: 'signed_request_not_registered' }
  | { reason: 'signed_request_required' }
  | { reason: 'request_uri_not_supported' }
  | { reason: 'parameter_outside_signed_request'; name: string }
  | { reason: 'malformed_request_object' }
  | { reason: 'request_object_signature' }
  | { reason: 'request_keys_unavailable'; because: string }
  | { reason: 'request_object_claim'; claim: string; expected: string }
  | { reason: 'request_object_replayed' }
  | { reason: 'user_rate_limited'; retryAfterSeconds: number }
  | { reason: 'client_rate_limited'; retryAfterSeconds: number }
  | { reason: 'too_many_unknown_users'; retryAfterSeconds: number }
  | { reason: 'client_paused'; retryAfterSeconds: number }
  | { reason: 'request_open'; retryAfterSeconds: number }
  | { reason: 'no_reachable_device'; devices: number }
  | { reason: 'acr_out_of_reach'; devices: number }
  | { reason: 'push_unavailable'; retryAfterSeconds: number }
  | { reason: 'nothing_to_resend'; because: NothingToResend }
  | { reason: 'resend_too_soon'; retryAfterSeconds: number }
  | { reason: 'resends_used_up' }
  | { reason: 'number_not_awaited'; because: NoNumberAwaited };

const ID_TOKEN_EXPECTED: Readonly<Record<WrongIdToken, string>> = {
  malformed: 'an ID token: a signed JWT of at most 8192 characters',
  not_an_id_token: 'an ID token of this provider, not an access token or another JWT',
  issuer: 'an ID token of this provider',
  audience: 'an ID token that was issued to this client',
  expired: `an ID token that expired at most ${DEFAULTS.keepPublicKeysSeconds / 86_400} days ago`,
  signature: 'signed by a key of this provider that was not revoked',
};

const HINT_TOKEN_EXPECTED: Readonly<Record<WrongHintToken, string>> = {
  malformed: 'a signed JWT of at most 8192 characters',
  issuer: 'of an issuer (iss) that is trusted for this client',
  keys: 'of an issuer whose keys can be fetched at its jwks_uri',
  signature: 'signed by a key of its issuer with RS256, PS256 or ES256',
  type: 'a JWT without a type of its own (typ)',
  audience: 'for this provider (aud)',
  times: 'a JWT with exp at most a day ahead, and with iat and nbf in the past if present',
  jti: 'a JWT with a jti of 1 to 256 characters if present',
  subject: 'a JWT with sub_id, a subject identifier of RFC 9493',
  replayed: 'a JWT whose jti was not used before',
};

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const askingWording: Wordings<AskingRefusal> = {
  scope_malformed: () =>
    wording(400, 'invalid_scope', 'scope must be up to 50 scope tokens separated by single spaces.'),
  openid_scope_missing: () => invalidRequest('scope must contain openid.'),
  scope_missing: () => wording(400, 'invalid_scope', 'scope is required.'),
  scope_not_allowed: () => wording(400, 'invalid_scope', 'scope contains nothing that this client is registered for.'),
  no_hint: () => invalidRequest('One hint is required: login_hint, id_token_hint or login_hint_token.'),
  several_hints: () => invalidRequest('Exactly one hint must be sent.'),
  login_hint_malformed: (refusal) => invalidRequest(`login_hint must be ${refusal.expected}.`),
  unknown_user: ({ because }) =>
    wording(400, 'unknown_user_id', 'The hint names no user of this provider.', { detail: because }),
  id_token_hint_invalid: ({ because }) =>
    invalidRequest(`id_token_hint must be ${ID_TOKEN_EXPECTED[because]}.`, because),
  login_hint_token_invalid: ({ because }) =>
    invalidRequest(`login_hint_token must be ${HINT_TOKEN_EXPECTED[because]}.`, because),
  login_hint_token_expired: () => wording(400, 'expired_login_hint_token', 'login_hint_token has expired.'),
  invalid_binding_message: (refusal) =>
    wording(400, 'invalid_binding_message', `binding_message must be ${refusal.expected}.`),
  // CIBA §13: the message is unacceptable "in the context of the given request". A client that reads the code knows
  // which parameter to change; `invalid_request` would say that the request is malformed.
  binding_message_needed: () =>
    wording(
      400,
      'invalid_binding_message',
      'binding_message must be present while this user has another open request: it tells the two apart.',
    ),
  invalid_target: ({ because }) =>
    wording(400, 'invalid_target', 'The audience or resource is malformed, unknown or not allowed for this client.', {
      detail: because,
    }),
  authorization_details_not_supported: () =>
    wording(400, 'invalid_authorization_details', 'authorization_details are not supported.'),
  signed_request_not_supported: () =>
    invalidRequest('Signed authentication requests are not supported; send the parameters in the form.'),
  // No user can have such a code, so the refusal says nothing about this one.
  malformed_user_code: () => wording(400, 'invalid_user_code', 'user_code is malformed.'),
  missing_user_code: ({ because }) =>
    wording(
      400,
      'missing_user_code',
      'This user can be asked only with their user_code, by a client that is registered with backchannel_user_code_parameter.',
      { detail: because },
    ),
  wrong_user_code: () => wording(400, 'invalid_user_code', 'user_code is wrong.'),
  too_many_wrong_user_codes: (refusal) =>
    wording(
      403,
      'access_denied',
      'This client sent too many wrong user codes of this user; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  signed_request_not_registered: () =>
    invalidRequest(
      'The client is not registered for signed requests: it has no backchannel_authentication_request_signing_alg.',
    ),
  signed_request_required: () => invalidRequest('The parameters must be claims of a signed JWT in request.'),
  request_uri_not_supported: () => invalidRequest('request_uri is not supported; send the signed request in request.'),
  parameter_outside_signed_request: ({ name }) =>
    invalidRequest(`${name} must be a claim of request; beside it only client authentication is accepted.`, name),
  malformed_request_object: () =>
    invalidRequest('request must be a signed JWT of at most 8192 characters, and not encrypted.'),
  request_object_signature: () =>
    invalidRequest('request must be signed with the registered algorithm and a key of the client.'),
  request_keys_unavailable: ({ because }) =>
    invalidRequest('The keys at the jwks_uri of the client could not be fetched.', because),
  request_object_claim: ({ claim, expected }) => invalidRequest(`${claim} of request must be ${expected}.`, claim),
  request_object_replayed: () => invalidRequest('The jti of request was used before; each request needs a new one.'),
  user_rate_limited: (refusal) =>
    wording(
      403,
      'access_denied',
      'This user was asked too often; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  client_rate_limited: (refusal) =>
    wording(
      403,
      'access_denied',
      'This client asked too often; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  too_many_unknown_users: (refusal) =>
    wording(
      403,
      'access_denied',
      'This client named too many unknown users; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  client_paused: (refusal) =>
    wording(
      403,
      'access_denied',
      'This user denied a request of this client; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  request_open: (refusal) =>
    wording(
      403,
      'access_denied',
      'This user has an open request of this client; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  // Unknown ids, ids of other clients and requests that are over or need no number share this wording.
  number_not_awaited: ({ because }) =>
    invalidGrant('auth_req_id names no open request of this client that waits for a number.', because),
  no_reachable_device: () =>
    invalidRequest('No eligible notification channels were found: the user has no device that a push can reach.'),
  acr_out_of_reach: () =>
    invalidRequest('No device of this user can reach one of these acr_values; send others, or none.'),
  push_unavailable: (refusal) =>
    wording(
      503,
      'temporarily_unavailable',
      'The user could not be reached just now; try again.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  nothing_to_resend: ({ because }) => invalidGrant('auth_req_id names no open request of this client.', because),
  resend_too_soon: (refusal) =>
    wording(
      403,
      'access_denied',
      'The phones were rung a moment ago; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  resends_used_up: () =>
    wording(403, 'access_denied', 'The phones of this request were rung as often as a client may ask for it.'),
};
