// Every HTTP exchange of the page goes through here, so that the list "What goes over the wire" leaves nothing out.

import { meaningOf } from './meanings.js';

/** @typedef {'client' | 'phone' | 'provider' | 'push' | 'local' | 'page'} Party who speaks or listens */

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
 * What the page asks of the wire.
 * @typedef {object} Question
 * @property {Party} from
 * @property {Party} [to] the provider unless said otherwise
 * @property {string} [method] GET unless said otherwise
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 */

/** @typedef {Record<string, unknown>} Json a JSON object whose members nobody has looked at */
/** @typedef {{ status: number, headers: Record<string, string>, json: Json | undefined }} Answer status 0: no answer came */

/** Dispatches `exchange` (detail: Exchange) when one starts and again when its answer is there. */
export class Wire extends EventTarget {
  /**
   * @param {Question} question
   * @returns {Promise<Answer>}
   */
  async ask({ from, to = 'provider', method = 'GET', path, headers = {}, body = '' }) {
    const exchange = this.#begin({ from, to, method, path, requestHeaders: headers, requestBody: body });
    try {
      // Without `omit` the browser takes a 401 with WWW-Authenticate for its own and asks the reader for a password.
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
    this.#tell(exchange);
    return { status: exchange.status, headers: exchange.responseHeaders, json };
  }

  /**
   * A push that has arrived at the phone.
   * @param {string} payload
   */
  pushArrived(payload) {
    const type = parseJson(payload)?.type ?? 'push';
    const exchange = this.#begin({ from: 'push', to: 'phone', method: 'PUSH', path: String(type) });
    exchange.status = 200;
    exchange.responseBody = payload;
    exchange.meaning = meaningOf('PUSH', String(type), 200, undefined);
    this.#tell(exchange);
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
    this.#tell(exchange);
    return exchange;
  }

  /** @param {Exchange} exchange */
  #tell(exchange) {
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
