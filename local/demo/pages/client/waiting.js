// What the desk shows while a login is open: the countdown, the next poll, and what the client may do.

import { byId, element, say, timeLeft } from '../elements.js';
import { phoneLink } from './form.js';

/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {Extract<Progress, { state: 'pending' | 'stopped' }>} Open a login that is not decided */

/**
 * Shows which buttons make sense now.
 * @param {{ isStopped: boolean, isUp: boolean, isPolling: boolean }} now whether the client has stopped polling, the
 *   provider answers, and the client polls at all
 */
export function showActions({ isStopped, isUp, isPolling }) {
  for (const id of ['poll-early', 'give-up']) byId(id).hidden = isStopped || !isUp || !isPolling;
  for (const id of ['resend', 'withdraw']) byId(id).hidden = !isUp;
  byId('poll-again').hidden = !isStopped || !isUp;
  byId('start-over').hidden = (isPolling && !isStopped) || !isUp;
}

/**
 * Says that the phone of the user is not on this page, and offers to open it.
 * @param {import('../people.js').Person | undefined} person undefined if the phone is on this page
 */
export function showElsewhere(person) {
  const note = byId('elsewhere');
  note.hidden = person === undefined;
  if (person === undefined) return note.replaceChildren();
  return note.replaceChildren(`The phone of ${person.name} is not on this page. `, phoneLink(person));
}

/**
 * Updates the countdown. It is not a live region, so that a screen reader does not read out every second.
 * @param {Open} open
 * @param {boolean} isUp whether the provider answers
 */
export function showTimes(open, isUp) {
  const left = (open.expiresAt - Date.now()) / 1000;
  byId('countdown').textContent = timeLeft(left);
  byId('countdown-bar').style.setProperty('--left', String(Math.max(0, Math.min(1, left / open.expiresInSeconds))));
  say('next-poll', nextPoll(open, isUp));
}

/** @type {Record<'ping' | 'push', string>} */
const NO_POLLS = {
  ping: 'It listens at its notification endpoint, and does not poll.',
  push: 'It listens at its notification endpoint. It may not poll.',
};

/**
 * @param {Open} open
 * @param {boolean} isUp
 */
function nextPoll(open, isUp) {
  if (!isUp) return 'The client waits for the provider.';
  if (open.state === 'stopped') return 'The client does not poll.';
  if (open.delivery !== 'poll') return NO_POLLS[open.delivery];
  const wait = Math.max(0, Math.ceil((open.nextPollAt - Date.now()) / 1000));
  const pace = `one every ${open.intervalSeconds} s`;
  return open.slowedDown
    ? `slow_down: that poll was too early. Next poll in ${wait} s, from now on ${pace}`
    : `Next poll in ${wait} s, ${pace}`;
}

/** @param {string} message */
export function showAsked(message) {
  byId('waiting-message').replaceChildren(...(message ? ['“', element('span', {}, message), '”'] : []));
}
