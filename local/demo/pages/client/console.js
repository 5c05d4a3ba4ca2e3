// The desk that asks: an agent's, a kiosk's or a bank's. It also plays the client's backend.

import { byId, say } from '../elements.js';
import { DeliveryChoice } from './delivery.js';
import { showState } from './desk-view.js';
import { showBehind, showEnding } from './ending.js';
import { ENDPOINT_GONE, endingOf, GONE, WITHDRAWN } from './endings.js';
import { AskForm } from './form.js';
import { clearNumber, sendNumber, showNumber } from './number.js';
import { clearResend, ringAgain } from './resend.js';
import { RunningLogin } from './running-login.js';
import { showScene } from './scene.js';
import { TokenView } from './tokens.js';
import { showActions, showAsked, showElsewhere, showTimes } from './waiting.js';
import { waitingWords } from './words.js';

/** @typedef {import('./backend.js').Client} Client */
/** @typedef {import('./endings.js').Ended} Ended */
/** @typedef {import('./scenarios.js').Scenario} Scenario */
/** @typedef {import('../connection.js').Demo} Demo */
/** @typedef {import('../connection.js').SeededUser} SeededUser */

export class Console {
  /** @type {Scenario} */
  #scenario;
  /** @type {RunningLogin | undefined} */
  #login;
  /** @type {Ended | undefined} */
  #ended;

  /**
   * @param {{ wire: import('../flow/wire.js').Wire, connection: import('../connection.js').Connection,
   *   lanes: import('../flow/lanes.js').Lanes, owner: SeededUser }} parts owner: of the phone on this page
   * @param {Scenario} scenario
   */
  constructor({ wire, connection, lanes, owner }, scenario) {
    this.wire = wire;
    this.connection = connection;
    this.lanes = lanes;
    this.owner = owner;
    this.#scenario = scenario;
    this.tokens = new TokenView(wire);
    this.form = new AskForm({ users: connection.demo.users, owner }, () => this.#ask());
    this.delivery = new DeliveryChoice((delivery) => this.#deliver(delivery));
    this.#listen();
    setInterval(() => this.#tick(), 250);
  }

  #listen() {
    byId('poll-early').addEventListener('click', () => this.#login?.timer.pollTooEarly());
    byId('give-up').addEventListener('click', () => this.#login?.timer.pause());
    byId('number-form').addEventListener('submit', (event) => this.#enterNumber(event));
    byId('withdraw').addEventListener('click', () => this.#withdraw());
    byId('resend').addEventListener('click', () => this.#login && ringAgain(this.#login));
    byId('poll-again').addEventListener('click', () => this.#login?.timer.resume());
    for (const id of ['start-over', 'ask-again']) byId(id).addEventListener('click', () => this.#startOver());
    this.connection.addEventListener('lost', () => {
      this.#login?.timer.hold();
      this.#render();
    });
    this.connection.addEventListener('back', () => this.#isBack());
  }

  /** @param {Scenario} scenario */
  show(scenario) {
    this.#scenario = scenario;
    byId('desk-place').textContent = scenario.place;
    this.#abandon();
    // With another seed the scenario's client may be missing. Then the first client asks, for the scope `openid` only.
    const isSeeded = clientOf(this.connection.demo, scenario).client_id === scenario.clientId;
    this.form.show(isSeeded ? scenario : { ...scenario, scope: 'openid', audience: '' });
    this.#render();
  }

  /**
   * Shows the form again: the way of delivery belongs to the client that asks.
   * @param {import('./delivery.js').Delivery} delivery
   */
  #deliver(delivery) {
    this.#abandon();
    this.form.renew();
    this.lanes.plan(delivery);
    this.#render();
  }

  #abandon() {
    if (this.#login) this.lanes.end('stopped', 'given up');
    this.#login?.timer.end();
    this.#login = undefined;
    this.#ended = undefined;
    this.tokens.hide();
  }

  #startOver() {
    this.#abandon();
    this.form.renew();
    this.#render();
    byId('ask').focus({ preventScroll: true });
  }

  async #ask() {
    this.#abandon();
    const asked = { ...this.form.take(), ...this.delivery.registration };
    const login = new RunningLogin(clientOf(this.connection.demo, this.#scenario), asked);
    this.#login = login;
    this.lanes.begin(this.#scenario.name, asked.delivery);
    showAsked(asked.bindingMessage);
    clearNumber();
    clearResend();
    // Moves the focus out of the fields, so that the phone may take it when it rings.
    byId('ask').focus({ preventScroll: true });
    login.addEventListener('change', () => {
      if ('requestId' in login.progress) this.lanes.named(login.progress.requestId);
      if (this.#login === login) this.#render();
    });
    login.addEventListener('decided', () => this.#decided(login));
    await login.run(this.wire);
  }

  /** @param {RunningLogin} login */
  async #decided(login) {
    const { progress, client } = login;
    const expected = { issuer: this.connection.demo.issuer, clientId: client.client_id };
    const claims =
      progress.state === 'approved' ? await this.tokens.show(progress.tokens, { ...expected, ...progress }) : undefined;
    if (this.#login !== login) return;
    const story = {
      scenario: this.#scenario,
      loginHint: login.asked.loginHint,
      name: login.person.name,
      clientName: client.client_name,
      limits: this.connection.demo.limits,
      claims,
    };
    this.#end(login, endingOf(progress, story));
  }

  /**
   * @param {RunningLogin} login
   * @param {Ended} ended
   */
  #end(login, ended) {
    login.timer.end();
    this.#login = undefined;
    this.#ended = ended;
    showEnding(ended);
    byId('to-tokens').hidden = byId('tokens').hidden;
    const { person, client, isReport } = login;
    const isBlocked = ended.state === 'denied' && (isReport || person.isReported);
    showBehind(isBlocked ? { person, clientName: client.client_name } : undefined, () => this.#unblock(login));
    this.lanes.end(ended.state, ended.short);
    this.#render();
  }

  /** @param {Event} event */
  async #enterNumber(event) {
    event.preventDefault();
    const login = this.#login;
    if (!login || !(await sendNumber(login))) return;
    login.isNumberSent = true;
    login.timer.hurry();
    if (this.#login === login) this.#render();
  }

  /** Takes the request back. The prompt then vanishes from the phone. */
  async #withdraw() {
    const login = this.#login;
    if (!login || !('withdraw' in login.progress)) return;
    const isWithdrawn = await login.progress.withdraw();
    if (isWithdrawn && this.#login === login) this.#end(login, WITHDRAWN);
  }

  /**
   * Lets the client ask again, as an operator does.
   * @param {RunningLogin} login
   */
  async #unblock({ person, client }) {
    const path = `/admin/users/${encodeURIComponent(person.sub)}/blocks/${encodeURIComponent(client.client_id)}`;
    const { status } = await this.wire.ask({ from: 'page', method: 'DELETE', path });
    return status === 204;
  }

  /** Goes on when the provider is back. If it was started again without what it had, its clients have other secrets. */
  #isBack() {
    const login = this.#login;
    const isSame = login && clientOf(this.connection.demo, this.#scenario).client_secret === login.seeded.client_secret;
    // A push goes to an endpoint of the run before.
    const isPushed = login?.asked.delivery === 'push';
    if (login && isSame && !isPushed) login.timer.release();
    if (login && (!isSame || isPushed)) return this.#end(login, isSame ? ENDPOINT_GONE : GONE);
    if (this.#ended?.error === 'no_answer') return this.#startOver();
    return this.#render();
  }

  /** Shows what is true now. */
  #render() {
    const { isUp } = this.connection;
    const login = this.#login;
    showScene(this.#ended);
    if (this.#ended) return showState(this.#ended.state, 'ending', `${this.#ended.title}. ${this.#ended.text}`);
    if (!login) return showState(isUp ? 'idle' : 'unreachable', 'form');
    const { title, text } = waitingWords(login, isUp);
    showNumber(login);
    const isStopped = login.progress.state === 'stopped';
    say('waiting-title', title);
    say('waiting-text', text);
    showActions({ isStopped, isUp, isPolling: login.asked.delivery === 'poll' });
    const isElsewhere = login.isKnown && login.person.sub !== this.owner.sub && !login.decision;
    if (isElsewhere && !login.person.isReported && 'requestId' in login.progress) this.lanes.rangElsewhere();
    showElsewhere(isElsewhere && !login.person.isReported ? login.person : undefined);
    const state = login.progress.state === 'asking' ? 'asking' : isStopped ? 'stopped' : 'pending';
    showState(isUp ? state : 'unreachable', 'waiting', `${title}. ${text}`);
    return this.#tick();
  }

  #tick() {
    const progress = this.#login?.progress;
    if (progress?.state !== 'pending' && progress?.state !== 'stopped') return;
    showTimes(progress, this.connection.isUp);
    if (this.#login) say('waiting-text', waitingWords(this.#login, this.connection.isUp).text);
  }
}

/**
 * The client of a scenario, or the first one that a browser can play.
 * @param {Demo} demo
 * @param {Scenario} scenario
 * @returns {Client}
 */
function clientOf({ clients, client_id: first, client_secret: secret }, { clientId }) {
  const found = clients.find(({ client_id: id, client_secret: known }) => id === clientId && known);
  const { client_name: name = first } = clients.find(({ client_id: id }) => id === first) ?? {};
  return found?.client_secret
    ? { client_id: clientId, client_secret: found.client_secret, client_name: found.client_name }
    : { client_id: first, client_secret: secret, client_name: name };
}
