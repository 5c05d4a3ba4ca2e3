// The number that shows that both screens belong together (docs/number-matching.md): at the desk.

import { byId, field, say } from '../elements.js';

/** @typedef {import('./running-login.js').RunningLogin} RunningLogin */

/**
 * Shows the number of a login, or the field for the one that the phone shows.
 * @param {RunningLogin} login
 */
export function showNumber({ progress, asked, isNumberSent }) {
  const number = 'number' in progress ? progress.number : undefined;
  byId('waiting-number').hidden = number === undefined;
  say('number-to-show', number ?? '');
  byId('number-form').hidden = asked.numbers !== 'client_enters' || !('enter' in progress) || isNumberSent;
}

/** Empties the field for another login. */
export function clearNumber() {
  field('number-typed').value = '';
  say('number-note', '');
}

/**
 * Sends what the user typed. Returns whether it is the number of the phone.
 * @param {RunningLogin} login
 */
export async function sendNumber({ progress }) {
  if (!('enter' in progress)) return false;
  const { status, json } = await progress.enter(field('number-typed').value.trim());
  if (status === 200) return true;
  const left = json?.['attempts_left'];
  say('number-note', typeof left === 'number' ? wrong(left) : String(json?.['error_description'] ?? 'Not sent.'));
  field('number-typed').value = '';
  return false;
}

/** @param {number} left */
function wrong(left) {
  if (left === 0) return 'Wrong for the third time. The request has ended.';
  return `That is not the number of the phone. ${left} more ${left === 1 ? 'try' : 'tries'}.`;
}
