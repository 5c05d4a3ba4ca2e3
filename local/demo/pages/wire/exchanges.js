// The list "What goes over the wire", which shows each exchange as it happens.

import { byId, element } from '../elements.js';
import { rawMessage } from './raw.js';

/** @typedef {import('./wire.js').Exchange} Exchange */

/** @type {Record<import('./wire.js').Party, string>} */
const NAMES = {
  client: 'Client',
  phone: 'Phone',
  provider: 'Provider',
  push: 'SNS',
  local: 'Local helper',
  page: 'This page',
};

/**
 * Shows each exchange that the wire reports.
 * @param {import('./wire.js').Wire} wire
 */
export function showExchanges(wire) {
  /** @type {Map<Exchange, HTMLElement>} */
  const items = new Map();
  const list = byId('exchanges');
  chapter('Getting ready');
  wire.addEventListener('exchange', (event) => {
    const exchange = /** @type {CustomEvent<Exchange>} */ (event).detail;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const shown = items.get(exchange);
    const item = exchangeItem(exchange, shown);
    items.set(exchange, item);
    if (shown) shown.replaceWith(item);
    else list.append(item);
    if (atEnd) list.scrollTop = list.scrollHeight;
  });
}

/**
 * Begins a new login in the list. Removes the previous login, but keeps the set-up of the phone.
 * @param {string} title
 */
export function newLogin(title) {
  const list = byId('exchanges');
  for (const old of list.querySelectorAll('.login, .login ~ li')) old.remove();
  const heading = chapter(title);
  heading.classList.add('login');
  list.scrollTop = list.scrollHeight;
}

/** @param {string} title */
function chapter(title) {
  const item = element('li', { class: 'chapter' }, element('h3', {}, title));
  byId('exchanges').append(item);
  return item;
}

/**
 * @param {Exchange} exchange
 * @param {HTMLElement | undefined} shown the current item; the new one stays open if it is open
 */
function exchangeItem(exchange, shown) {
  const status = exchange.status === undefined ? '' : String(exchange.status);
  const error = errorCode(exchange);
  return element(
    'li',
    {
      class: 'exchange',
      'data-method': exchange.method,
      'data-path': exchange.path,
      'data-status': status,
      'data-from': exchange.from,
      'data-error': error,
    },
    element(
      'details',
      { open: shown?.querySelector('details')?.open ?? false },
      element(
        'summary',
        {},
        element('span', { class: 'route' }, `${NAMES[exchange.from]} → ${NAMES[exchange.to]}`),
        element('span', { class: `status ${statusClass(exchange.status)}` }, statusText(exchange, error)),
        element(
          'span',
          { class: 'line' },
          element('b', {}, exchange.method),
          ' ',
          exchange.path.replace(/(?<=\/requests\/|token=|\/devices\/)([\w-]{6})[\w-]{8,}/, '$1…'),
        ),
        element('span', { class: 'meaning' }, exchange.meaning),
      ),
      ...rawMessages(exchange),
    ),
  );
}

/** @param {Exchange} exchange */
function rawMessages(exchange) {
  const { method, path, status } = exchange;
  if (method === 'PUSH') return [rawMessage('Payload', `event: push`, {}, exchange.responseBody)];
  const request = rawMessage('Request', `${method} ${path}`, exchange.requestHeaders, exchange.requestBody);
  if (status === undefined) return [request];
  const firstLine = status === 0 ? 'no answer' : `HTTP ${status}`;
  return [request, rawMessage('Response', firstLine, exchange.responseHeaders, exchange.responseBody)];
}

/**
 * @param {Exchange} exchange
 * @param {string | undefined} error
 */
function statusText({ status, method }, error) {
  if (status === undefined) return '…';
  if (method === 'PUSH') return 'push';
  if (status === 0) return 'no answer';
  return error ? `${status} ${error}` : String(status);
}

/** @param {number | undefined} status */
function statusClass(status) {
  if (status === undefined) return 'running';
  if (status >= 200 && status < 300) return 'good';
  return status >= 500 || status === 0 ? 'bad' : 'refused';
}

/**
 * @param {Exchange} exchange
 * @returns {string | undefined}
 */
function errorCode({ responseBody }) {
  try {
    const { error } = /** @type {{ error?: unknown }} */ (JSON.parse(responseBody));
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
