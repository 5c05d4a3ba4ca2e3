import { describe, expect, it } from 'vitest';
import { type Refusal, type RefusalReason, wordingOf } from '../../provider/core/refusal.ts';
import type { Wording } from '../../provider/core/refusal-wording.ts';

type More = Pick<Wording, 'headers' | 'members' | 'detail'>;
type Evidence<Reason extends RefusalReason> = Omit<Extract<Refusal, { reason: Reason }>, 'reason'>;
/** The evidence of a refusal, and what the caller receives for it: status and error code, description, and the rest. */
type Row<Reason extends RefusalReason> = readonly [Evidence<Reason>, string, string, More?];

const FAILED = 'Client authentication failed.';
const UNKNOWN_ID = 'auth_req_id is unknown or not for this client.';
const REDEEMED = 'auth_req_id was redeemed already.';
const EXPIRED = 'auth_req_id has expired; start again.';
const TARGET = 'The audience or resource is malformed, unknown or not allowed for this client.';
const NO_PUSH_TOKEN = 'The push service does not know this push_token, or this platform is not set up.';
const NO_DEVICE = 'No eligible notification channels were found: the user has no device that a push can reach.';
const UNSIGNED = 'Signed authentication requests are not supported; send the parameters in the form.';
const after = (seconds: string): More => ({ headers: { 'retry-after': seconds } });

/** What developers of clients read for each reason. A reason without a row does not compile. */
const ROWS: { readonly [Reason in RefusalReason]: Row<Reason> } = {
  // Calls that are malformed (RFC 6749 §3, CIBA §13)
  unsupported_media_type: [{ expected: 'a/b' }, '400 invalid_request', 'The Content-Type must be a/b.'],
  body_too_large: [{ limitBytes: 65_536 }, '400 invalid_request', 'The body must have at most 65536 bytes.'],
  malformed_body: [{ expected: 'a form' }, '400 invalid_request', 'The body must be a form.'],
  repeated_parameter: [{ name: 'scope' }, '400 invalid_request', 'The parameter scope must be sent once.'],
  missing_parameter: [
    { name: 'grant_type' },
    '400 invalid_request',
    'The parameter grant_type is required.',
    { detail: 'grant_type' },
  ],
  invalid_parameter: [
    { name: 'requested_expiry', expected: 'a positive integer' },
    '400 invalid_request',
    'requested_expiry must be a positive integer.',
    { detail: 'requested_expiry' },
  ],

  // The authorization endpoint (RFC 6749 §4.1.2.1)
  only_backchannel: [{}, '400 unsupported_response_type', 'There is no login page: clients ask by CIBA.'],

  // Client authentication (RFC 6749 §2.3, §5.2) and registration (RFC 7591 §3.2.2)
  no_client_authentication: [{}, '401 invalid_client', 'The client must authenticate with its registered method.'],
  several_client_authentications: [
    {},
    '400 invalid_request',
    'The client must authenticate with one method and one client_id.',
  ],
  malformed_authorization_header: [{}, '401 invalid_client', FAILED],
  unknown_client: [{}, '401 invalid_client', FAILED],
  wrong_client_secret: [{}, '401 invalid_client', FAILED],
  client_secret_expired: [{}, '401 invalid_client', FAILED],
  wrong_authentication_method: [{ registered: 'private_key_jwt' }, '401 invalid_client', FAILED],
  malformed_client_assertion: [{}, '401 invalid_client', FAILED],
  client_assertion_signature: [{}, '401 invalid_client', FAILED],
  client_keys_unavailable: [{ because: 'timeout' }, '401 invalid_client', FAILED, { detail: 'timeout' }],
  client_assertion_claim: [
    { claim: 'iss', expected: 'the client id' },
    '401 invalid_client',
    'The claim iss of client_assertion must be the client id.',
    { detail: 'iss' },
  ],
  client_assertion_replayed: [
    {},
    '401 invalid_client',
    'The jti of client_assertion was used before; each call needs a new one.',
  ],
  credential_taken_back: [{}, '401 invalid_client', 'Client authentication failed.'],
  invalid_client_metadata: [
    { member: 'jwks', expected: 'public keys only' },
    '400 invalid_client_metadata',
    'jwks must be public keys only.',
    { detail: 'jwks' },
  ],
  two_secrets_work: [
    { until: 1_795_607_473 },
    '409 conflict',
    'The old secret works until 1795607473 (epoch seconds). If nobody knows the new one, replace it with keep_old_secret true. Otherwise end the old one first (old_secret_expires_in 0), or make the new secret without old_secret_expires_in, which ends both.',
  ],

  // The backchannel authentication endpoint (CIBA §13)
  scope_malformed: [{}, '400 invalid_scope', 'scope must be up to 50 scope tokens separated by single spaces.'],
  openid_scope_missing: [{}, '400 invalid_request', 'scope must contain openid.'],
  scope_missing: [{}, '400 invalid_scope', 'scope is required.'],
  scope_not_allowed: [{}, '400 invalid_scope', 'scope contains nothing that this client is registered for.'],
  no_hint: [{}, '400 invalid_request', 'One hint is required: login_hint, id_token_hint or login_hint_token.'],
  several_hints: [{}, '400 invalid_request', 'Exactly one hint must be sent.'],
  login_hint_token_invalid: [
    { because: 'replayed' },
    '400 invalid_request',
    'login_hint_token must be a JWT whose jti was not used before.',
    { detail: 'replayed' },
  ],
  login_hint_token_expired: [{}, '400 expired_login_hint_token', 'login_hint_token has expired.'],
  id_token_hint_invalid: [
    { because: 'expired' },
    '400 invalid_request',
    'id_token_hint must be an ID token that expired at most 90 days ago.',
    { detail: 'expired' },
  ],
  login_hint_malformed: [{ expected: 'a username' }, '400 invalid_request', 'login_hint must be a username.'],
  unknown_user: [
    { because: 'blocked' },
    '400 unknown_user_id',
    'The hint names no user of this provider.',
    { detail: 'blocked' },
  ],
  invalid_binding_message: [{ expected: 'short' }, '400 invalid_binding_message', 'binding_message must be short.'],
  invalid_target: [{ because: 'not_allowed' }, '400 invalid_target', TARGET, { detail: 'not_allowed' }],
  authorization_details_not_supported: [
    {},
    '400 invalid_authorization_details',
    'authorization_details are not supported.',
  ],
  signed_request_not_supported: [{}, '400 invalid_request', UNSIGNED],
  malformed_user_code: [{}, '400 invalid_user_code', 'user_code is malformed.'],
  missing_user_code: [
    { because: 'client_not_registered' },
    '400 missing_user_code',
    'This user can be asked only with their user_code, by a client that is registered with backchannel_user_code_parameter.',
    { detail: 'client_not_registered' },
  ],
  wrong_user_code: [{}, '400 invalid_user_code', 'user_code is wrong.'],
  too_many_wrong_user_codes: [
    { retryAfterSeconds: 3600 },
    '403 access_denied',
    'This client sent too many wrong user codes of this user; try again later.',
    after('3600'),
  ],
  signed_request_not_registered: [
    {},
    '400 invalid_request',
    'The client is not registered for signed requests: it has no backchannel_authentication_request_signing_alg.',
  ],
  signed_request_required: [{}, '400 invalid_request', 'The parameters must be claims of a signed JWT in request.'],
  request_uri_not_supported: [
    {},
    '400 invalid_request',
    'request_uri is not supported; send the signed request in request.',
  ],
  parameter_outside_signed_request: [
    { name: 'scope' },
    '400 invalid_request',
    'scope must be a claim of request; beside it only client authentication is accepted.',
    { detail: 'scope' },
  ],
  malformed_request_object: [
    {},
    '400 invalid_request',
    'request must be a signed JWT of at most 8192 characters, and not encrypted.',
  ],
  request_object_signature: [
    {},
    '400 invalid_request',
    'request must be signed with the registered algorithm and a key of the client.',
  ],
  request_keys_unavailable: [
    { because: 'timeout' },
    '400 invalid_request',
    'The keys at the jwks_uri of the client could not be fetched.',
    { detail: 'timeout' },
  ],
  request_object_claim: [
    { claim: 'nbf', expected: 'at most 60 minutes ago' },
    '400 invalid_request',
    'nbf of request must be at most 60 minutes ago.',
    { detail: 'nbf' },
  ],
  request_object_replayed: [
    {},
    '400 invalid_request',
    'The jti of request was used before; each request needs a new one.',
  ],
  user_rate_limited: [
    { retryAfterSeconds: 29.1 },
    '403 access_denied',
    'This user was asked too often; try again later.',
    after('30'),
  ],
  too_many_unknown_users: [
    { retryAfterSeconds: 30 },
    '403 access_denied',
    'This client named too many unknown users; try again later.',
    { headers: { 'retry-after': '30' } },
  ],
  binding_message_needed: [
    {},
    '400 invalid_binding_message',
    'binding_message must be present while this user has another open request: it tells the two apart.',
  ],
  request_open: [
    { retryAfterSeconds: 30 },
    '403 access_denied',
    'This user has an open request of this client; try again later.',
    { headers: { 'retry-after': '30' } },
  ],
  client_paused: [
    { retryAfterSeconds: 30 },
    '403 access_denied',
    'This user denied a request of this client; try again later.',
    { headers: { 'retry-after': '30' } },
  ],
  client_rate_limited: [
    { retryAfterSeconds: 0 },
    '403 access_denied',
    'This client asked too often; try again later.',
    after('1'),
  ],
  no_reachable_device: [{ devices: 2 }, '400 invalid_request', NO_DEVICE],
  acr_out_of_reach: [
    { devices: 1 },
    '400 invalid_request',
    'No device of this user can reach one of these acr_values; send others, or none.',
  ],
  number_not_awaited: [
    { because: 'over' },
    '400 invalid_grant',
    'auth_req_id names no open request of this client that waits for a number.',
    { detail: 'over' },
  ],
  push_unavailable: [
    { retryAfterSeconds: 5 },
    '503 temporarily_unavailable',
    'The user could not be reached just now; try again.',
    after('5'),
  ],
  nothing_to_resend: [
    { because: 'foreign' },
    '400 invalid_grant',
    'auth_req_id names no open request of this client.',
    { detail: 'foreign' },
  ],
  resend_too_soon: [
    { retryAfterSeconds: 12 },
    '403 access_denied',
    'The phones were rung a moment ago; try again later.',
    after('12'),
  ],
  resends_used_up: [
    {},
    '403 access_denied',
    'The phones of this request were rung as often as a client may ask for it.',
  ],

  // The token endpoint (CIBA §11, RFC 6749 §5.2)
  grant_not_allowed: [{}, '400 unauthorized_client', 'The client is not registered for this grant.'],
  tokens_are_pushed: [
    {},
    '400 unauthorized_client',
    'The client is registered for push: tokens go to its notification endpoint.',
  ],
  unsupported_grant_type: [{}, '400 unsupported_grant_type', 'grant_type must be urn:openid:params:grant-type:ciba.'],
  unknown_auth_req_id: [{}, '400 invalid_grant', UNKNOWN_ID],
  foreign_auth_req_id: [{}, '400 invalid_grant', UNKNOWN_ID],
  already_redeemed: [{}, '400 invalid_grant', REDEEMED],
  lost_redemption_race: [{}, '400 invalid_grant', REDEEMED],
  denied_by_user: [{}, '400 access_denied', 'The end-user denied the authorization request.'],
  client_reported: [{}, '400 access_denied', 'The end-user denied the authorization request.'],
  request_failed: [{}, '400 access_denied', 'The authorization request could not be delivered to the end-user.'],
  withdrawn_by_client: [{}, '400 access_denied', 'The client withdrew the authorization request.'],
  wrong_numbers: [{}, '400 access_denied', 'A wrong number was entered too often.'],
  approval_taken_back: [
    { because: 'user_blocked' },
    '400 access_denied',
    'The authorization was taken back before it was redeemed.',
    { detail: 'user_blocked' },
  ],
  request_expired: [{}, '400 expired_token', EXPIRED],
  approval_not_redeemed_in_time: [{}, '400 expired_token', EXPIRED],
  polled_too_fast: [
    { intervalSeconds: 10 },
    '400 slow_down',
    'You are polling faster than allowed. Wait 10 seconds between polls.',
    { ...after('10'), members: { interval: 10 } },
  ],
  slow_down_ignored: [
    {},
    '400 invalid_request',
    'You kept polling faster than allowed. Make no more token requests for this auth_req_id.',
  ],
  authorization_pending: [{}, '400 authorization_pending', 'The end-user authorization is pending.'],

  // The device API (docs/device-api.md)
  device_not_authenticated: [
    { because: 'signature' },
    '401 invalid_device',
    'Device authentication failed.',
    { detail: 'signature' },
  ],
  device_token_claim: [
    { claim: 'exp', expected: 'later' },
    '400 invalid_request',
    'The claim exp must be later.',
    { detail: 'exp' },
  ],
  device_key_not_accepted: [
    { expected: 'an EC key' },
    '400 invalid_request',
    'The key must be an EC key, without private members.',
  ],
  enrolment_signature: [
    {},
    '400 invalid_request',
    'enrolment must be a ciba-enrolment+jwt signed by the key in its header.',
  ],
  verification_key_signature: [
    {},
    '400 invalid_request',
    'verification_key must be a ciba-verification-key+jwt signed by the key in its header.',
  ],
  verification_key_not_another: [
    {},
    '400 invalid_request',
    'verification_key must be signed by another key than the enrolment.',
  ],
  ticket_not_usable: [{}, '400 invalid_ticket', 'The ticket is unknown, expired or spent; ask for a new one.'],
  push_token_refused: [{}, '400 invalid_push_token', NO_PUSH_TOKEN],
  device_not_own: [{}, '403 access_denied', 'A device can only manage itself.'],
  request_not_found: [{}, '404 not_found', 'There is no such request.'],
  request_over: [{}, '410 expired', 'The request is over.'],
  request_withdrawn: [{}, '410 withdrawn', 'The client withdrew the request.'],
  details_hash_mismatch: [{}, '400 details_mismatch', 'details_hash does not match the details of this request.'],
  amr_needs_verification_key: [
    { method: 'fpt' },
    '400 invalid_request',
    'The claim amr may have fpt only in an answer that the verification key signs.',
    { detail: 'amr' },
  ],
  verification_insufficient: [
    { suffices: [{ acr: 'urn:"low"', anyOf: ['pin', 'fpt'] }], hasVerificationKey: false },
    '403 insufficient_user_authentication',
    'An approval of this request must have one of pin, fpt in amr. The request still waits: verify the user and answer again.',
  ],
  number_required: [
    {},
    '400 invalid_request',
    'The claim number must be the two digits that the user sees where the request began.',
    { detail: 'number' },
  ],
  wrong_number: [
    { attemptsLeft: 2 },
    '400 invalid_number',
    'The number is wrong. The request still waits: let the user read it again.',
    { members: { attempts_left: 2 }, detail: '2 left' },
  ],
  already_decided: [{ state: 'approved' }, '409 already_decided', 'The request was decided already.'],

  // The admin API (docs/admin-api.md)
  no_iam_identity: [{}, '403 access_denied', 'This call needs an IAM identity.'],
  operator_not_listed: [{}, '403 access_denied', 'This IAM identity is not among the operators of this provider.'],
  reserved_id: [{}, '409 conflict', 'The id synthetic-login is reserved for the synthetic login.'],
  audit_unavailable: [
    {},
    '503 temporarily_unavailable',
    'The audit trail cannot be written just now; try again.',
    { headers: { 'retry-after': '5' } },
  ],
  not_found: [{ what: 'client' }, '404 not_found', 'There is no such client.'],
  conflict: [{ what: 'client_id' }, '409 conflict', 'This client_id is taken.'],
};

it.each([
  ['changed', 'The user was changed by other calls; try again.'],
  ['client', 'The client was changed by other calls; try again.'],
  ['block', 'The user reported the client again; look again.'],
  ['blocked', 'The user is blocked.'],
  ['email', 'This email is taken.'],
])('says what a conflict is about: %s', (what, description) => {
  expect(wordingOf({ reason: 'conflict', what }).description).toBe(description);
});

describe('what a caller receives for a refusal (RFC 6749 §5.2, CIBA §11, §13)', () => {
  it.each(Object.entries(ROWS))('%s has its status, its error code and its exact description', (reason, row) => {
    const [evidence, wire, description, more] = row;
    const { status, error, ...others } = wordingOf({ ...evidence, reason } as Refusal);
    expect(`${status} ${error}`).toBe(wire);
    expect(others).toEqual({ description, ...more });
  });

  it('quotes a name that only the caller knows, but keeps it from the log', () => {
    const unknown = { expected: 'absent', isUnknown: true } as const;
    expect(wordingOf({ reason: 'invalid_parameter', name: 'user_cod', ...unknown })).toEqual({
      status: 400,
      error: 'invalid_request',
      description: 'user_cod must be absent.',
    });
    expect(wordingOf({ reason: 'invalid_client_metadata', member: 'jkws', ...unknown })).toEqual({
      status: 400,
      error: 'invalid_client_metadata',
      description: 'jkws must be absent.',
    });
  });
});
