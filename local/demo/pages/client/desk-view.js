// Which part of the desk is visible, and in which state it is. Only one of the three panes is.

import { byId, say } from '../elements.js';

/** @typedef {'form' | 'waiting' | 'ending'} View */
/**
 * The state of the desk, as `data-state` of #state and #stage.
 * @typedef {'idle' | 'asking' | 'pending' | 'stopped' | 'unreachable' | 'approved' | 'denied' | 'expired' | 'limited'
 *   | 'refused' | 'gone' | 'withdrawn'} DeskState
 */

/** @type {Record<DeskState, string>} */
const TITLES = {
  idle: 'Ready to ask',
  asking: 'Asking…',
  pending: 'Waiting for the answer',
  stopped: 'The client gave up',
  unreachable: 'The provider does not answer',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  limited: 'Left in peace',
  refused: 'Refused',
  gone: 'The request is gone',
  withdrawn: 'Withdrawn',
};

const HEADINGS = { form: 'ask', waiting: 'waiting-title', ending: 'ending-title' };

/**
 * @param {DeskState} state
 * @param {View} view
 * @param {string} [announcement] what a screen reader says
 */
export function showState(state, view, announcement) {
  const card = /** @type {HTMLElement} */ (byId('form-pane').closest('.card'));
  const before = card.querySelector(`#${card.dataset['view']}-pane`);
  const hadFocus = before?.contains(document.activeElement) ?? false;
  const moves = card.dataset['view'] !== view && hadFocus;
  card.dataset['view'] = view;
  byId('state').dataset['state'] = state;
  byId('stage').dataset['state'] = state;
  say('state-title', TITLES[state]);
  say('announce', announcement ?? TITLES[state]);
  // The focus must not stay in a pane that is gone.
  if (moves) byId(HEADINGS[view]).focus({ preventScroll: true });
}
