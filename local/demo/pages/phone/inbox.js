// The requests that the user set aside, to answer later. What an entry says comes from the frozen bytes.

import { byId, element, say, timeLeft } from '../elements.js';

/** @typedef {import('./device-api.js').Details} Details */

/** How long a request must still wait, in seconds, so that it can be set aside. */
const LEAST_SECONDS = 600;

export class Inbox {
  /** @type {Map<string, Details>} the oldest first */
  #aside = new Map();
  #onOpen;

  /** @param {(requestId: string) => void} onOpen */
  constructor(onOpen) {
    this.#onOpen = onOpen;
  }

  /** @param {Details} details */
  add(details) {
    this.#aside.set(details.request_id, details);
    this.#show();
  }

  /**
   * Keeps what still waits: the rest was answered on another phone, or has ended.
   * @param {string[]} requestIds
   */
  keep(requestIds) {
    for (const id of this.#aside.keys()) if (!requestIds.includes(id)) this.#aside.delete(id);
    this.#show();
  }

  /**
   * Takes a request out that the client withdrew.
   * @param {string} requestId
   */
  drop(requestId) {
    if (this.#aside.delete(requestId)) this.#show();
  }

  /**
   * Whether a push rings for a request. Says so, if the request was set aside or ends soon.
   * @param {{ type: string, request_id: string }} push
   */
  isRungBy({ type, request_id }) {
    const isReminder = type === 'authentication_request_reminder';
    if (isReminder) say('phone-notice', 'Little time is left to answer.');
    else if (type === 'authentication_request' && this.#aside.has(request_id)) say('phone-notice', 'It rings again.');
    return isReminder || type === 'authentication_request';
  }

  /** Shows how long each entry still waits, and drops what has expired. */
  tick() {
    if (this.#aside.size === 0) return;
    for (const [id, { expires_at }] of this.#aside) if (secondsLeft(expires_at) <= 0) this.#aside.delete(id);
    for (const [id, { expires_at }] of this.#aside) {
      const left = document.getElementById(leftOf(id));
      if (left) left.textContent = timeLeft(secondsLeft(expires_at));
    }
    if (byId('phone-inbox').childElementCount !== this.#aside.size) this.#show();
  }

  clear() {
    this.keep([]);
  }

  #show() {
    const entries = [...this.#aside.values()].map((details) => this.#entry(details));
    byId('phone-inbox').replaceChildren(...entries);
    byId('phone-inbox-part').toggleAttribute('hidden', entries.length === 0);
  }

  /** @param {Details} details */
  #entry({ request_id, client_name, binding_message, expires_at }) {
    const left = element('small', { id: leftOf(request_id) }, timeLeft(secondsLeft(expires_at)));
    const button = element(
      'button',
      { type: 'button' },
      element('b', {}, client_name),
      ` ${binding_message ?? ''} `,
      left,
    );
    button.addEventListener('click', () => {
      this.#aside.delete(request_id);
      this.#show();
      this.#onOpen(request_id);
    });
    return element('li', {}, button);
  }
}

/**
 * Whether a request waits long enough to be set aside.
 * @param {Details} details
 */
export function canWait({ expires_at }) {
  return secondsLeft(expires_at) > LEAST_SECONDS;
}

/** @param {number} expiresAt */
function secondsLeft(expiresAt) {
  return expiresAt - Date.now() / 1000;
}

/** @param {string} requestId */
function leftOf(requestId) {
  return `phone-inbox-${requestId}`;
}
