// The form of the desk: whom to ask, and what the phone shows.

import { byId, element, field } from '../elements.js';
import { nameOf } from '../people.js';
import { codeIn, messageObjection } from './scenarios.js';

/** @typedef {import('../connection.js').SeededUser} SeededUser */
/** @typedef {import('./scenarios.js').Scenario} Scenario */

/** How many users are offered as buttons. Any other can be typed. */
const OFFERED_USERS = 6;

export class AskForm {
  /** @type {Scenario | undefined} */
  #scenario;
  /** @type {string | undefined} the binding message of the last login: the next one gets a new code */
  #used;

  /**
   * @param {{ users: SeededUser[], owner: SeededUser }} people the seeded users, and the one whose phone is on the page
   * @param {() => void} onAsk
   */
  constructor({ users, owner }, onAsk) {
    this.users = users;
    this.owner = owner;
    byId('ask-form').addEventListener('submit', (event) => {
      event.preventDefault();
      onAsk();
    });
    field('binding-message').addEventListener('input', () => this.#messageChanged());
    field('login-hint').addEventListener('input', () => this.#hintChanged());
    byId('people').replaceChildren(...users.slice(0, OFFERED_USERS).map((user) => this.#personButton(user)));
  }

  /** @param {Scenario} scenario */
  show(scenario) {
    this.#scenario = scenario;
    byId('desk-title').textContent = scenario.title;
    byId('lesson').textContent = scenario.lesson;
    byId('hint-label').textContent = scenario.hintLabel;
    byId('message-label').textContent = scenario.messageLabel;
    byId('ask').textContent = scenario.askLabel;
    if (!field('login-hint').value) field('login-hint').value = this.owner.login_hint;
    field('scope').value = scenario.scope;
    this.#hintChanged();
    this.#renewMessage();
  }

  /** Takes what is to be asked. A message is used once, so that each code is new. */
  take() {
    if (field('binding-message').value === this.#used) this.#renewMessage();
    this.#used = field('binding-message').value;
    return {
      loginHint: field('login-hint').value.trim(),
      scope: field('scope').value.trim(),
      bindingMessage: this.#used.trim().normalize('NFC'),
      audience: this.#scenario?.audience,
      requestedExpirySeconds: field('requested-expiry').value,
    };
  }

  /** Prepares the form for another login. */
  renew() {
    if (field('binding-message').value === this.#used) this.#renewMessage();
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

  /** @param {SeededUser} user */
  #personButton(user) {
    const button = element('button', { type: 'button', 'data-hint': user.login_hint }, nameOf(user));
    button.addEventListener('click', () => {
      field('login-hint').value = user.login_hint;
      this.#hintChanged();
    });
    return button;
  }

  /** Says whose phone is on this page, if another seeded user is chosen. What is typed is only known after asking. */
  #hintChanged() {
    const hint = field('login-hint').value.trim();
    for (const button of byId('people').querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset['hint'] === hint));
    }
    const chosen = this.users.find(({ login_hint: known }) => known === hint);
    const isElsewhere = chosen !== undefined && chosen.sub !== this.owner.sub;
    byId('hint-note').replaceChildren(...(isElsewhere ? [phoneLink(chosen)] : []));
  }
}

/**
 * A link that opens the phone of a user in a window of its own.
 * @param {{ sub: string, name?: string }} user
 */
export function phoneLink({ sub, name }) {
  const address = `/demo/phone?${new URLSearchParams({ user: sub })}`;
  return element('a', { href: address, target: '_blank' }, `Open the phone of ${name ?? sub}`);
}
