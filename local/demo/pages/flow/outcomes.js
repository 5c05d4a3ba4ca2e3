// What a step of a login brought, in one word for the colour and in a few words for the reader.

import { decodeJwt } from '../jwt.js';

/** @typedef {import('./wire.js').Exchange} Exchange */
/** @typedef {import('./steps.js').StepId} StepId */
/** @typedef {'planned' | 'running' | 'done' | 'refused' | 'skipped'} StepState */

/**
 * @param {StepId} id
 * @param {Exchange} exchange
 * @returns {StepState}
 */
export function stateOf(id, { status }) {
  if (status === undefined) return 'running';
  if (id === 'poll') return status === 0 || status >= 500 ? 'refused' : 'done';
  return status >= 200 && status < 300 ? 'done' : 'refused';
}

/**
 * Says in a few words what a step brought.
 * @param {StepId} id
 * @param {Exchange} exchange
 * @param {number} count how often it happened
 */
export function noteOf(id, exchange, count) {
  const { status, responseBody } = exchange;
  if (status === undefined) return '';
  if (status === 0) return 'the provider has to run';
  if (id === 'poll') return count > 1 ? `${count} polls so far` : '1 poll so far';
  if (status >= 300) return '';
  switch (id) {
    case 'discover':
      return 'the endpoints';
    case 'ask':
      return `auth_req_id, ${JSON.parse(responseBody).expires_in} s to answer`;
    case 'ring':
      return 'ids only, no name';
    case 'read':
      return 'the frozen details';
    case 'answer':
      return decisionIn(exchange);
    case 'notify':
      return noteOfNotification(exchange);
    case 'redeem':
      return 'both tokens';
    case 'verify':
      return 'the public keys';
    case 'number':
      return 'the approval counts';
    case 'resend':
      return `${JSON.parse(responseBody).resends_left} more allowed`;
    case 'remind':
      return 'little time is left';
    case 'withdraw':
      return 'the request is over';
    case 'vanish':
      return 'the prompt is gone';
  }
}

/** @param {Exchange} exchange */
function noteOfNotification({ requestBody }) {
  const { access_token: tokens, error } = JSON.parse(requestBody);
  return error ?? (tokens === undefined ? 'auth_req_id, no answer' : 'both tokens');
}

/** @param {Exchange} exchange */
function decisionIn({ requestBody }) {
  const claims = decodeJwt(JSON.parse(requestBody).response)?.claims ?? {};
  return claims['reason'] === 'fraud' ? 'deny, and report' : String(claims['decision']);
}
