// One step of a login, as an arrow between two lanes. It lights up when its exchange happens, and opens to show it.

import { element } from '../elements.js';
import { foldedExchange, statusText } from './exchange.js';
import { noteOf, stateOf } from './outcomes.js';

/** @typedef {import('./wire.js').Exchange} Exchange */
/** @typedef {import('./steps.js').Step} Step */
/** @typedef {import('./outcomes.js').StepState} StepState */
/** @typedef {{ exchange: Exchange, view: HTMLElement }} Shown */

export class StepView {
  /** @type {Map<string, Shown>} the exchanges of this step, by id */
  #shown = new Map();

  /**
   * @param {Step} step
   * @param {number} number
   */
  constructor(step, number) {
    this.step = step;
    this.status = element('span', { class: 'status' });
    this.note = element('span', { class: 'note' });
    this.body = element('div', { class: 'body' }, element('p', { class: 'why' }, step.why), references(step));
    this.details = element('details', {}, this.#summary(number), this.body);
    this.item = element('li', { class: 'step', 'data-step': step.id, 'data-state': 'planned' }, this.details);
    this.details.addEventListener('toggle', () => this.#toggled());
  }

  /** @param {number} number */
  #summary(number) {
    const { title, call, lane, toward } = this.step;
    return element(
      'summary',
      {},
      element('span', { class: 'number', 'aria-hidden': 'true' }, String(number)),
      element(
        'span',
        { class: `call of-${lane} to-${toward}` },
        element('b', {}, title),
        element('code', {}, ...breakable(call, /(?=\/)/)),
        element('span', { class: 'arrow', 'aria-hidden': 'true' }),
      ),
      element('span', { class: `brought of-${lane}` }, this.status, this.note),
    );
  }

  get state() {
    return /** @type {StepState} */ (this.item.dataset['state']);
  }

  /**
   * @param {StepState} state
   * @param {string} note
   */
  mark(state, note) {
    this.item.dataset['state'] = state;
    this.note.textContent = note;
  }

  /**
   * Shows an exchange of this step, or its answer.
   * @param {Exchange} exchange
   */
  show(exchange) {
    const shown = this.#shown.get(exchange.id)?.view;
    const isOpen = shown instanceof HTMLDetailsElement ? shown.open : this.#shown.size === 0;
    const view = foldedExchange(exchange, { isOpen });
    if (shown) shown.replaceWith(view);
    else this.body.append(view);
    this.#shown.set(exchange.id, { exchange, view });
    this.#summarise();
  }

  /**
   * Takes an exchange away that turned out to belong to another step.
   * @param {string} id
   */
  drop(id) {
    this.#shown.get(id)?.view.remove();
    if (this.#shown.delete(id)) this.#summarise();
  }

  /** Says in the row what the latest answer was. While the next one is on its way, the row stays as it is. */
  #summarise() {
    const all = [...this.#shown.values()].map(({ exchange }) => exchange);
    const answered = all.filter(({ status }) => status !== undefined);
    const latest = answered.at(-1) ?? all.at(-1);
    this.status.replaceChildren(...breakable(latest ? statusText(latest) : '', /(?<=_)/));
    if (latest) this.mark(stateOf(this.step.id, latest), noteOf(this.step.id, latest, answered.length));
    else this.mark('planned', '');
  }

  /** Brings what was opened into view. */
  #toggled() {
    if (!(/** @type {HTMLDetailsElement} */ (this.details).open)) return;
    this.item.scrollIntoView({ block: 'nearest' });
  }
}

/** @param {Step} step */
function references({ sections, files }) {
  return element(
    'ul',
    { class: 'references', 'aria-label': 'Where it is written' },
    ...sections.map(({ label, address }) =>
      element('li', {}, element('a', { href: address, target: '_blank', rel: 'noreferrer' }, label)),
    ),
    ...files.map((file) =>
      element('li', {}, element('a', { href: `/demo/source/${file}`, target: '_blank' }, element('code', {}, file))),
    ),
  );
}

/**
 * Lets a text break at some places.
 * @param {string} text
 * @param {RegExp} places
 */
function breakable(text, places) {
  return text.split(places).flatMap((part) => [element('wbr'), part]);
}
