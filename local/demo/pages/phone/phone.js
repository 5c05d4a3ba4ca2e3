// The authentication device. It has its own key, and reads each request itself through the device API.

import { byId, field, minutesAndSeconds } from '../elements.js';
import { enrol, fetchDetails, listWaiting, removeDevice, respond } from './device-api.js';
import { forgetEnrolment, loadEnrolment, saveEnrolment } from './keys.js';
import { fillError, fillRequest, fillSent, notice, PROBLEMS, runClock, showScreen } from './screens.js';

/** @typedef {import('./keys.js').Enrolment} Enrolment */
/** @typedef {import('./device-api.js').Details} Details */
/** @typedef {import('./device-api.js').Problem} Problem */
/** @typedef {{ type: string, device_id: string, request_id: string }} Push */
/** @typedef {{ details: Details, bytes: Uint8Array<ArrayBuffer> }} Shown */

const NAME = 'Demo phone in the browser';

export class Phone {
  /** @type {Enrolment | undefined} */
  #enrolment;
  /** @type {EventSource | undefined} */
  #pushes;
  /** @type {Shown | undefined} the request on the screen */
  #shown;
  /** The ids of requests that wait behind the one on the screen. @type {Set<string>} */
  #queue = new Set();
  /** The ids of requests that were on the screen, because a push may arrive more than once. @type {Set<string>} */
  #over = new Set();
  /** Whether an answer is being sent. */
  #busy = false;
  /** Whether details are being fetched. */
  #opening = false;

  /**
   * @param {import('../wire/wire.js').Wire} wire
   * @param {{ issuer: string, login_hint: string }} owner
   */
  constructor(wire, owner) {
    this.wire = wire;
    this.owner = owner;
    byId('approve').addEventListener('click', () => this.#decide('approve'));
    byId('deny').addEventListener('click', () => this.#decide('deny'));
    byId('phone-check').addEventListener('click', () => this.#check({ asked: true }));
    byId('phone-remove').addEventListener('click', () => this.#remove());
    byId('phone-done').addEventListener('click', () => this.#next());
    byId('phone-error-done').addEventListener('click', () => (this.#enrolment ? this.#next() : this.#enrol()));
    document.addEventListener('visibilitychange', () => document.hidden || !this.#shown || this.#check());
    setInterval(() => this.#tick(), 500);
    runClock();
  }

  /** Whether this is the login hint of the phone's owner. Another login identifier of the owner is not recognised. */
  belongsTo(/** @type {string} */ loginHint) {
    return this.owner.login_hint.toLowerCase() === loginHint.trim().toLowerCase();
  }

  /** Loads an earlier enrolment, or enrols. One tab at a time, so that two tabs do not enrol at once. */
  async start() {
    if (!globalThis.crypto?.subtle) {
      return this.#fail(
        'This phone has no keys',
        'Browsers only make keys on localhost and on https. Open this page at one of those.',
      );
    }
    await navigator.locks.request('ciba-demo-phone', async () => {
      const kept = await loadEnrolment(this.owner.issuer);
      if (kept?.loginHint !== this.owner.login_hint) return this.#enrol();
      this.#enrolment = kept;
      this.#listen(kept);
      return this.#check();
    });
  }

  /** @returns {Promise<void>} */
  async #enrol() {
    this.#enrolment = undefined;
    this.#pushes?.close();
    showScreen('enrolling', { announce: 'The phone is enrolling.' });
    const { login_hint: loginHint } = this.owner;
    const path = `/local/ticket?login_hint=${encodeURIComponent(loginHint)}`;
    const ticket = await this.wire.ask({ from: 'page', to: 'local', method: 'POST', path });
    if (ticket.status !== 200) return this.#fail('No ticket', 'The local runtime gave no enrolment ticket.');
    const ticketUri = String(ticket.json?.uri);
    byId('phone-ticket').textContent = ticketUri;
    const result = await enrol(this.wire, { ticketUri, name: NAME, loginHint });
    if ('refused' in result) return this.#fail('Not enrolled', `The enrolment failed: ${result.refused}.`);
    await saveEnrolment(result.enrolment);
    this.#enrolment = result.enrolment;
    this.#listen(result.enrolment);
    notice('This phone was just enrolled. Its key never leaves this browser.');
    return this.#check();
  }

  async #remove() {
    if (!this.#enrolment) return;
    await removeDevice(this.wire, this.#enrolment);
    await forgetEnrolment(this.#enrolment.issuer);
    await this.#enrol();
  }

  /** @param {Enrolment} enrolment */
  #listen({ pushToken, deviceId }) {
    this.#pushes?.close();
    const pushes = new EventSource(`/local/push?token=${encodeURIComponent(pushToken)}`);
    let interrupted = false;
    pushes.addEventListener('push', (event) => this.#pushed(event.data, deviceId));
    pushes.addEventListener('error', () => {
      interrupted = true;
      byId('phone').dataset['connection'] = 'lost';
    });
    pushes.addEventListener('open', () => {
      byId('phone').dataset['connection'] = 'open';
      if (interrupted) this.#check();
      interrupted = false;
    });
    this.#pushes = pushes;
  }

  /**
   * @param {string} payload
   * @param {string} deviceId
   */
  #pushed(payload, deviceId) {
    const push = /** @type {Push} */ (JSON.parse(payload));
    const isNew = push.type !== 'authentication_request' || !this.#knows(push.request_id);
    if (isNew) this.wire.pushArrived(payload);
    if (push.type === 'device_enrolled' && push.device_id !== deviceId)
      notice('Another device was added to your account.');
    if (push.type === 'authentication_request' && push.device_id === deviceId) this.#queueUp([push.request_id]);
  }

  /** @param {string} requestId */
  #knows(requestId) {
    return this.#over.has(requestId) || this.#queue.has(requestId) || this.#shown?.details.request_id === requestId;
  }

  /**
   * Asks the provider for waiting requests: on load, on demand, and after a lost connection.
   * @param {{ asked?: boolean }} [options]
   * @returns {Promise<void>}
   */
  async #check({ asked = false } = {}) {
    if (!this.#enrolment) return;
    const result = await listWaiting(this.wire, this.#enrolment);
    if ('problem' in result) return this.#trouble(result.problem);
    const ids = result.waiting.map(({ request_id }) => request_id);
    if (this.#shown && !this.#busy && !ids.includes(this.#shown.details.request_id)) {
      this.#end('The request was answered on another phone, or it has ended.');
    }
    if (asked && ids.length === 0) notice('No request is waiting for you.');
    if (byId('phone').dataset['state'] === 'enrolling') this.#idle();
    this.#queueUp(ids);
  }

  /** @param {string[]} requestIds */
  #queueUp(requestIds) {
    for (const id of requestIds) if (!this.#knows(id)) this.#queue.add(id);
    byId('phone-more').textContent = this.#queue.size > 0 ? `${this.#queue.size} more waiting` : '';
    if (!this.#shown && !this.#opening && byId('phone').dataset['state'] === 'idle') this.#next();
  }

  /** Shows the next request in the queue, or the idle screen. */
  async #next() {
    const [requestId] = this.#queue;
    if (!this.#enrolment || requestId === undefined) return this.#idle();
    this.#queue.delete(requestId);
    this.#over.add(requestId);
    this.#opening = true;
    const result = await fetchDetails(this.wire, this.#enrolment, requestId);
    this.#opening = false;
    if ('problem' in result && result.problem === 'fault') this.#queue.add(requestId);
    if ('refused' in result) return this.#fail('Not shown', `${result.refused} This phone does not show the request.`);
    if ('problem' in result) return this.#trouble(result.problem);
    this.#shown = result;
    fillRequest(result.details);
    this.#setBusy(false);
    this.#tick();
    byId('phone-more').textContent = this.#queue.size > 0 ? `${this.#queue.size} more waiting` : '';
    showScreen('request', { announce: `${result.details.client_name} asks on the phone.`, focus: true });
  }

  /** @param {'approve' | 'deny'} decision */
  async #decide(decision) {
    if (!this.#shown || !this.#enrolment || this.#busy) return;
    const { details, bytes } = this.#shown;
    this.#setBusy(true);
    const result = await respond(this.wire, this.#enrolment, { requestId: details.request_id, decision, bytes });
    this.#setBusy(false);
    if ('problem' in result && result.problem === 'fault') this.#queue.add(details.request_id);
    if ('problem' in result) return this.#trouble(result.problem);
    this.#shown = undefined;
    notice('');
    fillSent({ decision, hash: result.hash });
    showScreen('sent', { announce: decision === 'approve' ? 'Approved.' : 'Denied.', focus: true });
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    this.#busy = busy;
    for (const id of ['approve', 'deny']) field(id).setAttribute('aria-disabled', String(busy));
  }

  /** Updates the countdown, and removes the request from the screen when it expires. */
  #tick() {
    if (!this.#shown) return;
    const seconds = this.#shown.details.expires_at - Date.now() / 1000;
    byId('phone-left').textContent = minutesAndSeconds(seconds);
    if (seconds <= 0 && !this.#busy) this.#end('The request has expired. Nothing was approved.');
  }

  /** @param {string} why */
  #end(why) {
    this.#shown = undefined;
    notice(why);
    this.#next();
  }

  #idle() {
    this.#shown = undefined;
    byId('phone-owner').textContent = this.owner.login_hint;
    showScreen('idle', { announce: '' });
  }

  /**
   * @param {Problem} problem
   * @returns {Promise<void> | void}
   */
  #trouble(problem) {
    return problem === 'unknown-device' ? this.#enrol() : this.#fail(...PROBLEMS[problem]);
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  #fail(title, text) {
    this.#shown = undefined;
    fillError(title, text);
    showScreen('error', { announce: `${title}. ${text}`, focus: true });
  }
}
