// The authentication device. It has its own key, and reads each request itself through the device API.

import { byId, timeLeft } from '../elements.js';
import { nameOf, shortName } from '../people.js';
import { AnswerButtons } from './answer-buttons.js';
import { fetchDetails, listWaiting, removeDevice, respond } from './device-api.js';
import { enrolWithTicket } from './first-enrolment.js';
import { Inbox } from './inbox.js';
import { forgetEnrolment, loadEnrolment } from './keys.js';
import { PushStream } from './push-stream.js';
import { RequestQueue } from './request-queue.js';
import { fillError, fillRequest, fillSent, notice, PROBLEMS, runClock, showScreen } from './screens.js';
import { typedNumber, wrongNumber } from './typed-number.js';

/** @typedef {import('./keys.js').Enrolment} Enrolment */
/** @typedef {import('./device-api.js').Problem} Problem */
/** @typedef {{ type: string, device_id: string, request_id: string }} Push */
/** @typedef {{ details: import('./device-api.js').Details, bytes: Uint8Array<ArrayBuffer>, numbers: unknown }} Shown */

/** Problems that may pass. @type {Problem[]} */
const RETRIED = ['fault', 'no-answer'];

export class Phone {
  /** @type {Enrolment | undefined} */
  #enrolment;
  /** @type {PushStream | undefined} */
  #pushes;
  /** @type {Shown | undefined} the request on the screen */
  #shown;
  #queue = new RequestQueue();
  /** Whether details are being fetched. */
  #opening = false;

  /**
   * @param {import('../flow/wire.js').Wire} wire
   * @param {import('../connection.js').Connection} connection
   * @param {import('../connection.js').SeededUser} owner
   */
  constructor(wire, connection, owner) {
    this.wire = wire;
    this.connection = connection;
    this.owner = owner;
    byId('phone-title').textContent = `The phone of ${shortName(nameOf(owner))}`;
    this.buttons = new AnswerButtons((decision) => this.#decide(decision));
    this.inbox = new Inbox((requestId) => this.#next(requestId));
    byId('later').addEventListener('click', () => this.#setAside());
    byId('phone-check').addEventListener('click', () => this.check({ asked: true }));
    byId('phone-remove').addEventListener('click', () => this.#remove());
    byId('phone-done').addEventListener('click', () => this.#next());
    byId('phone-error-done').addEventListener('click', () => (this.#enrolment ? this.#next() : this.#enrol()));
    document.addEventListener('visibilitychange', () => document.hidden || !this.#shown || this.check());
    for (const event of ['lost', 'back']) connection.addEventListener(event, () => this.#connectionChanged());
    setInterval(() => this.#tick(), 500);
    runClock();
  }

  /** Loads an earlier enrolment, or enrols. One tab at a time, so that two tabs do not enrol at once. */
  async start() {
    if (!globalThis.crypto?.subtle) {
      return this.#fail(
        'This phone has no keys',
        'Browsers only make keys on localhost and on https. Open this page at one of those.',
      );
    }
    await navigator.locks.request(`ciba-demo-phone ${this.owner.sub}`, async () => {
      const kept = await loadEnrolment(this.connection.demo.issuer, this.owner.sub);
      if (!kept) return this.#enrol();
      this.#enrolment = kept;
      this.#listen(kept);
      return this.check();
    });
  }

  /** Shows whether the provider answers. When it is back, the phone asks what waits, and enrols again if it has to. */
  #connectionChanged() {
    const { isUp } = this.connection;
    byId('phone').dataset['connection'] = isUp ? 'open' : 'lost';
    if (!isUp) return;
    this.buttons.clear();
    if (this.#enrolment) this.check();
    else this.#enrol();
  }

  /** @returns {Promise<void>} */
  async #enrol() {
    this.#enrolment = undefined;
    this.#shown = undefined;
    this.#queue.clear();
    this.inbox.clear();
    this.#pushes?.close();
    showScreen('enrolling', { announce: 'The phone is enrolling.' });
    const result = await enrolWithTicket(this.wire, this.owner.login_hint);
    if (!result || !this.connection.isUp) return;
    if ('failed' in result) return this.#fail(...result.failed);
    this.#enrolment = result.enrolment;
    this.#listen(result.enrolment);
    notice('This phone was just enrolled. Its keys never leave this browser.');
    return this.check();
  }

  async #remove() {
    if (!this.#enrolment) return;
    await removeDevice(this.wire, this.#enrolment);
    await forgetEnrolment(this.#enrolment);
    await this.#enrol();
  }

  /** @param {Enrolment} enrolment */
  #listen({ pushToken, deviceId }) {
    this.#pushes?.close();
    const pushes = new PushStream(pushToken);
    pushes.addEventListener('push', (event) =>
      this.#pushed(/** @type {CustomEvent<string>} */ (event).detail, deviceId),
    );
    pushes.addEventListener('lost', () => this.connection.lost());
    this.#pushes = pushes;
  }

  /**
   * @param {string} payload
   * @param {string} deviceId
   */
  #pushed(payload, deviceId) {
    const push = /** @type {Push} */ (JSON.parse(payload));
    const isNew = push.type !== 'authentication_request' || !this.#queue.knows(push.request_id);
    if (isNew) this.wire.pushArrived(payload);
    if (push.type === 'device_enrolled' && push.device_id !== deviceId)
      notice('Another device was added to your account.');
    if (push.device_id === deviceId && this.inbox.isRungBy(push)) this.#queueUp([push.request_id]);
    if (push.type === 'request_withdrawn' && push.device_id === deviceId) this.#withdrawn(push.request_id);
  }

  /** @param {string} requestId */
  #withdrawn(requestId) {
    this.#queue.drop(requestId);
    this.inbox.drop(requestId);
    if (this.#shown?.details.request_id === requestId) this.#end('The client withdrew its request.');
  }

  /**
   * Asks the provider for waiting requests: on load, on demand, and after a lost connection.
   * @param {{ asked?: boolean }} [options]
   * @returns {Promise<void>}
   */
  async check({ asked = false } = {}) {
    if (!this.#enrolment) return;
    const result = await listWaiting(this.wire, this.#enrolment);
    if ('problem' in result) return this.#trouble(result.problem);
    const ids = result.waiting.map(({ request_id }) => request_id);
    this.inbox.keep(ids);
    if (this.#shown && !this.buttons.isBusy && !ids.includes(this.#shown.details.request_id)) {
      this.#end('The request was answered on another phone, or it has ended.');
    }
    if (asked && ids.length === 0) notice('No request is waiting for you.');
    if (byId('phone').dataset['state'] === 'enrolling') this.#idle();
    this.#queueUp(ids);
  }

  /** @param {string[]} requestIds */
  #queueUp(requestIds) {
    this.#queue.add(requestIds);
    const isFree = !this.#shown && !this.#opening && byId('phone').dataset['state'] !== 'enrolling';
    if (isFree && !this.#queue.isEmpty) this.#next();
  }

  /** Shows the chosen request, or the next one in the queue, or the idle screen. @param {string} [chosen] */
  async #next(chosen) {
    const requestId = this.#enrolment && (chosen ?? this.#queue.take());
    if (!this.#enrolment || requestId === undefined) return this.#idle();
    this.#opening = true;
    const result = await fetchDetails(this.wire, this.#enrolment, requestId);
    this.#opening = false;
    if ('problem' in result && RETRIED.includes(result.problem)) this.#queue.putBack(requestId);
    if ('refused' in result) return this.#fail('Not shown', `${result.refused} This phone does not show the request.`);
    if ('problem' in result) return this.#trouble(result.problem);
    this.#shown = result;
    fillRequest(result.details, result.numbers);
    this.buttons.arm();
    this.#tick();
    showScreen('request', { announce: `${result.details.client_name} asks on the phone.`, focus: true });
  }

  /** Sets the request on the screen aside. It still waits, and the inbox has it. */
  #setAside() {
    if (!this.#shown || this.buttons.isBusy) return;
    this.inbox.add(this.#shown.details);
    this.#end('');
  }

  /** @param {import('./device-api.js').Decision} decision */
  async #decide(decision) {
    if (!this.#shown || !this.#enrolment) return;
    const { details, bytes, numbers } = this.#shown;
    const number = typedNumber(numbers);
    if (decision === 'approve' && number === '') return this.buttons.say('Type the number first.');
    this.buttons.setBusy(true);
    const result = await respond(this.wire, this.#enrolment, { details, decision, bytes, number });
    this.buttons.setBusy(false);
    if ('attemptsLeft' in result) return this.buttons.say(wrongNumber(result.attemptsLeft));
    if ('problem' in result && result.problem === 'no-answer') return this.buttons.sayUnsent();
    if ('problem' in result && result.problem === 'fault') this.#queue.putBack(details.request_id);
    if ('problem' in result) return this.#trouble(result.problem);
    this.#shown = undefined;
    notice('');
    fillSent({ decision, ...result, clientName: details.client_name });
    showScreen('sent', { announce: '', focus: true });
  }

  /** Updates the countdown, and removes the request from the screen when it expires. */
  #tick() {
    this.inbox.tick();
    if (!this.#shown) return;
    const seconds = this.#shown.details.expires_at - Date.now() / 1000;
    byId('phone-left').textContent = timeLeft(seconds);
    if (seconds <= 0 && !this.buttons.isBusy) this.#end('The request has expired. Nothing was approved.');
  }

  /** @param {string} why */
  #end(why) {
    this.#shown = undefined;
    notice(why);
    this.#next();
  }

  #idle() {
    this.#shown = undefined;
    byId('phone-owner').textContent = nameOf(this.owner);
    showScreen('idle', { announce: '' });
  }

  /**
   * @param {Problem} problem
   * @returns {Promise<void> | void}
   */
  #trouble(problem) {
    // Without an answer the phone stays as it is. It says so, and goes on when the provider is back.
    if (problem === 'no-answer') return byId('phone').dataset['state'] === 'sent' ? this.#idle() : undefined;
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
