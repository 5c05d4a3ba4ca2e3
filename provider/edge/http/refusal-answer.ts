import type { Refusal, RefusalReason } from '../../core/refusal.ts';
import type { Answer } from './answer.ts';

/** Status, error code and description of a refusal; further members only where a standard has them. */
type Wire = {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Record<string, string>;
  readonly members?: Record<string, unknown>;
};

const wire = (
  status: number,
  error: string,
  description: string,
  more: Pick<Wire, 'headers' | 'members'> = {},
): Wire => ({ status, error, description, ...more });
const invalidRequest = (description: string): Wire => wire(400, 'invalid_request', description);
const invalidClient = (description = 'Client authentication failed.'): Wire => wire(401, 'invalid_client', description);
const invalidGrant = (description: string): Wire => wire(400, 'invalid_grant', description);
const retryAfter = (seconds: number) => ({ headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) } });

const expired = wire(400, 'expired_token', 'auth_req_id has expired; start again.');
const deviceNotAuthenticated = wire(401, 'invalid_device', 'Device authentication failed.');

/**
 * What the caller is told (RFC 6749 §5.2, CIBA §11 and §13). Several reasons share one wording on purpose: unknown and
 * wrong credentials, unknown and foreign ids. `challenge` says that the client used the `Authorization` header; only
 * then does a 401 carry `WWW-Authenticate` (RFC 6749 §5.2).
 */
export function answerRefusal(refusal: Refusal, challenge: boolean): Answer {
  const {
    status,
    error,
    description,
    headers = {},
    members = {},
  } = (wires[refusal.reason] as (refusal: Refusal) => Wire)(refusal);
  const authenticate = status === 401 && challenge ? { 'www-authenticate': challengeOf(error) } : {};
  return {
    status,
    headers: { ...headers, ...authenticate },
    body: { error, error_description: printable(description), ...members },
    refusal,
  };
}

function challengeOf(error: string): string {
  return error === 'invalid_client' ? 'Basic realm="ciba", charset="UTF-8"' : 'Device realm="ciba"';
}

/** `error_description` is printable ASCII without quotes or backslashes (CIBA §13). */
function printable(text: string): string {
  return text
    .replaceAll(/["'`]/g, '')
    .replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
    .slice(0, 300);
}

/** One line a reason; a reason without a line does not compile. */
const wires: { readonly [Reason in RefusalReason]: (refusal: Extract<Refusal, { reason: Reason }>) => Wire } = {
  // shape of the request, client authentication, backchannel authentication request (CIBA §13)
  unsupported_media_type: (refusal) => invalidRequest(`The Content-Type must be ${refusal.expected}.`),
  body_too_large: (refusal) => invalidRequest(`The body must have at most ${refusal.limitBytes} bytes.`),
  malformed_body: (refusal) => invalidRequest(`The body must be ${refusal.expected}.`),
  repeated_parameter: (refusal) => invalidRequest(`The parameter ${refusal.name} must be sent once.`),
  missing_parameter: (refusal) => invalidRequest(`The parameter ${refusal.name} is required.`),
  invalid_parameter: (refusal) => invalidRequest(`${refusal.name} must be ${refusal.expected}.`),
  no_client_authentication: () => invalidClient('The client must authenticate with its registered method.'),
  several_client_authentications: () =>
    invalidRequest('The client must authenticate with one method and one client_id.'),
  malformed_authorization_header: () => invalidClient(),
  unknown_client: () => invalidClient(),
  wrong_client_secret: () => invalidClient(),
  wrong_authentication_method: () => invalidClient(),
  malformed_client_assertion: () => invalidClient(),
  client_assertion_signature: () => invalidClient(),
  client_assertion_claim: (refusal) =>
    invalidClient(`The claim ${refusal.claim} of client_assertion must be ${refusal.expected}.`),
  client_assertion_replayed: () =>
    invalidClient('The jti of client_assertion was used before; each call needs a new one.'),
  grant_not_allowed: () => wire(400, 'unauthorized_client', 'The client is not registered for the CIBA grant.'),
  scope_malformed: () => wire(400, 'invalid_scope', 'scope must be up to 50 scope tokens separated by single spaces.'),
  openid_scope_missing: () => invalidRequest('scope must contain openid.'),
  no_hint: () => invalidRequest('login_hint is required.'),
  several_hints: () => invalidRequest('Exactly one hint must be sent.'),
  hint_not_supported: (refusal) => invalidRequest(`${refusal.name} is not supported; send login_hint.`),
  login_hint_malformed: (refusal) => invalidRequest(`login_hint must be ${refusal.expected}.`),
  unknown_user: () => wire(400, 'unknown_user_id', 'login_hint names no user of this provider.'),
  invalid_binding_message: (refusal) =>
    wire(400, 'invalid_binding_message', `binding_message must be ${refusal.expected}.`),
  invalid_target: () =>
    wire(400, 'invalid_target', 'The audience or resource is malformed, unknown or not allowed for this client.'),
  authorization_details_not_supported: () =>
    wire(400, 'invalid_authorization_details', 'authorization_details are not supported.'),
  signed_request_not_supported: () =>
    invalidRequest('Signed authentication requests are not supported; send the parameters in the form.'),
  user_rate_limited: (refusal) =>
    wire(
      403,
      'access_denied',
      'This user was asked too often; try again later.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  client_rate_limited: (refusal) =>
    wire(403, 'access_denied', 'This client asked too often; try again later.', retryAfter(refusal.retryAfterSeconds)),
  no_reachable_device: () =>
    invalidRequest('No eligible notification channels were found: the user has no device that a push can reach.'),
  push_unavailable: (refusal) =>
    wire(
      503,
      'temporarily_unavailable',
      'The user could not be reached just now; try again.',
      retryAfter(refusal.retryAfterSeconds),
    ),
  // token endpoint (CIBA §11, RFC 6749 §5.2)
  unsupported_grant_type: () =>
    wire(400, 'unsupported_grant_type', 'grant_type must be urn:openid:params:grant-type:ciba.'),
  unknown_auth_req_id: () => invalidGrant('auth_req_id is unknown or not for this client.'),
  foreign_auth_req_id: () => invalidGrant('auth_req_id is unknown or not for this client.'),
  already_redeemed: () => invalidGrant('auth_req_id was redeemed already.'),
  lost_redemption_race: () => invalidGrant('auth_req_id was redeemed already.'),
  denied_by_user: () => wire(400, 'access_denied', 'The end-user denied the authorization request.'),
  request_failed: () => wire(400, 'access_denied', 'The authorization request could not be delivered to the end-user.'),
  request_expired: () => expired,
  approval_not_redeemed_in_time: () => expired,
  polled_too_fast: ({ intervalSeconds: interval }) =>
    wire(400, 'slow_down', `You are polling faster than allowed. Wait ${interval} seconds between polls.`, {
      ...retryAfter(interval),
      members: { interval },
    }),
  authorization_pending: () => wire(400, 'authorization_pending', 'The end-user authorization is pending.'),
  // device API
  device_not_authenticated: () => deviceNotAuthenticated,
  device_token_claim: ({ claim, expected }) => invalidRequest(`The claim ${claim} must be ${expected}.`),
  device_key_not_accepted: ({ expected }) => invalidRequest(`The key must be ${expected}, without private members.`),
  enrolment_signature: () => invalidRequest('enrolment must be a ciba-enrolment+jwt signed by the key in its header.'),
  ticket_not_usable: () => wire(400, 'invalid_ticket', 'The ticket is unknown, expired or spent; ask for a new one.'),
  push_token_refused: () =>
    wire(400, 'invalid_push_token', 'The push service does not know this push_token, or this platform is not set up.'),
  device_not_own: () => wire(403, 'access_denied', 'A device manages itself only.'),
  request_not_found: () => wire(404, 'not_found', 'There is no such request.'),
  request_over: () => wire(410, 'expired', 'The request is over.'),
  details_hash_mismatch: () => wire(400, 'details_mismatch', 'details_hash is not the hash of what was asked.'),
  already_decided: () => wire(409, 'already_decided', 'The request was decided already.'),
  // admin API
  no_iam_identity: () => wire(403, 'access_denied', 'This call needs an IAM identity.'),
  not_found: ({ what }) => wire(404, 'not_found', `There is no such ${what}.`),
  conflict: ({ what }) => wire(409, 'conflict', `This ${what} is taken.`),
  invalid_client_metadata: ({ member, expected }) =>
    wire(400, 'invalid_client_metadata', `${member} must be ${expected}.`),
};
