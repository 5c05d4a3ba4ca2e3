// The screens of the phone. A screen is one element; only one is on the phone at a time.

import { byId, element } from '../elements.js';

/** @typedef {'enrolling' | 'idle' | 'request' | 'sent' | 'error'} Screen */

/**
 * @param {Screen} screen
 * @param {{ announce: string, focus?: boolean }} options `announce` is read out where the focus does not move
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

/** Whoever is typing keeps the focus; the request is announced instead. */
function isTyping() {
  const active = document.activeElement;
  return active instanceof HTMLInputElement && active.type !== 'button';
}

/**
 * Shows a request. Everything comes from the frozen bytes.
 * @param {import('./device-api.js').Details} details
 */
export function fillRequest(details) {
  byId('phone-who').textContent = details.client_name;
  byId('phone-client-id').textContent = details.client_id;
  const what = details.binding_message
    ? [element('p', { class: 'message' }, details.binding_message)]
    : [element('p', { class: 'message quiet' }, 'No message was sent along.')];
  const scopes = details.scopes.map(({ scope, description }) =>
    element('li', {}, element('span', {}, description), ' ', element('code', {}, scope)),
  );
  byId('phone-what').replaceChildren(
    ...what,
    element('h4', {}, 'If you approve, it may'),
    element('ul', { class: 'scopes' }, ...scopes),
    element('p', { class: 'audience' }, `For use at ${details.audience.map(shortAddress).join(', ')}`),
  );
}

/** @param {string} address */
function shortAddress(address) {
  return address.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/**
 * @param {{ decision: 'approve' | 'deny', hash: string }} answer
 */
export function fillSent({ decision, hash }) {
  const approved = decision === 'approve';
  byId('phone-sent').dataset['decision'] = decision;
  byId('phone-sent-title').textContent = approved ? 'You approved' : 'You denied';
  byId('phone-sent-text').textContent = approved
    ? 'The client learns it at its next poll and gets its tokens.'
    : 'The client learns it at its next poll. It gets nothing.';
  byId('phone-hash').textContent = hash;
}

/** @type {Record<import('./device-api.js').Problem, [title: string, text: string]>} */
export const PROBLEMS = {
  'unknown-device': ['Not enrolled', 'The provider does not know this phone any more.'],
  'unknown-request': ['No longer there', 'The provider has no such request for you.'],
  decided: ['Already answered', 'This request was answered elsewhere first. Your answer changes nothing.'],
  expired: ['Too late', 'The request has run out of time. Nothing was approved.'],
  fault: ['No connection', 'The provider did not answer properly. You can try again.'],
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
 * A line on the idle screen, e.g. that a request was answered elsewhere.
 * @param {string} text
 */
export function notice(text) {
  byId('phone-notice').textContent = text;
}

/** Keeps the clock on the lock screen. */
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
