// Deny, Approve and the report: they work once for each request, and only when the eye has seen them.

import { byId, field } from '../elements.js';

/** @typedef {import('./device-api.js').Decision} Decision */

/** @type {Record<string, Decision>} */
const BUTTONS = { deny: 'deny', approve: 'approve', 'not-me': 'report' };
/** How long a request is on the screen before it can be answered: a finger may be on its way to what was there before. */
const ARM_MS = 400;

export class AnswerButtons {
  isBusy = false;

  /** @param {(decision: Decision) => void} onDecide */
  constructor(onDecide) {
    for (const [id, decision] of Object.entries(BUTTONS)) {
      byId(id).addEventListener('click', () => this.isBusy || onDecide(decision));
    }
  }

  /** Makes the buttons ready for a new request. */
  arm() {
    byId('phone-unsent').textContent = '';
    this.setBusy(true);
    setTimeout(() => this.setBusy(false), ARM_MS);
  }

  /** @param {boolean} isBusy whether an answer is under way */
  setBusy(isBusy) {
    this.isBusy = isBusy;
    for (const id of Object.keys(BUTTONS)) field(id).setAttribute('aria-disabled', String(isBusy));
  }

  /**
   * Says why there is no answer yet. The request stays on the screen.
   * @param {string} text
   */
  say(text) {
    byId('phone-unsent').textContent = text;
  }

  /** Says that the answer did not go out. The request stays on the screen. */
  sayUnsent() {
    byId('phone-unsent').textContent = 'Not sent: the provider does not answer. Answer again when it is back.';
  }

  /** Says nothing more about an answer that did not go out. */
  clear() {
    byId('phone-unsent').textContent = '';
  }
}
