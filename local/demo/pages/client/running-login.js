// One login of the desk, and what the phones of this browser have answered to it.

import { decodeJwt } from '../jwt.js';
import { findPerson } from '../people.js';
import { login } from './backend.js';
import { clientFor } from './delivery.js';
import { PollTimer } from './poll-timer.js';

/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {import('./backend.js').Client} Client */
/** @typedef {import('./backend.js').Asked} Asked */
/** @typedef {import('../flow/wire.js').Exchange} Exchange */
/** @typedef {import('../flow/wire.js').Wire} Wire */

/** Dispatches `change` whenever something about it changes, and `decided` at its end. */
export class RunningLogin extends EventTarget {
  timer = new PollTimer();
  /** @type {Progress} */
  progress = { state: 'asking' };
  /** @type {'approve' | 'deny' | undefined} what a phone of this browser has answered */
  decision;
  /** Whether the number that the phone shows has been sent. */
  isNumberSent = false;
  /** Whether that phone reported the client. */
  isReport = false;
  /** Whether the provider knows whom the hint names. */
  isKnown = false;

  /**
   * @param {Client} client
   * @param {Asked} asked
   */
  constructor(client, asked) {
    super();
    /** The seeded client. The one that asks is like it, and registered for the way of delivery. */
    this.seeded = client;
    this.client = client;
    this.asked = asked;
    /** @type {import('../people.js').Person} */
    this.person = { sub: '', name: asked.loginHint, isReported: false };
  }

  /** @param {Wire} wire */
  async run(wire) {
    const answered = (/** @type {Event} */ event) =>
      this.#phoneAnswered(/** @type {CustomEvent<Exchange>} */ (event).detail);
    this.dispatchEvent(new Event('change'));
    const client = await clientFor(wire, this.seeded, this.asked);
    if (!client) return this.#notRegistered();
    this.client = client;
    wire.addEventListener('exchange', answered);
    const finding = findPerson(wire, this.asked.loginHint, this.client.client_id);
    for await (const progress of login(wire, this.client, this.asked, this.timer)) {
      if (this.timer.isOver) break;
      const person = progress.state !== 'asking' && !this.isKnown && (await finding);
      if (person) Object.assign(this, { person, isKnown: true });
      this.progress = progress;
      this.dispatchEvent(new Event(isOpen(progress) ? 'change' : 'decided'));
    }
    wire.removeEventListener('exchange', answered);
  }

  #notRegistered() {
    const description = 'the client could not be registered for this way of delivery. See the last call of the set-up.';
    this.progress = { state: 'refused', error: 'not_registered', description, retryAfterSeconds: undefined };
    this.dispatchEvent(new Event('decided'));
  }

  /** @param {Exchange} exchange */
  #phoneAnswered({ path, status, requestBody }) {
    if (!('requestId' in this.progress) || status === undefined || status < 200 || status > 299) return;
    if (path !== `/device/requests/${this.progress.requestId}/response`) return;
    const claims = decodeJwt(JSON.parse(requestBody).response)?.claims ?? {};
    this.decision = claims['decision'] === 'approve' ? 'approve' : 'deny';
    this.isReport = claims['reason'] === 'fraud';
    this.dispatchEvent(new Event('change'));
  }
}

/** @param {Progress} progress */
function isOpen({ state }) {
  return state === 'asking' || state === 'pending' || state === 'stopped';
}
