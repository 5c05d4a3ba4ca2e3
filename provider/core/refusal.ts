/**
 * Every way in which the protocol says no, with its evidence. `callersWord`: the name is one that only the caller knows,
 * so it is told but never logged. The reason is for logs and tests; what the caller is told
 * stands in `edge/http/refusal-answer.ts`, where several reasons share one wording so that an attacker learns nothing.
 */
export type Refusal =
  // the shape of the request
  | { reason: 'unsupported_media_type'; expected: string }
  | { reason: 'body_too_large'; limitBytes: number }
  | { reason: 'malformed_body'; expected: string }
  | { reason: 'repeated_parameter'; name: string }
  | { reason: 'missing_parameter'; name: string }
  | { reason: 'invalid_parameter'; name: string; expected: string; callersWord?: true }
  // client authentication (RFC 6749 §2.3, OIDC Core §9)
  | { reason: 'no_client_authentication' }
  | { reason: 'several_client_authentications' }
  | { reason: 'malformed_authorization_header' }
  | { reason: 'unknown_client' }
  | { reason: 'wrong_client_secret' }
  | { reason: 'wrong_authentication_method'; registered: string }
  | { reason: 'malformed_client_assertion' }
  | { reason: 'client_assertion_signature' }
  | { reason: 'client_assertion_claim'; claim: string; expected: string }
  | { reason: 'client_assertion_replayed' }
  | { reason: 'grant_not_allowed' }
  // backchannel authentication request (CIBA §7.1, §13)
  | { reason: 'scope_malformed' }
  | { reason: 'openid_scope_missing' }
  | { reason: 'no_hint' }
  | { reason: 'several_hints' }
  | { reason: 'hint_not_supported'; name: string }
  | { reason: 'login_hint_malformed'; expected: string }
  | {
      reason: 'unknown_user';
      because: 'no_such_identifier' | 'no_profile' | 'foreign_issuer' | 'blocked' | 'not_for_this_client';
    }
  | { reason: 'invalid_binding_message'; expected: string }
  | { reason: 'invalid_target'; because: 'malformed' | 'not_allowed' }
  | { reason: 'authorization_details_not_supported' }
  | { reason: 'signed_request_not_supported' }
  | { reason: 'user_rate_limited'; retryAfterSeconds: number }
  | { reason: 'client_rate_limited'; retryAfterSeconds: number }
  | { reason: 'no_reachable_device'; devices: number }
  | { reason: 'push_unavailable'; retryAfterSeconds: number }
  // token request (CIBA §11, RFC 6749 §5.2)
  | { reason: 'unsupported_grant_type' }
  | { reason: 'unknown_auth_req_id' }
  | { reason: 'foreign_auth_req_id' }
  | { reason: 'already_redeemed' }
  | { reason: 'lost_redemption_race' }
  | { reason: 'denied_by_user' }
  | { reason: 'request_failed' }
  | { reason: 'request_expired' }
  | { reason: 'approval_not_redeemed_in_time' }
  | { reason: 'polled_too_fast'; intervalSeconds: number }
  | { reason: 'authorization_pending' }
  // device API (docs/device-api.md)
  | { reason: 'device_not_authenticated'; because: DeviceAuthenticationFailure }
  | { reason: 'device_token_claim'; claim: string; expected: string }
  | { reason: 'device_key_not_accepted'; expected: string }
  | { reason: 'enrolment_signature' }
  | { reason: 'ticket_not_usable' }
  | { reason: 'push_token_refused' }
  | { reason: 'device_not_own' }
  | { reason: 'request_not_found' }
  | { reason: 'request_over' }
  | { reason: 'details_hash_mismatch' }
  | { reason: 'already_decided'; state: string }
  // admin API
  | { reason: 'no_iam_identity' }
  | { reason: 'not_found'; what: string }
  | { reason: 'conflict'; what: string }
  | { reason: 'invalid_client_metadata'; member: string; expected: string; callersWord?: true };

/** Why a device's signature was not believed. One wording for all of them on the wire. */
export type DeviceAuthenticationFailure =
  | 'no_credential'
  | 'malformed'
  | 'unknown_device'
  | 'user_blocked'
  | 'type'
  | 'algorithm'
  | 'signature'
  | 'replayed';

/** The reasons, for exhaustive tables. */
export type RefusalReason = Refusal['reason'];
