// Makes every HTTP exchange of the page, so that what is drawn as lanes is complete.

import { meaningOf } from './meanings.js';

/** @typedef {'client' | 'phone' | 'provider' | 'push' | 'local' | 'page'} Party who sends or receives */

/**
 * One exchange, before and after its answer.
 * @typedef {object} Exchange
 * @property {string} id
 * @property {boolean} isMirrored whether another page made it: a phone that is open by itself
 * @property {Party} from
 * @property {Party} to
 * @property {string} method `PUSH` for a push, which comes without a request
 * @property {string} path
 * @property {number} at epoch milliseconds
 * @property {Record<string, string>} requestHeaders only those this page sets; the browser adds its own
 * @property {string} requestBody
 * @property {number | undefined} status undefined while it runs, 0 when no answer came
 * @property {Record<string, string>} responseHeaders
 * @property {string} responseBody
 * @property {string} meaning one sentence for the reader
 */

/**
 * A request of the page.
 * @typedef {object} Question
 * @property {Party} from
 * @property {Party} [to] default: the provider
 * @property {string} [method] default: GET
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 */

/** @typedef {Record<string, unknown>} Json a JSON object with unchecked members */
/** @typedef {{ status: number, headers: Record<string, string>, json: Json | undefined }} Answer status 0: no answer came */

const CHANNEL = 'ciba-demo';

/**
 * Dispatches `exchange` (detail: Exchange) when an exchange starts, and again when its answer has come. Dispatches
 * `no-answer` when none came.
 */
export class Wire extends EventTarget {
  #channel = new BroadcastChannel(CHANNEL);
  /** Whether the exchanges of this page are told to the other pages. */
  #isTelling = false;

  /** Tells the other pages of this browser what this page does. */
  tellOthers() {
    this.#isTelling = true;
  }

  /** Dispatches what other pages tell, too. */
  listenToOthers() {
    this.#channel.addEventListener('message', ({ data }) =>
      this.dispatchEvent(new CustomEvent('exchange', { detail: { ...data, isMirrored: true } })),
    );
  }

  /**
   * @param {Question} question
   * @returns {Promise<Answer>}
   */
  async ask({ from, to = 'provider', method = 'GET', path, headers = {}, body = '' }) {
    const exchange = this.#begin({ from, to, method, path, requestHeaders: headers, requestBody: body });
    try {
      // Without `omit` the browser handles a 401 with WWW-Authenticate itself and asks the user for a password.
      const response = await fetch(path, {
        method,
        headers,
        ...(body && { body }),
        cache: 'no-store',
        credentials: 'omit',
      });
      exchange.responseHeaders = Object.fromEntries(response.headers);
      exchange.responseBody = await response.text();
      exchange.status = response.status;
    } catch (problem) {
      exchange.status = 0;
      exchange.responseBody = String(problem);
    }
    const json = parseJson(exchange.responseBody);
    exchange.meaning = meaningOf(method, path, exchange.status, textOf(json?.error));
    this.#report(exchange);
    if (exchange.status === 0) this.dispatchEvent(new Event('no-answer'));
    return { status: exchange.status, headers: exchange.responseHeaders, json };
  }

  /**
   * Records a call of the provider that has arrived at the client's notification endpoint.
   * @param {Pick<Exchange, 'path' | 'requestHeaders' | 'requestBody' | 'status'>} call
   */
  notified(call) {
    const exchange = this.#begin({ from: 'provider', to: 'client', method: 'POST', ...call });
    const { access_token: accessToken, error } = parseJson(call.requestBody) ?? {};
    const brought = textOf(error) ?? (accessToken === undefined ? 'ping' : 'tokens');
    exchange.meaning = meaningOf('POST', 'notification endpoint', call.status ?? 0, brought);
    this.#report(exchange);
  }

  /**
   * Records a push that has arrived at the phone.
   * @param {string} payload
   */
  pushArrived(payload) {
    const type = parseJson(payload)?.type ?? 'push';
    const exchange = this.#begin({ from: 'push', to: 'phone', method: 'PUSH', path: String(type) });
    exchange.status = 200;
    exchange.responseBody = payload;
    exchange.meaning = meaningOf('PUSH', String(type), 200, undefined);
    this.#report(exchange);
  }

  /**
   * @param {Pick<Exchange, 'from' | 'to' | 'method' | 'path'> & Partial<Exchange>} start
   * @returns {Exchange}
   */
  #begin(start) {
    const exchange = {
      id: crypto.randomUUID(),
      isMirrored: false,
      at: Date.now(),
      requestHeaders: {},
      requestBody: '',
      status: undefined,
      responseHeaders: {},
      responseBody: '',
      meaning: 'On its way…',
      ...start,
    };
    this.#report(exchange);
    return exchange;
  }

  /** @param {Exchange} exchange */
  #report(exchange) {
    if (this.#isTelling) this.#channel.postMessage(exchange);
    this.dispatchEvent(new CustomEvent('exchange', { detail: exchange }));
  }
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === 'string' ? value : undefined;
}

/**
 * @param {string} text
 * @returns {Json | undefined}
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
