// The phone is rung again for a request that waits (docs/resend.md): at the desk.

import { say } from '../elements.js';
import { retryAfterSeconds } from './token-answer.js';

/** @typedef {import('./running-login.js').RunningLogin} RunningLogin */

/** Empties what was said about an earlier login. */
export function clearResend() {
  say('resend-note', '');
}

/**
 * Has the phone rung again, and says what the provider answers.
 * @param {RunningLogin} login
 */
export async function ringAgain({ progress }) {
  if (!('resend' in progress)) return;
  const answer = await progress.resend();
  say('resend-note', noteOf(answer));
}

/** @param {import('../flow/wire.js').Answer} answer */
function noteOf(answer) {
  const { status, json } = answer;
  if (status === 200) return rungAgain(Number(json?.['resends_left']));
  const seconds = retryAfterSeconds(answer);
  if (status === 403 && seconds !== undefined) return `Too soon: the client may ring again in ${seconds} s.`;
  if (status === 403) return 'The client may not ring this phone again for this request.';
  return status === 400 ? 'There is nothing to ring for: the request has ended.' : 'The phone was not rung again.';
}

/** @param {number} left */
function rungAgain(left) {
  if (left === 0) return 'The phone rang again, for the last time.';
  return `The phone rang again. The client may do that ${left} more ${left === 1 ? 'time' : 'times'}.`;
}
