// One login after the other, each drawn as lanes. What belongs to no login is in the list of the set-up.

import { byId, element, timeOfDay } from '../elements.js';
import { errorCode, foldedExchange } from './exchange.js';
import { RARE_STEPS } from './rare-steps.js';
import { StepView } from './step-view.js';
import { requestIdIn, stepOf, stepsOf } from './steps.js';

/** @typedef {import('./wire.js').Exchange} Exchange */
/** @typedef {import('./steps.js').StepId} StepId */
/** @typedef {import('./steps.js').Delivery} Delivery */

/** How many earlier logins stay on the page, and how many calls of the set-up. */
const KEPT_LOGINS = 12;
const KEPT_CALLS = 40;

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** A login: its steps, which are dim until they happen. */
class LoginView {
  /** @type {string | undefined} base64url(SHA-256(auth_req_id)) */
  requestId;
  isBegun = false;

  /** @param {Delivery} delivery how the client hears of the answer */
  constructor(delivery) {
    this.delivery = delivery;
    this.steps = stepsOf(delivery).map((step, index) => new StepView(step, index + 1));
    this.title = element('h3', {}, `The ${COUNTS[this.steps.length]} steps of a login`);
    this.end = element('span', { class: 'end' }, 'not begun');
    this.list = element('ol', { class: 'steps' }, ...this.steps.map(({ item }) => item));
    this.root = element(
      'details',
      { class: 'login', open: true, 'data-state': 'planned' },
      element('summary', {}, this.title, this.end),
      this.list,
    );
  }

  /** @param {string} title */
  begin(title) {
    this.isBegun = true;
    this.title.textContent = `${title}, ${timeOfDay(Date.now())}`;
    this.mark('running', 'running');
  }

  /**
   * @param {string} state
   * @param {string} words
   */
  mark(state, words) {
    this.root.dataset['state'] = state;
    this.end.textContent = words;
  }

  /** @param {StepId} id */
  step(id) {
    return this.steps.find(({ step }) => step.id === id);
  }

  /**
   * @param {StepId} id
   * @param {Exchange} exchange
   */
  show(id, exchange) {
    const isShownBy = (/** @type {StepView} */ { step }) => step.id === id || (id === 'poll' && !this.step(id));
    for (const step of this.steps) if (!isShownBy(step)) step.drop(exchange.id);
    // A client that is pinged polls all the same when a ping is lost.
    (this.step(id) ?? this.#rare(id) ?? this.step('redeem'))?.show(exchange);
  }

  /**
   * Adds a step that most logins do not have.
   * @param {StepId} id
   */
  #rare(id) {
    const step = RARE_STEPS.find((one) => one.id === id);
    if (!step) return undefined;
    const view = new StepView(step, this.steps.length + 1);
    this.steps.push(view);
    this.list.append(view.item);
    return view;
  }
}

export class Lanes {
  /** @type {LoginView[]} the newest first */
  #logins = [new LoginView('poll')];
  /** @type {Map<string, HTMLElement>} the calls of the set-up, by id */
  #setup = new Map();

  /** @param {import('./wire.js').Wire} wire */
  constructor(wire) {
    byId('logins').append(...this.#logins.map(({ root }) => root));
    wire.addEventListener('exchange', (event) => this.#show(/** @type {CustomEvent<Exchange>} */ (event).detail));
  }

  /**
   * Shows the steps of a login that has not begun yet.
   * @param {Delivery} delivery
   */
  plan(delivery) {
    const [latest] = this.#logins;
    if (!latest || latest.isBegun || latest.delivery === delivery) return;
    const planned = new LoginView(delivery);
    latest.root.replaceWith(planned.root);
    this.#logins[0] = planned;
  }

  /**
   * Begins a login, and folds the one before.
   * @param {string} title
   * @param {Delivery} delivery
   */
  begin(title, delivery) {
    const [latest] = this.#logins;
    if (latest?.isBegun) {
      latest.root.removeAttribute('open');
      const next = new LoginView(delivery);
      byId('logins').prepend(next.root);
      this.#logins.unshift(next);
      for (const old of this.#logins.splice(KEPT_LOGINS)) old.root.remove();
    }
    this.#logins[0]?.begin(title);
  }

  /** @param {string} requestId */
  named(requestId) {
    const [latest] = this.#logins;
    if (latest) latest.requestId = requestId;
  }

  /** Says that a phone rings which is not on this page. Its push is not seen here. */
  rangElsewhere() {
    const ring = this.#logins[0]?.steps.find(({ step }) => step.id === 'ring');
    if (ring?.state === 'planned') ring.mark('done', 'to a phone elsewhere');
  }

  /**
   * Ends the newest login, in one or two words.
   * @param {string} state
   * @param {string} words
   */
  end(state, words) {
    const [latest] = this.#logins;
    latest?.mark(state, words);
    for (const step of latest?.steps ?? []) if (step.state === 'planned') step.mark('skipped', 'did not happen');
  }

  /** @param {Exchange} exchange */
  #show(exchange) {
    const id = stepOf(exchange, errorCode(exchange));
    const login = id && this.#loginOf(exchange);
    if (login) login.show(id, exchange);
    else this.#showSetup(exchange);
  }

  /** @param {Exchange} exchange */
  #loginOf(exchange) {
    const named = requestIdIn(exchange);
    const [latest] = this.#logins;
    const known = this.#logins.find(({ requestId }) => named !== undefined && requestId === named);
    // The push is often faster than the answer that names the request.
    const isOpen = latest?.isBegun && (named === undefined || latest.requestId === undefined);
    return known ?? (isOpen ? latest : undefined);
  }

  /** @param {Exchange} exchange */
  #showSetup(exchange) {
    const shown = this.#setup.get(exchange.id);
    const title = `${exchange.method} ${exchange.path.replace(/\?.*/, '')}`;
    const item = shown ?? element('li', {});
    const isOpen = item.querySelector('details')?.open ?? false;
    item.replaceChildren(foldedExchange(exchange, { title, isOpen }));
    if (shown) return;
    this.#setup.set(exchange.id, item);
    byId('setup-calls').append(item);
    for (const [id, old] of [...this.#setup].slice(0, -KEPT_CALLS)) {
      old.remove();
      this.#setup.delete(id);
    }
  }
}
