// How a client in ping or push mode comes to its end (CIBA §10.2, §10.3).

import { endOf } from './token-answer.js';

/** @typedef {import('./backend.js').Life} Life */
/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {import('./backend.js').Tokens} Tokens */
/** @typedef {import('./notifications.js').Told} Told */

/** The push of an expiry comes when no answer can be under way any more. */
const EXPIRY_IS_TOLD_MS = 90_000;
/** The pause after a call that got no answer of use. */
const AGAIN_MS = 5_000;

/**
 * @typedef {object} Waiting
 * @property {'ping' | 'push'} delivery
 * @property {string} authReqId
 * @property {import('./notifications.js').Notifications} notifications
 * @property {import('./poll-timer.js').PollTimer} timer
 * @property {() => Promise<import('../flow/wire.js').Answer>} fetchTokens
 */

/**
 * Waits for what the provider tells, until the end.
 * @param {Life} life
 * @param {Waiting} waiting
 * @returns {AsyncGenerator<Progress, void, void>}
 */
export async function* notifiedEnd(life, waiting) {
  const { delivery, authReqId, notifications, timer } = waiting;
  yield { state: 'pending', ...life, delivery };
  let isBack = false;
  while (!timer.isOver) {
    const told = notifications.take(authReqId);
    // A ping can be lost. So a client polls once when the request has ended, and when the provider is back.
    const isLate = delivery === 'ping' && !timer.isHeld && (isBack || Date.now() > life.expiresAt);
    const end = told ? await endBy(told, waiting) : isLate ? endOf(await waiting.fetchTokens()) : undefined;
    if (end) return yield end;
    if (delivery === 'push' && Date.now() > life.expiresAt + EXPIRY_IS_TOLD_MS) return yield { state: 'expired' };
    const wasHeld = timer.isHeld;
    await timer.wait(wasHeld ? Number.POSITIVE_INFINITY : nextLook(life, waiting, told !== undefined));
    isBack = wasHeld && !timer.isHeld;
  }
}

/**
 * @param {Life} life
 * @param {Waiting} waiting
 * @param {boolean} isAgain whether a ping came, and its tokens could not be fetched yet
 */
function nextLook({ expiresAt }, { delivery }, isAgain) {
  if (isAgain) return AGAIN_MS;
  const untilEnd = expiresAt - Date.now();
  if (delivery === 'push') return untilEnd + EXPIRY_IS_TOLD_MS + 1000;
  return untilEnd > 0 ? untilEnd + 1000 : AGAIN_MS;
}

/**
 * @param {Told} told
 * @param {Waiting} waiting
 * @returns {Promise<Progress | undefined>}
 */
async function endBy(told, { delivery, authReqId, fetchTokens }) {
  if (delivery === 'ping') return endOf(await fetchTokens());
  switch (told.error) {
    case undefined: {
      const tokens = /** @type {Tokens} */ (/** @type {unknown} */ (told));
      return { state: 'approved', tokens, keysPath: '', pushedFor: authReqId };
    }
    case 'access_denied':
      return { state: 'denied' };
    case 'expired_token':
      return { state: 'expired' };
    default:
      return {
        state: 'refused',
        error: told.error,
        description: told.error_description ?? '',
        retryAfterSeconds: undefined,
      };
  }
}
