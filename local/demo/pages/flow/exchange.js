// One exchange: its line, what it means, request and response, and the same as a curl command.

import { element, timeOfDay } from '../elements.js';
import { cautionOf, curlOf } from './curl.js';
import { rawMessage } from './raw.js';

/** @typedef {import('./wire.js').Exchange} Exchange */

/**
 * Shows an exchange as it is now.
 * @param {Exchange} exchange
 */
function exchangeView(exchange) {
  return element(
    'div',
    { class: 'exchange', ...factsOf(exchange) },
    element('p', { class: 'line' }, element('b', {}, exchange.method), ` ${addressOf(exchange)}`),
    element('p', { class: 'meaning' }, exchange.meaning),
    ...rawMessages(exchange),
    ...copyButton(exchange),
  );
}

/**
 * Shows an exchange as a row that opens.
 * @param {Exchange} exchange
 * @param {{ title?: string, isOpen?: boolean }} [options]
 */
export function foldedExchange(exchange, { title = '', isOpen = false } = {}) {
  const at = timeOfDay(exchange.at, { seconds: true });
  return element(
    'details',
    { class: 'folded', open: isOpen },
    element(
      'summary',
      {},
      `${at} ${title}`.trim(),
      element('span', { class: `status ${statusClass(exchange.status)}` }, statusText(exchange)),
    ),
    exchangeView(exchange),
  );
}

/** @param {Exchange} exchange */
function factsOf(exchange) {
  return {
    'data-method': exchange.method,
    'data-path': exchange.path,
    'data-status': exchange.status === undefined ? '' : String(exchange.status),
    'data-from': exchange.from,
    'data-error': errorCode(exchange),
  };
}

/** @param {Exchange} exchange */
function rawMessages(exchange) {
  const { method, status } = exchange;
  if (method === 'PUSH') return [rawMessage('Payload', 'event: push', {}, exchange.responseBody)];
  const request = rawMessage(
    'Request',
    `${method} ${addressOf(exchange)}`,
    exchange.requestHeaders,
    exchange.requestBody,
  );
  if (status === undefined) return [request];
  const firstLine = status === 0 ? 'no answer' : `HTTP ${status}`;
  return [request, rawMessage('Response', firstLine, exchange.responseHeaders, exchange.responseBody)];
}

/**
 * The whole address where there is TLS, so that it is seen; otherwise the path.
 * @param {Exchange} exchange
 */
function addressOf({ from, path }) {
  const isToProvider = from !== 'provider' && path.startsWith('/');
  return location.protocol === 'https:' && isToProvider ? location.origin + path : path;
}

/** @param {Exchange} exchange */
function copyButton(exchange) {
  const command = curlOf(exchange, location.origin, document.documentElement.dataset['authority']);
  if (command === undefined) return [];
  const told = element('span', { class: 'told', role: 'status' });
  const button = element('button', { type: 'button', class: 'copy' }, 'Copy as curl');
  button.addEventListener('click', async () => {
    told.textContent = await navigator.clipboard.writeText(command).then(
      () => 'Copied.',
      () => 'The browser does not allow it.',
    );
  });
  return [element('div', { class: 'copying' }, button, told), element('p', { class: 'caution' }, cautionOf(exchange))];
}

/** @param {Exchange} exchange */
export function statusText({ status, method, ...exchange }) {
  if (status === undefined) return '…';
  if (method === 'PUSH') return 'push';
  if (status === 0) return 'no answer';
  const error = errorCode(exchange);
  return error ? `${status} ${error}` : String(status);
}

/** @param {number | undefined} status */
function statusClass(status) {
  if (status === undefined) return 'running';
  if (status >= 200 && status < 300) return 'good';
  return status >= 500 || status === 0 ? 'bad' : 'refused';
}

/**
 * @param {Pick<Exchange, 'responseBody'>} exchange
 * @returns {string | undefined}
 */
export function errorCode({ responseBody }) {
  try {
    const { error } = /** @type {{ error?: unknown }} */ (JSON.parse(responseBody));
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
