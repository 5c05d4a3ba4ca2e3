import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../../cli/command-line/failure.ts';
import { nextStep, withId } from '../../../cli/deployment/next-step.ts';
import { type Refusal, type RefusalReason, wordingOf } from '../../../provider/core/refusal.ts';
import { type Source, sources } from '../../support/sources.ts';

/** Refusals of other endpoints, which the admin API never answers. */
const ELSEWHERE = 'elsewhere';
type Answers = {
  readonly [Reason in RefusalReason]: readonly Extract<Refusal, { reason: Reason }>[] | typeof ELSEWHERE;
};

/** Each refusal that the admin API can answer. A new reason does not compile until somebody says whether it can. */
const ANSWERS: Answers = {
  unsupported_media_type: [{ reason: 'unsupported_media_type', expected: 'application/json' }],
  body_too_large: [{ reason: 'body_too_large', limitBytes: 65536 }],
  malformed_body: [{ reason: 'malformed_body', expected: 'a JSON object' }],
  repeated_parameter: [{ reason: 'repeated_parameter', name: 'after' }],
  missing_parameter: [{ reason: 'missing_parameter', name: 'after' }],
  invalid_parameter: [{ reason: 'invalid_parameter', name: 'email', expected: 'an address' }],
  invalid_client_metadata: [{ reason: 'invalid_client_metadata', member: 'scope', expected: 'present' }],
  two_secrets_work: [{ reason: 'two_secrets_work', until: 1 }],
  no_iam_identity: [{ reason: 'no_iam_identity' }],
  operator_not_listed: [{ reason: 'operator_not_listed' }],
  reserved_id: [{ reason: 'reserved_id' }],
  not_found: ['user', 'client', 'device', 'block', 'evidence key', 'user code', 'resource'].map((what) => ({
    reason: 'not_found',
    what,
  })),
  conflict: [
    ...['client_id', 'client_name', 'sub', 'email', 'phone_number', 'preferred_username'],
    ...['changed', 'client', 'blocked', 'device', 'block', 'ticket', 'user_code'],
  ].map((what) => ({ reason: 'conflict', what })),
  audit_unavailable: [{ reason: 'audit_unavailable' }],
  no_client_authentication: ELSEWHERE,
  several_client_authentications: ELSEWHERE,
  malformed_authorization_header: ELSEWHERE,
  unknown_client: ELSEWHERE,
  client_secret_expired: ELSEWHERE,
  binding_message_needed: ELSEWHERE,
  wrong_client_secret: ELSEWHERE,
  wrong_authentication_method: ELSEWHERE,
  malformed_client_assertion: ELSEWHERE,
  client_assertion_signature: ELSEWHERE,
  client_assertion_claim: ELSEWHERE,
  client_assertion_replayed: ELSEWHERE,
  credential_taken_back: ELSEWHERE,
  scope_malformed: ELSEWHERE,
  openid_scope_missing: ELSEWHERE,
  scope_missing: ELSEWHERE,
  scope_not_allowed: ELSEWHERE,
  no_hint: ELSEWHERE,
  several_hints: ELSEWHERE,
  login_hint_token_invalid: ELSEWHERE,
  login_hint_token_expired: ELSEWHERE,
  id_token_hint_invalid: ELSEWHERE,
  login_hint_malformed: [{ reason: 'login_hint_malformed', expected: 'an address' }],
  unknown_user: ELSEWHERE,
  invalid_binding_message: ELSEWHERE,
  invalid_target: ELSEWHERE,
  authorization_details_not_supported: ELSEWHERE,
  signed_request_not_supported: ELSEWHERE,
  malformed_user_code: ELSEWHERE,
  missing_user_code: ELSEWHERE,
  wrong_user_code: ELSEWHERE,
  too_many_wrong_user_codes: ELSEWHERE,
  signed_request_not_registered: ELSEWHERE,
  signed_request_required: ELSEWHERE,
  request_uri_not_supported: ELSEWHERE,
  parameter_outside_signed_request: ELSEWHERE,
  malformed_request_object: ELSEWHERE,
  request_object_signature: ELSEWHERE,
  request_keys_unavailable: ELSEWHERE,
  request_object_claim: ELSEWHERE,
  request_object_replayed: ELSEWHERE,
  client_keys_unavailable: ELSEWHERE,
  user_rate_limited: ELSEWHERE,
  client_rate_limited: ELSEWHERE,
  too_many_unknown_users: ELSEWHERE,
  client_paused: ELSEWHERE,
  request_open: ELSEWHERE,
  no_reachable_device: ELSEWHERE,
  acr_out_of_reach: ELSEWHERE,
  push_unavailable: ELSEWHERE,
  nothing_to_resend: ELSEWHERE,
  resend_too_soon: ELSEWHERE,
  resends_used_up: ELSEWHERE,
  request_not_found: ELSEWHERE,
  request_over: ELSEWHERE,
  request_withdrawn: ELSEWHERE,
  amr_needs_verification_key: ELSEWHERE,
  verification_insufficient: ELSEWHERE,
  details_hash_mismatch: ELSEWHERE,
  number_required: ELSEWHERE,
  wrong_number: ELSEWHERE,
  number_not_awaited: ELSEWHERE,
  already_decided: ELSEWHERE,
  device_not_authenticated: ELSEWHERE,
  device_token_claim: ELSEWHERE,
  device_key_not_accepted: ELSEWHERE,
  enrolment_signature: ELSEWHERE,
  verification_key_signature: ELSEWHERE,
  verification_key_not_another: ELSEWHERE,
  ticket_not_usable: ELSEWHERE,
  push_token_refused: ELSEWHERE,
  device_not_own: ELSEWHERE,
  grant_not_allowed: ELSEWHERE,
  tokens_are_pushed: ELSEWHERE,
  unsupported_grant_type: ELSEWHERE,
  unknown_auth_req_id: ELSEWHERE,
  foreign_auth_req_id: ELSEWHERE,
  already_redeemed: ELSEWHERE,
  lost_redemption_race: ELSEWHERE,
  denied_by_user: ELSEWHERE,
  client_reported: ELSEWHERE,
  request_failed: ELSEWHERE,
  withdrawn_by_client: ELSEWHERE,
  wrong_numbers: ELSEWHERE,
  approval_taken_back: ELSEWHERE,
  request_expired: ELSEWHERE,
  approval_not_redeemed_in_time: ELSEWHERE,
  polled_too_fast: ELSEWHERE,
  slow_down_ignored: ELSEWHERE,
  authorization_pending: ELSEWHERE,
  only_backchannel: ELSEWHERE,
};

const all: Readonly<Record<string, readonly Refusal[] | typeof ELSEWHERE>> = ANSWERS;
const answered = Object.values(all)
  .flatMap((refusals): readonly Refusal[] => (refusals === ELSEWHERE ? [] : refusals))
  .map((refusal) => wordingOf(refusal))
  .map(({ error, description }) => [error, description] as const);

describe('every refusal of the admin API has a next step', () => {
  it.each(answered)('%s: %s', (error, description) => {
    const step = nextStep(error, description);
    expect(step).toMatch(/^\S.+\.$/);
    // The step for what nobody foresaw is none.
    expect(step).not.toBe(nextStep('an error of a later version', ''));
  });

  it('and an error of a later version has one too', () => {
    expect(nextStep('an error of a later version', '')).toContain('ciba doctor');
  });
});

describe('what the admin API can answer is what its code says', () => {
  /** Reasons that code of the admin function could refuse with, and why no route of it answers them. */
  const NOT_ANSWERED: Readonly<Record<string, string>> = {
    device_key_not_accepted: 'a registration with such a key is refused as invalid_client_metadata',
    grant_not_allowed: 'the rule stands beside the client, and /token asks it',
    tokens_are_pushed: 'the rule stands beside the client, and /token asks it',
    invalid_binding_message: 'the rule is of /bc-authorize; its module has the words of the settings, too',
    openid_scope_missing: 'the rule is of /bc-authorize; its module has the standard scopes, too',
    scope_malformed: 'the rule is of /bc-authorize; its module has the standard scopes, too',
    unknown_user: 'the search answers not_found',
  };
  const reached = reachedFrom('lambdas/admin/handler.ts').filter(({ path }) => !/refusals\.ts$/.test(path));
  const found = (pattern: RegExp) => reached.flatMap(({ text }) => [...text.matchAll(pattern)]);

  it('every reason in code that the function runs has an example above', () => {
    const reasons = new Set(found(/reason: '(\w+)'/g).map(([, reason = '']) => reason));
    expect(reasons.size).toBeGreaterThan(12);
    const missing = [...reasons].filter((reason) => all[reason] === ELSEWHERE && NOT_ANSWERED[reason] === undefined);
    expect(missing).toEqual([]);
  });

  it('and so has everything that is not found or in conflict', () => {
    const whats = found(/reason: '(not_found|conflict)', what: '([^']+)'/g).map(
      ([, reason, what]) => `${reason} ${what}`,
    );
    const examples = Object.values(ANSWERS)
      .flatMap((refusals): readonly Refusal[] => (refusals === ELSEWHERE ? [] : refusals))
      .flatMap((refusal) => ('what' in refusal ? [`${refusal.reason} ${refusal.what}`] : []));
    expect(whats.length).toBeGreaterThan(8);
    expect(whats.filter((what) => !examples.includes(what))).toEqual([]);
  });
});

/** Returns the sources that a module loads, with those that they load. */
function reachedFrom(entry: string): readonly Source[] {
  const reached = new Map<string, Source>();
  const visit = (path: string): void => {
    const source = sources.find((one) => one.path === path);
    if (!source || reached.has(path)) return;
    reached.set(path, source);
    const imports = source.text.matchAll(/import (?!type )[^;]*? from '(\.[^']+)';/g);
    for (const [, to = ''] of imports) visit(join(dirname(path), to));
  };
  visit(entry);
  return [...reached.values()];
}

describe('what is not found', () => {
  it.each([
    ['client', { client_id: 'nope' }, 'There is no client "nope".', 'ciba client list shows all.'],
    ['user', { sub: 'u1', client_id: 'c1' }, 'There is no user "u1".', undefined],
    ['device', { sub: 'u1', device_id: 'd1' }, 'There is no device "d1".', undefined],
    ['block', { sub: 'u1', client_id: 'c1' }, 'There is no block "c1".', 'ciba user blocks shows all.'],
    ['user code', { sub: 'u1' }, 'The user "u1" has no user code.', undefined],
    ['evidence key', { sub: 'u1' }, 'The user "u1" has no evidence key.', undefined],
    ['resource', { client_id: 'x'.repeat(9) }, 'There is no resource "xxxxxxxxx".', undefined],
  ])('%s is named by its id, or by that of its user', (what, parameters, message, next) => {
    const error = withId(new Refused(`There is no such ${what}.`, '', 'not_found'), parameters);
    expect(error).toMatchObject({ message, code: 'not_found', next: next ?? expect.stringMatching(/\.$/) });
  });

  it('is left as it is where no id was sent, and so is every other error', () => {
    const nameless = new Refused('There is no such user.', '', 'not_found');
    expect(withId(nameless, {})).toBe(nameless);
    const other = new Refused('This email is taken.', '', 'conflict');
    expect(withId(other, { sub: 'u1' })).toBe(other);
  });
});
