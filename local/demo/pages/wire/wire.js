// Makes every HTTP exchange of the page, so that the list "What goes over the wire" is complete.

import { meaningOf } from './meanings.js';

/** @typedef {'client' | 'phone' | 'provider' | 'push' | 'local' | 'page'} Party who sends or receives */

/**
 * One exchange, before and after its answer.
 * @typedef {object} Exchange
 * @property {Party} from
 * @property {Party} to
 * @property {string} method `PUSH` for a push, which comes without a request
 * @property {string} path
 * @property {Date} at
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

/** Dispatches `exchange` (detail: Exchange) when an exchange starts, and again when its answer has come. */
export class Wire extends EventTarget {
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
    return { status: exchange.status, headers: exchange.responseHeaders, json };
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
      at: new Date(),
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
