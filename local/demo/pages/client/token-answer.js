// What an answer of the provider means for a login (CIBA §11, §13).

/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {import('./backend.js').Tokens} Tokens */

/**
 * Returns the end of a login, or undefined if polling goes on (CIBA §11). A lost answer or a 503 does not end it.
 * @param {import('../flow/wire.js').Answer} answer
 * @returns {Progress | undefined}
 */
export function endOf(answer) {
  if (answer.status === 200) {
    return { state: 'approved', tokens: /** @type {Tokens} */ (answer.json), keysPath: '' };
  }
  if (answer.status === 0 || answer.status === 429 || answer.status >= 500) return undefined;
  switch (answer.json?.['error']) {
    case 'authorization_pending':
    case 'slow_down':
      return undefined;
    case 'access_denied':
      return { state: 'denied' };
    case 'expired_token':
      return { state: 'expired' };
    default:
      return refusal(answer);
  }
}

/**
 * @param {import('../flow/wire.js').Answer} answer
 * @returns {Progress}
 */
export function refusal(answer) {
  const { error = answer.status === 0 ? 'no_answer' : `http_${answer.status}`, error_description = '' } =
    /** @type {{ error?: string, error_description?: string }} */ (answer.json ?? {});
  return { state: 'refused', error, description: error_description, retryAfterSeconds: retryAfterSeconds(answer) };
}

/** @param {import('../flow/wire.js').Answer} answer */
export function retryAfterSeconds(answer) {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
