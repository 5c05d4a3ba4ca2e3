import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askingWording } from '../../../provider/core/asking/refusals.ts';
import { decidingWording } from '../../../provider/core/deciding/refusals.ts';
import { deviceWording } from '../../../provider/core/device/refusals.ts';
import { operatingWording } from '../../../provider/core/operating/refusals.ts';
import { type Refusal, type RefusalReason, wordingOf } from '../../../provider/core/refusal.ts';
import { tokenWording } from '../../../provider/core/token/refusals.ts';
import { answerRefusal } from '../../../provider/edge/http/refusal-answer.ts';

/** One refusal of every reason; a reason without a line does not compile. */
const REFUSALS: { readonly [Reason in RefusalReason]: Extract<Refusal, { reason: Reason }> } = {
  unsupported_media_type: { reason: 'unsupported_media_type', expected: 'application/json' },
  body_too_large: { reason: 'body_too_large', limitBytes: 65_536 },
  malformed_body: { reason: 'malformed_body', expected: 'a form' },
  repeated_parameter: { reason: 'repeated_parameter', name: 'scope' },
  missing_parameter: { reason: 'missing_parameter', name: 'grant_type' },
  invalid_parameter: { reason: 'invalid_parameter', name: 'requested_expiry', expected: 'a positive integer' },
  only_backchannel: { reason: 'only_backchannel' },
  no_client_authentication: { reason: 'no_client_authentication' },
  several_client_authentications: { reason: 'several_client_authentications' },
  malformed_authorization_header: { reason: 'malformed_authorization_header' },
  unknown_client: { reason: 'unknown_client' },
  wrong_client_secret: { reason: 'wrong_client_secret' },
  client_secret_expired: { reason: 'client_secret_expired' },
  wrong_authentication_method: { reason: 'wrong_authentication_method', registered: 'private_key_jwt' },
  malformed_client_assertion: { reason: 'malformed_client_assertion' },
  client_assertion_signature: { reason: 'client_assertion_signature' },
  client_keys_unavailable: { reason: 'client_keys_unavailable', because: 'timeout' },
  client_assertion_claim: { reason: 'client_assertion_claim', claim: 'aud', expected: 'the issuer' },
  client_assertion_replayed: { reason: 'client_assertion_replayed' },
  two_secrets_work: { reason: 'two_secrets_work', until: 1 },
  reserved_id: { reason: 'reserved_id' },
  audit_unavailable: { reason: 'audit_unavailable' },
  grant_not_allowed: { reason: 'grant_not_allowed' },
  tokens_are_pushed: { reason: 'tokens_are_pushed' },
  scope_malformed: { reason: 'scope_malformed' },
  openid_scope_missing: { reason: 'openid_scope_missing' },
  scope_missing: { reason: 'scope_missing' },
  scope_not_allowed: { reason: 'scope_not_allowed' },
  no_hint: { reason: 'no_hint' },
  several_hints: { reason: 'several_hints' },
  login_hint_token_invalid: { reason: 'login_hint_token_invalid', because: 'issuer' },
  login_hint_token_expired: { reason: 'login_hint_token_expired' },
  id_token_hint_invalid: { reason: 'id_token_hint_invalid', because: 'audience' },
  login_hint_malformed: { reason: 'login_hint_malformed', expected: 'a username' },
  unknown_user: { reason: 'unknown_user', because: 'no_such_identifier' },
  invalid_binding_message: { reason: 'invalid_binding_message', expected: 'short' },
  invalid_target: { reason: 'invalid_target', because: 'not_allowed' },
  authorization_details_not_supported: { reason: 'authorization_details_not_supported' },
  signed_request_not_supported: { reason: 'signed_request_not_supported' },
  malformed_user_code: { reason: 'malformed_user_code' },
  missing_user_code: { reason: 'missing_user_code', because: 'not_sent' },
  wrong_user_code: { reason: 'wrong_user_code' },
  too_many_wrong_user_codes: { reason: 'too_many_wrong_user_codes', retryAfterSeconds: 30 },
  signed_request_not_registered: { reason: 'signed_request_not_registered' },
  signed_request_required: { reason: 'signed_request_required' },
  request_uri_not_supported: { reason: 'request_uri_not_supported' },
  parameter_outside_signed_request: { reason: 'parameter_outside_signed_request', name: 'scope' },
  malformed_request_object: { reason: 'malformed_request_object' },
  request_object_signature: { reason: 'request_object_signature' },
  request_keys_unavailable: { reason: 'request_keys_unavailable', because: 'timeout' },
  request_object_claim: { reason: 'request_object_claim', claim: 'nbf', expected: 'at most 60 minutes ago' },
  request_object_replayed: { reason: 'request_object_replayed' },
  user_rate_limited: { reason: 'user_rate_limited', retryAfterSeconds: 30 },
  client_rate_limited: { reason: 'client_rate_limited', retryAfterSeconds: 30 },
  too_many_unknown_users: { reason: 'too_many_unknown_users', retryAfterSeconds: 30 },
  client_paused: { reason: 'client_paused', retryAfterSeconds: 30 },
  binding_message_needed: { reason: 'binding_message_needed' },
  request_open: { reason: 'request_open', retryAfterSeconds: 30 },
  no_reachable_device: { reason: 'no_reachable_device', devices: 0 },
  acr_out_of_reach: { reason: 'acr_out_of_reach', devices: 1 },
  push_unavailable: { reason: 'push_unavailable', retryAfterSeconds: 5 },
  nothing_to_resend: { reason: 'nothing_to_resend', because: 'foreign' },
  resend_too_soon: { reason: 'resend_too_soon', retryAfterSeconds: 12 },
  resends_used_up: { reason: 'resends_used_up' },
  unsupported_grant_type: { reason: 'unsupported_grant_type' },
  unknown_auth_req_id: { reason: 'unknown_auth_req_id' },
  foreign_auth_req_id: { reason: 'foreign_auth_req_id' },
  already_redeemed: { reason: 'already_redeemed' },
  lost_redemption_race: { reason: 'lost_redemption_race' },
  denied_by_user: { reason: 'denied_by_user' },
  client_reported: { reason: 'client_reported' },
  request_failed: { reason: 'request_failed' },
  credential_taken_back: { reason: 'credential_taken_back' },
  withdrawn_by_client: { reason: 'withdrawn_by_client' },
  wrong_numbers: { reason: 'wrong_numbers' },
  approval_taken_back: { reason: 'approval_taken_back', because: 'user_blocked' },
  request_expired: { reason: 'request_expired' },
  approval_not_redeemed_in_time: { reason: 'approval_not_redeemed_in_time' },
  polled_too_fast: { reason: 'polled_too_fast', intervalSeconds: 10 },
  slow_down_ignored: { reason: 'slow_down_ignored' },
  authorization_pending: { reason: 'authorization_pending' },
  device_not_authenticated: { reason: 'device_not_authenticated', because: 'signature' },
  device_token_claim: { reason: 'device_token_claim', claim: 'exp', expected: 'later' },
  device_key_not_accepted: { reason: 'device_key_not_accepted', expected: 'an EC key' },
  enrolment_signature: { reason: 'enrolment_signature' },
  verification_key_signature: { reason: 'verification_key_signature' },
  verification_key_not_another: { reason: 'verification_key_not_another' },
  ticket_not_usable: { reason: 'ticket_not_usable' },
  push_token_refused: { reason: 'push_token_refused' },
  device_not_own: { reason: 'device_not_own' },
  request_not_found: { reason: 'request_not_found' },
  request_over: { reason: 'request_over' },
  request_withdrawn: { reason: 'request_withdrawn' },
  amr_needs_verification_key: { reason: 'amr_needs_verification_key', method: 'fpt' },
  verification_insufficient: { reason: 'verification_insufficient', suffices: [], hasVerificationKey: true },
  details_hash_mismatch: { reason: 'details_hash_mismatch' },
  number_required: { reason: 'number_required' },
  wrong_number: { reason: 'wrong_number', attemptsLeft: 2 },
  number_not_awaited: { reason: 'number_not_awaited', because: 'over' },
  already_decided: { reason: 'already_decided', state: 'approved' },
  no_iam_identity: { reason: 'no_iam_identity' },
  operator_not_listed: { reason: 'operator_not_listed' },
  not_found: { reason: 'not_found', what: 'client' },
  conflict: { reason: 'conflict', what: 'client_id' },
  invalid_client_metadata: { reason: 'invalid_client_metadata', member: 'jwks', expected: 'public keys only' },
};
const ALL = Object.values(REFUSALS);
const wireOf = (refusal: Refusal, challenge = false) => {
  const { status, headers, body } = answerRefusal(refusal, challenge);
  return { status, headers, body: body as Record<string, unknown>, bytes: JSON.stringify(body) };
};

describe('status, error code and description of a refusal', () => {
  it.each(ALL)('$reason has those of its wording in core/', (refusal) => {
    const { status, error, description } = wordingOf(refusal);
    const answer = wireOf(refusal);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error, error_description: description });
  });
});

describe('body of a refusal (RFC 6749 §5.2, CIBA §13)', () => {
  it.each(ALL)(
    '$reason has error and error_description alone, but for the new interval and the attempts that are left',
    (refusal) => {
      const members = Object.keys(wireOf(refusal).body);
      expect(members).toEqual([
        'error',
        'error_description',
        ...(refusal.reason === 'polled_too_fast' ? ['interval'] : []),
        ...(refusal.reason === 'wrong_number' ? ['attempts_left'] : []),
      ]);
    },
  );

  it.each(ALL)('$reason is described in printable ASCII without quotes and backslashes', (refusal) => {
    expect(wireOf(refusal).body['error_description']).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,300}$/);
    expect(wireOf(refusal).body['error']).toMatch(/^[a-z_]+$/);
  });

  it('stays printable and short whatever a caller put into a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (name) => {
        for (const refusal of [
          { reason: 'repeated_parameter', name },
          { reason: 'invalid_parameter', name, expected: name },
          { reason: 'invalid_client_metadata', member: name, expected: name },
        ] as const) {
          expect(wireOf(refusal).body['error_description']).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,300}$/);
        }
      }),
    );
    expect(wireOf({ reason: 'repeated_parameter', name: 'x'.repeat(400) }).body['error_description']).toHaveLength(300);
    const quoted = wireOf({ reason: 'repeated_parameter', name: `a"b\\c'd\n\u202Eé` });
    expect(quoted.body['error_description']).toBe('The parameter ab?cd??? must be sent once.');
  });

  it('says what the caller can do about it: what is missing, and that nobody could be told', () => {
    const described = (refusal: Refusal) => wireOf(refusal).body['error_description'];
    expect(described({ reason: 'no_reachable_device', devices: 0 })).toContain('no device that a push can reach');
    const metadata = { reason: 'invalid_client_metadata', member: 'client_name', expected: 'present' } as const;
    expect(described(metadata)).toBe('client_name must be present.');
  });

  it('tells a client that polls too fast the new interval, in body and Retry-After (CIBA §11)', () => {
    const { body, headers } = wireOf({ reason: 'polled_too_fast', intervalSeconds: 15 });
    expect(body['interval']).toBe(15);
    expect(headers).toEqual({ 'retry-after': '15' });
  });

  it.each([
    'user_rate_limited',
    'client_rate_limited',
    'too_many_unknown_users',
    'client_paused',
    'request_open',
    'push_unavailable',
  ] as const)('%s says when to try again, in whole seconds and never at once', (reason) => {
    const header = (retryAfterSeconds: number) => wireOf({ reason, retryAfterSeconds }).headers;
    expect(header(30)).toEqual({ 'retry-after': '30' });
    expect(header(0.2)).toEqual({ 'retry-after': '1' });
    expect(header(0)).toEqual({ 'retry-after': '1' });
  });
});

describe('what an attacker can’t tell apart', () => {
  const same = (...refusals: Refusal[]) => {
    for (const challenge of [false, true]) {
      const [first, ...others] = refusals.map((refusal) => ({ ...wireOf(refusal, challenge) }));
      for (const other of others) expect(other).toEqual(first);
    }
  };

  it('unknown client, wrong secret, expired secret, wrong method and wrong signature', () => {
    same(
      REFUSALS.unknown_client,
      REFUSALS.wrong_client_secret,
      REFUSALS.client_secret_expired,
      REFUSALS.wrong_authentication_method,
      { reason: 'wrong_authentication_method', registered: 'client_secret_post' },
      REFUSALS.client_assertion_signature,
      REFUSALS.malformed_client_assertion,
      REFUSALS.malformed_authorization_header,
    );
  });

  it('unknown and foreign auth_req_id', () => {
    same(REFUSALS.unknown_auth_req_id, REFUSALS.foreign_auth_req_id);
  });

  it('why there is nothing to resend: an unknown, a foreign, a decided and an expired request', () => {
    const becauses = ['unknown', 'foreign', 'expired', 'approved', 'denied', 'failed', 'redeemed'] as const;
    same(...becauses.map((because) => ({ reason: 'nothing_to_resend', because }) as const));
  });

  it('a redeemed auth_req_id and a lost race', () => {
    same(REFUSALS.already_redeemed, REFUSALS.lost_redemption_race);
  });

  it('why a user is unknown', () => {
    const becauses = ['no_such_identifier', 'no_profile', 'foreign_issuer', 'blocked'] as const;
    same(...becauses.map((because) => ({ reason: 'unknown_user', because }) as const));
  });

  it('why a target is refused', () => {
    same({ reason: 'invalid_target', because: 'malformed' }, { reason: 'invalid_target', because: 'not_allowed' });
  });

  it('why a device is not believed', () => {
    const becauses = [
      'no_credential',
      'malformed',
      'unknown_device',
      'user_blocked',
      'type',
      'algorithm',
      'signature',
      'replayed',
    ] as const;
    same(...becauses.map((because) => ({ reason: 'device_not_authenticated', because }) as const));
  });

  it('why an approval was taken back', () => {
    const becauses = [
      'user_removed',
      'user_replaced',
      'user_blocked',
      'device_removed',
      'client_removed',
      'client_replaced',
      'grant_type_removed',
      'user_not_for_client',
      'audience_removed',
      'scopes_removed',
    ] as const;
    same(...becauses.map((because) => ({ reason: 'approval_taken_back', because }) as const));
  });

  it('why a request waits for no number', () => {
    const becauses = ['unknown', 'foreign', 'needs_none', 'over'] as const;
    same(...becauses.map((because) => ({ reason: 'number_not_awaited', because }) as const));
  });

  it('what a request was decided to', () => {
    same({ reason: 'already_decided', state: 'approved' }, { reason: 'already_decided', state: 'denied' });
  });
});

describe('WWW-Authenticate (RFC 6749 §5.2)', () => {
  it.each(ALL)('$reason never has it when the caller did not use the Authorization header', (refusal) => {
    expect(wireOf(refusal, false).headers).not.toHaveProperty('www-authenticate');
  });

  it.each(ALL)('$reason has it after the Authorization header only on a 401', (refusal) => {
    const { status, headers } = wireOf(refusal, true);
    expect(headers?.['www-authenticate'] !== undefined).toBe(status === 401);
  });

  it('names the scheme that the caller is to use', () => {
    expect(wireOf(REFUSALS.unknown_client, true).headers?.['www-authenticate']).toMatch(/^Basic realm=/);
    expect(wireOf(REFUSALS.device_not_authenticated, true).headers?.['www-authenticate']).toMatch(/^Device realm=/);
  });
});

describe('the route card of a handler', () => {
  it.each([
    ['backchannel-authentication', askingWording],
    ['token', tokenWording],
    ['device', { ...deviceWording, ...decidingWording }],
    ['admin', operatingWording],
  ])('%s names every error code with which its room refuses', (name, wordings) => {
    const handler = readFileSync(new URL(`../../../lambdas/${name}/handler.ts`, import.meta.url), 'utf8');
    const [card = ''] = handler.match(/\/\*\*[\s\S]*?\*\//) ?? [];
    const codes = ALL.filter(({ reason }) => reason in wordings).map((refusal) =>
      String(wireOf(refusal).body['error']),
    );
    expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(card))).toEqual([]);
    expect(codes.length).toBe(Object.keys(wordings).length);
  });
});

describe('for the log', () => {
  it.each(ALL)('$reason keeps its reason and its error code', (refusal) => {
    const { refused, body } = answerRefusal(refusal, false);
    expect(refused).toMatchObject({ reason: refusal.reason, error: (body as { error: string }).error });
  });

  /** The only evidence that is logged: names of ours, and why. */
  const LOGGED: Partial<Record<RefusalReason, string>> = {
    missing_parameter: 'grant_type',
    invalid_parameter: 'requested_expiry',
    client_keys_unavailable: 'timeout',
    client_assertion_claim: 'aud',
    parameter_outside_signed_request: 'scope',
    request_keys_unavailable: 'timeout',
    request_object_claim: 'nbf',
    login_hint_token_invalid: 'issuer',
    id_token_hint_invalid: 'audience',
    unknown_user: 'no_such_identifier',
    invalid_target: 'not_allowed',
    missing_user_code: 'not_sent',
    approval_taken_back: 'user_blocked',
    nothing_to_resend: 'foreign',
    device_not_authenticated: 'signature',
    device_token_claim: 'exp',
    amr_needs_verification_key: 'amr',
    number_required: 'number',
    wrong_number: '2 left',
    number_not_awaited: 'over',
    invalid_client_metadata: 'jwks',
  };
  it.each(ALL)('$reason keeps of its evidence what is ours alone', (refusal) => {
    expect(answerRefusal(refusal, false).refused?.detail).toBe(LOGGED[refusal.reason]);
  });

  it('keeps no name that only the caller knows', () => {
    const unknown = { expected: 'absent', isUnknown: true } as const;
    for (const refusal of [
      { reason: 'invalid_parameter', name: 's3cret', ...unknown },
      { reason: 'invalid_client_metadata', member: 's3cret', ...unknown },
      { reason: 'repeated_parameter', name: 's3cret' },
    ] as const)
      expect(answerRefusal(refusal, false).refused).not.toHaveProperty('detail');
  });
});
