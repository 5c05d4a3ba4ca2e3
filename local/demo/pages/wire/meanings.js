// One sentence for each exchange: what it means for the login. Looked up by error code first, then by status.

/** @typedef {{ method: string, path: RegExp, by: Record<string, string> }} Row */

const NO_ANSWER = 'No answer came: is npm start still running?';
const REMOVED = 'The provider does not know this phone (any more): it has to enrol again.';

/** @type {Row[]} */
const ROWS = [
  {
    method: 'POST',
    path: /^\/bc-authorize$/,
    by: {
      200: 'The user is known and SNS took the push for at least one phone. The client gets an auth_req_id to poll with (CIBA §7.3).',
      unknown_user_id: 'The login hint names nobody, so no phone rings (CIBA §13).',
      invalid_binding_message: 'The binding message has characters or a length that a phone may not show (CIBA §13).',
      invalid_client: 'The client could not prove who it is, so nothing was looked up or stored (CIBA §13).',
      invalid_request: 'Refused before any phone rings; the description says what the client can change (CIBA §13).',
      invalid_scope: 'The scope is malformed or not known (CIBA §13).',
      access_denied: 'Refused to protect the user: too many prompts in a short time wear people down. Nobody is asked.',
      503: 'No push could be sent, so the client hears it now instead of waiting for nothing.',
    },
  },
  {
    method: 'POST',
    path: /^\/token$/,
    by: {
      200: 'The user approved: one conditional write claims the request, and the tokens are given out exactly once (CIBA §10.1.1).',
      authorization_pending: 'The user has not answered: keep polling (CIBA §11).',
      slow_down: 'Polled too early: from now on the interval is 5 seconds longer (CIBA §11).',
      access_denied: 'The user said no. There are no tokens, and the client stops polling (CIBA §11).',
      expired_token: 'Nobody answered in time. The client may ask again from the start (CIBA §11).',
      invalid_grant:
        'This auth_req_id is unknown, used up, or belongs to another client; the answer does not say which (CIBA §11).',
      invalid_client: 'The client could not prove who it is (CIBA §11).',
      503: 'The provider is busy: wait as long as Retry-After says, then poll on.',
    },
  },
  {
    method: 'GET',
    path: /^\/\.well-known\/openid-configuration$/,
    by: { 200: 'Where everything is and what the provider supports (OpenID Connect Discovery).' },
  },
  {
    method: 'GET',
    path: /^\/\.well-known\/jwks\.json$/,
    by: { 200: 'The public keys: with them anyone can check the signature of the ID token, offline.' },
  },
  {
    method: 'POST',
    path: /^\/devices$/,
    by: {
      200: 'The same ticket with the same key gets the same answer again.',
      201: 'The phone is enrolled: it proved its new key, and its push address is registered with SNS.',
      400: 'The enrolment was refused: a ticket works once and for minutes only.',
    },
  },
  {
    method: 'DELETE',
    path: /^\/devices\//,
    by: { 204: 'The device is removed: its key counts for nothing from now on.', 401: REMOVED },
  },
  {
    method: 'GET',
    path: /^\/device\/requests$/,
    by: {
      200: 'What waits for an answer: a phone that missed the push still finds its requests. The key proves who asks.',
      401: REMOVED,
    },
  },
  {
    method: 'GET',
    path: /^\/device\/requests\/[^/]+$/,
    by: {
      200: 'The frozen details. The phone shows only what is in these bytes, and hashes them itself.',
      401: REMOVED,
      404: 'No such request for this user.',
      410: 'The request has expired; there is nothing to show any more.',
    },
  },
  {
    method: 'POST',
    path: /^\/device\/requests\/[^/]+\/response$/,
    by: {
      200: 'The signed answer counts: what was seen is what was signed.',
      204: 'The signed answer counts: the hash matches the frozen bytes, so what was seen is what was signed.',
      401: REMOVED,
      409: 'Somebody answered before: the first valid answer wins, by one conditional write.',
      410: 'Too late: the request has expired, nothing was approved.',
    },
  },
  {
    method: 'PUSH',
    path: /^authentication_request$/,
    by: { 200: 'The phone rings. The push names nobody and nothing: lock screens, Apple and Google see it too.' },
  },
  {
    method: 'PUSH',
    path: /^device_enrolled$/,
    by: { 200: 'The user hears on every phone that a new device was added to the account.' },
  },
  {
    method: 'GET',
    path: /^\/local\/demo$/,
    by: { 200: 'Local only: the demo client that this page plays. A real secret never reaches a browser.' },
  },
  {
    method: 'POST',
    path: /^\/local\/ticket/,
    by: { 200: 'Local only: the company asks the admin API for an enrolment ticket, often shown as a QR code.' },
  },
];

/**
 * @param {string} method
 * @param {string} path
 * @param {number} status 0 when no answer came
 * @param {string | undefined} error the OAuth error code of the answer
 */
export function meaningOf(method, path, status, error) {
  if (status === 0) return NO_ANSWER;
  const row = ROWS.find((candidate) => candidate.method === method && candidate.path.test(path));
  const known = row?.by[error ?? ''] ?? row?.by[String(status)];
  if (known) return known;
  if (status === 503) return 'Not available right now; Retry-After says when to try again.';
  if (status >= 500) return 'A fault in the provider; the correlation id leads to its log line.';
  return status < 300 ? 'Done.' : `Refused${error ? `: ${error}` : ''}.`;
}
