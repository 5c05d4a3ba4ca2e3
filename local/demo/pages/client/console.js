// The console that asks: an agent's desktop, a kiosk or a bank. It also plays the client's backend.

import { byId, field, minutesAndSeconds } from '../elements.js';
import { newLogin } from '../wire/exchanges.js';
import { login, PollTimer } from './backend.js';
import { codeIn, messageObjection } from './scenarios.js';
import { describe } from './states.js';
import { TokenView } from './tokens.js';

/** @typedef {import('./backend.js').Client} Client */
/** @typedef {import('./backend.js').Demo} Demo */
/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {import('./scenarios.js').Scenario} Scenario */

export class Console {
  /** @type {Scenario | undefined} */
  #scenario;
  /** @type {Client} the client of this scenario */
  #client;
  /** @type {PollTimer | undefined} the timer of the login that runs */
  #running;
  /** @type {Progress | undefined} */
  #progress;
  /** @type {string | undefined} the binding message of the last login: the next one gets a new code */
  #used;

  /**
   * @param {import('../wire/wire.js').Wire} wire
   * @param {Demo} demo
   * @param {(loginHint: string) => boolean} ringsHere whether this page's phone belongs to that user
   */
  constructor(wire, demo, ringsHere) {
    this.wire = wire;
    this.demo = demo;
    this.#client = demo;
    this.ringsHere = ringsHere;
    this.tokens = new TokenView(wire);
    byId('ask-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#ask();
    });
    byId('poll-now').addEventListener('click', () => this.#running?.hurry());
    byId('give-up').addEventListener('click', () => {
      this.#stop();
      byId('ask').focus();
    });
    field('binding-message').addEventListener('input', () => this.#messageChanged());
    setInterval(() => this.#tick(), 250);
  }

  /** @param {Scenario} scenario */
  show(scenario) {
    const seeded = this.demo.clients?.find(
      ({ client_id, client_secret }) => client_id === scenario.clientId && client_secret,
    );
    // With another seed the scenario's client may be missing. Then the first client asks, for the scope `openid` only.
    this.#client = seeded ?? this.demo;
    this.#scenario = seeded ? scenario : { ...scenario, scope: 'openid', audience: '' };
    this.#stop();
    byId('console-place').textContent = scenario.place;
    byId('console-title').textContent = scenario.title;
    byId('lesson').textContent = scenario.lesson;
    byId('hint-label').textContent = scenario.hintLabel;
    byId('message-label').textContent = scenario.messageLabel;
    byId('ask').textContent = scenario.askLabel;
    field('login-hint').value = scenario.prefillsHint ? this.demo.login_hint : '';
    field('login-hint').placeholder = this.demo.login_hint;
    byId('hint-note').textContent = scenario.prefillsHint
      ? ''
      : `The phone on this page belongs to ${this.demo.login_hint}.`;
    field('scope').value = this.#scenario.scope;
    this.#renewMessage();
  }

  #stop() {
    this.#running?.stop();
    this.#running = undefined;
    this.#progress = undefined;
    this.tokens.hide();
    this.#showState('idle', describe.idle());
    this.#tick();
  }

  #renewMessage() {
    this.#used = undefined;
    field('binding-message').value = this.#scenario?.message() ?? '';
    this.#messageChanged();
  }

  #messageChanged() {
    const message = field('binding-message').value;
    byId('code').textContent = codeIn(message) ?? '';
    const objection = messageObjection(message);
    byId('message-note').textContent = objection ?? `${[...message].length} of 64 characters`;
    byId('message-note').classList.toggle('objection', objection !== undefined);
  }

  async #ask() {
    if (!this.#scenario || byId('ask').getAttribute('aria-disabled') === 'true') return;
    this.#stop();
    if (field('binding-message').value === this.#used) this.#renewMessage();
    const bindingMessage = field('binding-message').value.trim().normalize('NFC');
    this.#used = bindingMessage;
    const pollTimer = new PollTimer();
    this.#running = pollTimer;
    // Moves the focus out of the field, so that the phone may take it when it rings.
    byId('ask').focus({ preventScroll: true });
    newLogin(this.#scenario.name);
    const asked = {
      loginHint: field('login-hint').value.trim(),
      scope: field('scope').value.trim(),
      bindingMessage,
      audience: this.#scenario.audience,
      requestedExpirySeconds: field('requested-expiry').value,
    };
    for await (const progress of login(this.wire, this.#client, asked, pollTimer)) {
      if (pollTimer.stopped) return;
      await this.#advance(progress, asked.loginHint);
    }
  }

  /**
   * @param {Progress} progress
   * @param {string} loginHint
   */
  async #advance(progress, loginHint) {
    this.#progress = progress;
    const words = describe[progress.state](/** @type {never} */ (progress));
    const elsewhere = progress.state === 'pending' && !this.ringsHere(loginHint);
    const note = elsewhere
      ? ` The phone on this page belongs to ${this.demo.login_hint} and only rings for that user.`
      : '';
    this.#showState(progress.state, { ...words, text: words.text + note });
    this.#tick();
    if (progress.state !== 'approved') return;
    await this.tokens.show(progress.tokens, { issuer: this.demo.issuer, clientId: this.#client.client_id });
  }

  /**
   * @param {string} state
   * @param {{ title: string, text: string }} words
   */
  #showState(state, { title, text }) {
    byId('state').dataset['state'] = state;
    // Unchanged texts are not set again, so that a screen reader does not repeat them at every poll.
    for (const [id, words] of Object.entries({ 'state-title': title, 'state-text': text })) {
      if (byId(id).textContent !== words) byId(id).textContent = words;
    }
    const waiting = state === 'pending';
    byId('waiting').hidden = !waiting;
    field('ask').textContent = state === 'idle' || waiting ? (this.#scenario?.askLabel ?? '') : 'Ask again';
    byId('ask').setAttribute('aria-disabled', String(waiting || state === 'asking'));
  }

  /** Updates the countdowns. They are not live regions, so that a screen reader does not read out every second. */
  #tick() {
    if (this.#progress?.state !== 'pending') {
      byId('countdown').textContent = '';
      return;
    }
    const { expiresAt, expiresInSeconds, nextPollAt, polls, intervalSeconds } = this.#progress;
    const left = (expiresAt - Date.now()) / 1000;
    byId('countdown').textContent = minutesAndSeconds(left);
    byId('countdown-bar').style.setProperty('--left', String(Math.max(0, left / expiresInSeconds)));
    const wait = Math.max(0, Math.ceil((nextPollAt - Date.now()) / 1000));
    byId('next-poll').textContent = `Poll ${polls + 1} in ${wait} s (every ${intervalSeconds} s)`;
  }
}
