// The screens of the phone. Each screen is one element, and only one is visible at a time.

import { byId, element } from '../elements.js';
import { startCommand } from '../start-command.js';
import { canWait } from './inbox.js';
import { askForNumber } from './typed-number.js';

/** @typedef {'enrolling' | 'idle' | 'request' | 'sent' | 'error'} Screen */

/**
 * @param {Screen} screen
 * @param {{ announce: string, focus?: boolean }} options `announce` is read out if the focus does not move
 */
export function showScreen(screen, { announce, focus = false }) {
  const phone = byId('phone');
  const hadFocus = phone.contains(document.activeElement);
  phone.dataset['state'] = screen;
  for (const part of phone.querySelectorAll('[data-screen]')) {
    part.toggleAttribute('hidden', part.getAttribute('data-screen') !== screen);
  }
  const moves = (focus && !isTyping()) || hadFocus;
  byId('phone-announce').textContent = moves ? '' : announce;
  if (!moves) return;
  const heading = phone.querySelector(`[data-screen="${screen}"] h3`);
  if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
  phone.scrollIntoView({ block: 'nearest' });
}

/** Whether the user is typing. Then the focus does not move, and the request is announced instead. */
function isTyping() {
  const active = document.activeElement;
  return active instanceof HTMLInputElement && active.type !== 'button';
}

/**
 * Shows a request. Everything comes from the frozen bytes.
 * @param {import('./device-api.js').Details} details
 * @param {unknown} numbers who has to enter a number, if anybody
 */
export function fillRequest(details, numbers) {
  askForNumber(numbers);
  byId('phone-who').textContent = details.client_name;
  byId('phone-client-id').textContent = details.client_id;
  byId('later').toggleAttribute('hidden', !canWait(details));
  const what = details.binding_message
    ? [element('p', { class: 'message' }, details.binding_message)]
    : [element('p', { class: 'message quiet' }, 'The client sent no message.')];
  const scopes = details.scopes.map(({ scope, description }) =>
    element('li', {}, element('span', {}, description), ' ', element('code', {}, scope)),
  );
  byId('phone-what').replaceChildren(
    ...what,
    element('h4', {}, 'If you approve, it may'),
    element('ul', { class: 'scopes' }, ...scopes),
    element('p', { class: 'audience' }, `For use at ${details.audience.map(shortAddress).join(', ')}`),
    ...(details.acr_values ? [element('p', { class: 'audience' }, howToVerify(details.acr_values))] : []),
  );
}

/** @param {import('./device-api.js').Way[]} ways */
function howToVerify(ways) {
  const said = ways.map(({ amr, verification_key }) => `${amr.join(' or ')}${verification_key ? ' (second key)' : ''}`);
  return `To approve, verify yourself by ${said.join(', or by ')}`;
}

/** @param {string} address */
function shortAddress(address) {
  return address.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/** @type {Record<import('./device-api.js').Decision, (clientName: string) => [title: string, text: string]>} */
const SENT = {
  approve: () => ['You approved', 'The client gets its tokens now.'],
  deny: () => ['You denied', 'The client is told so, and gets no tokens.'],
  report: (clientName) => [
    'You reported it',
    `${clientName} cannot ring you any more, until the company has looked at it.`,
  ],
};

/** @type {[title: string, text: string]} */
const NUMBERED = ['Almost done', 'Your approval counts when this number was typed.'];

/**
 * @param {{ decision: import('./device-api.js').Decision, hash: string, clientName: string, number: unknown }} answer
 */
export function fillSent({ decision, hash, clientName, number }) {
  const [title, text] = typeof number === 'string' ? NUMBERED : SENT[decision](clientName);
  byId('phone-number-shown').hidden = typeof number !== 'string';
  byId('phone-number-value').textContent = typeof number === 'string' ? number : '';
  byId('phone-sent').dataset['decision'] = decision;
  byId('phone-sent-title').textContent = title;
  byId('phone-sent-text').textContent = text;
  // In two halves of the same length, so that no letter stands alone.
  const half = Math.ceil(hash.length / 2);
  byId('phone-hash').replaceChildren(hash.slice(0, half), element('wbr'), hash.slice(half));
}

/** @type {Record<import('./device-api.js').Problem, [title: string, text: string]>} */
export const PROBLEMS = {
  'unknown-device': ['Not enrolled', 'The provider no longer knows this phone.'],
  'unknown-request': ['Request not found', 'The provider has no such request for you.'],
  unverified: ['Not verified enough', 'This phone cannot verify you as the client needs it. Nothing was approved.'],
  decided: ['Already answered', 'This request was answered before. Your answer has no effect.'],
  'wrong-numbers': ['Wrong number', 'It was the third one, so the request has ended.'],
  withdrawn: ['Withdrawn', 'The client took its request back. Nothing was approved.'],
  expired: ['Too late', 'The request has expired. Nothing was approved.'],
  fault: ['A fault', 'The provider answered with an error. You can try again.'],
  'no-answer': ['No connection', `The provider does not answer: ${startCommand()}. This phone tries again by itself.`],
};

/**
 * @param {string} title
 * @param {string} text
 */
export function fillError(title, text) {
  byId('phone-error-title').textContent = title;
  byId('phone-error-text').textContent = text;
}

/**
 * Shows a line on the idle screen, for example that a request was answered elsewhere.
 * @param {string} text
 */
export function notice(text) {
  byId('phone-notice').textContent = text;
}

/** Runs the clock on the lock screen. */
export function runClock() {
  const show = () => {
    const now = new Date();
    byId('phone-clock').textContent = now.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    byId('phone-date').textContent = now.toLocaleDateString('en-GB', {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
    });
  };
  show();
  setInterval(show, 5_000);
}
