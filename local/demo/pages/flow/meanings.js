// Explains what each exchange means for the login. The text is looked up by error code first, then by status.

import { startCommand } from '../start-command.js';

/** @typedef {{ method: string, path: RegExp, by: Record<string, string> }} Row */

const NO_ANSWER = `The provider does not answer: ${startCommand()}. This page goes on by itself when it is back.`;
const REMOVED = 'The provider does not know this phone. It has to enrol again.';

/** @type {Row[]} */
const ROWS = [
  {
    method: 'POST',
    path: /^\/bc-authorize$/,
    by: {
      200: 'The user is known, and SNS accepted the push for at least one phone. The client gets an auth_req_id for polling (CIBA §7.3).',
      unknown_user_id: 'The login hint names no user, so no phone rings (CIBA §13).',
      invalid_binding_message:
        'The binding message is too long or has characters that a phone may not show (CIBA §13).',
      invalid_client: 'The client failed to authenticate, so nothing was looked up or stored (CIBA §13).',
      invalid_request: 'Refused before any phone rings. The description says what the client can change (CIBA §13).',
      invalid_scope: 'The scope is malformed or unknown (CIBA §13).',
      access_denied:
        'Refused, so that the user is left in peace. No phone rings. Retry-After says when the client may ask again.',
      503: 'No push could be sent. The client gets this error at once and does not have to wait for the expiry.',
    },
  },
  {
    method: 'POST',
    path: /^\/bc-authorize\/resend$/,
    by: {
      200: 'The phones ring again, for the same request. resends_left says how often the client may still do it.',
      access_denied: 'Refused, so that the user is left in peace. Retry-After says when the client may ring again.',
      invalid_grant: 'There is no open request of this client with this id, so there is nothing to ring for.',
      invalid_client: 'The client failed to authenticate, so nobody was rung.',
      503: 'No push could be sent. The attempt counts all the same.',
    },
  },
  {
    method: 'POST',
    path: /^\/bc-authorize\/withdraw$/,
    by: {
      200: 'The request is over: nobody can approve it any more, and an approval gives no tokens. The answer is 200 for any id.',
      invalid_client: 'The client failed to authenticate, so nothing was withdrawn.',
    },
  },
  {
    method: 'POST',
    path: /^\/bc-authorize\/number$/,
    by: {
      200: 'The number is the one that the phone shows, so the approval counts now.',
      invalid_number: 'The number is wrong. attempts_left says how many more the request bears.',
      invalid_grant: 'Nothing waits for a number: the request is over, or the number was sent already.',
    },
  },
  {
    method: 'POST',
    path: /^\/token$/,
    by: {
      200: 'The user approved. One conditional write claims the request, so the tokens are issued exactly once (CIBA §10.1.1).',
      authorization_pending: 'The user has not answered yet. The client keeps polling (CIBA §11).',
      slow_down: 'The client polled too early. From now on its interval is 5 seconds longer (CIBA §11).',
      access_denied: 'A denial. There are no tokens, and the client stops polling (CIBA §11).',
      expired_token: 'The user did not answer in time. The client may start a new request (CIBA §11).',
      invalid_grant:
        'This auth_req_id is unknown, already redeemed, or belongs to another client. The answer does not say which (CIBA §11).',
      invalid_client: 'The client failed to authenticate (CIBA §11).',
      503: 'The provider is busy. The client waits as long as Retry-After says, then polls again.',
    },
  },
  {
    method: 'POST',
    path: /^notification endpoint$/,
    by: {
      ping: 'There is an answer. The ping says for which request and not which answer, so the client fetches it (CIBA §10.2).',
      tokens:
        'The tokens themselves. The client checks its bearer token, the ID token, and in it at_hash and the auth_req_id (CIBA §10.3.1).',
      access_denied: 'The user said no. The error comes in the place of the tokens (CIBA §12).',
      expired_token:
        'Nobody answered in time. The provider says so when no answer can be under way any more (CIBA §12).',
      transaction_failed: 'The user approved, but no tokens could be made. The client may ask again (CIBA §12).',
    },
  },
  {
    method: 'GET',
    path: /^\/\.well-known\/openid-configuration$/,
    by: { 200: 'The addresses of the provider and what it supports (OpenID Connect Discovery).' },
  },
  {
    method: 'GET',
    path: /^\/\.well-known\/jwks\.json$/,
    by: { 200: 'The public keys. With them anyone can verify the signature of the ID token.' },
  },
  {
    method: 'POST',
    path: /^\/devices$/,
    by: {
      200: 'The same ticket with the same key gets the same answer again.',
      201: 'The phone is enrolled. It proved that it has the new key, and SNS knows its push token.',
      400: 'The enrolment was refused. A ticket works once, and only for some minutes.',
    },
  },
  {
    method: 'DELETE',
    path: /^\/devices\//,
    by: { 204: 'The device is removed. The provider no longer accepts its key.', 401: REMOVED },
  },
  {
    method: 'GET',
    path: /^\/device\/requests$/,
    by: {
      200: 'The requests that wait for an answer. A phone that missed a push finds them here. Its key authenticates it.',
      401: REMOVED,
    },
  },
  {
    method: 'GET',
    path: /^\/device\/requests\/[^/]+$/,
    by: {
      200: 'The frozen details. The phone shows only what is in these bytes, and makes their hash itself.',
      401: REMOVED,
      404: 'This user has no such request.',
      withdrawn: 'The client withdrew the request, so there is nothing to show.',
      410: 'The request has expired, so there is nothing to show.',
    },
  },
  {
    method: 'POST',
    path: /^\/device\/requests\/[^/]+\/response$/,
    by: {
      200: 'The provider accepted the signed answer. Its hash shows that the user saw exactly these details.',
      204: 'The provider accepted the signed answer. Its hash matches the frozen bytes, so the user saw exactly these details.',
      invalid_number:
        'The number that was typed is not the one that the client shows. The third wrong one ends the request.',
      401: REMOVED,
      409: 'The request was answered before. One conditional write makes the first valid answer win.',
      withdrawn: 'Too late. The client withdrew the request, and nothing was approved.',
      410: 'Too late. The request has expired, and nothing was approved.',
    },
  },
  {
    method: 'PUSH',
    path: /^authentication_request$/,
    by: {
      200: 'The phone rings. The push names no user and no client, because Apple, Google and lock screens see it.',
    },
  },
  {
    method: 'PUSH',
    path: /^authentication_request_reminder$/,
    by: { 200: 'The request ends soon. The phone says so. The push names no user and no client.' },
  },
  {
    method: 'PUSH',
    path: /^request_withdrawn$/,
    by: { 200: 'The prompt closes by itself. The push shows nothing, and names no user and no client.' },
  },
  {
    method: 'PUSH',
    path: /^device_enrolled$/,
    by: { 200: 'All other phones of the user show that a new device was enrolled.' },
  },
  {
    method: 'GET',
    path: /^\/local\/person/,
    by: {
      200: 'Local only: whom the hint names, so that this page can say whose phone rings. A client never learns it.',
      404: 'Local only: the hint names no user.',
    },
  },
  {
    method: 'DELETE',
    path: /^\/admin\/users\/[^/]+\/blocks\//,
    by: { 204: 'An operator lets the client ask this user again. The audit trail has it.' },
  },
  {
    method: 'POST',
    path: /^\/local\/client$/,
    by: {
      201: 'Local only: an operator registers the client once more, for this way of delivery. A client has one way at a time.',
    },
  },
  {
    method: 'POST',
    path: /^\/local\/ticket/,
    by: {
      200: 'Local only: the company gets an enrolment ticket from the admin API, and often shows it as a QR code.',
    },
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
  if (status === 503) return 'Not available right now. Retry-After says when to try again.';
  if (status >= 500) return 'A fault in the provider. Find its log line by the correlation id.';
  return status < 300 ? 'Done.' : `Refused${error ? `: ${error}` : ''}.`;
}
