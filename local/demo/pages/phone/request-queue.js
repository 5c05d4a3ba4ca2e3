// The requests that wait behind the one on the screen. A push may arrive more than once, and a request is shown once.

import { byId } from '../elements.js';

export class RequestQueue {
  /** @type {Set<string>} ids that wait */
  #waiting = new Set();
  /** @type {Set<string>} ids that are or were on the screen */
  #taken = new Set();

  get isEmpty() {
    return this.#waiting.size === 0;
  }

  /** @param {string} requestId */
  knows(requestId) {
    return this.#taken.has(requestId) || this.#waiting.has(requestId);
  }

  /** @param {string[]} requestIds */
  add(requestIds) {
    for (const id of requestIds) if (!this.knows(id)) this.#waiting.add(id);
    this.#showCount();
  }

  /** Takes the next request out, or returns undefined. */
  take() {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    this.#waiting.delete(next);
    this.#taken.add(next);
    this.#showCount();
    return next;
  }

  /**
   * Puts a request back that could not be shown or answered.
   * @param {string} requestId
   */
  putBack(requestId) {
    this.#taken.delete(requestId);
    this.#waiting.add(requestId);
  }

  /**
   * Takes a request out that nobody can answer any more.
   * @param {string} requestId
   */
  drop(requestId) {
    this.#waiting.delete(requestId);
    this.#taken.add(requestId);
    this.#showCount();
  }

  /** Forgets what waits: another device is enrolled. */
  clear() {
    this.#waiting.clear();
    this.#taken.clear();
  }

  #showCount() {
    byId('phone-more').textContent = this.#waiting.size > 0 ? `${this.#waiting.size} more waiting` : '';
  }
}
