// The client's notification endpoint, which pings and pushes reach. No browser can listen, so npm start does it.

import { randomText } from '../jwt.js';

/** @typedef {{ url: string, headers: Record<string, string>, body: string, status: number }} Arrived */
/** @typedef {{ auth_req_id: string, access_token?: string, error?: string, error_description?: string }} Told */

/** The calls with one bearer token. Each login has its own token (CIBA §7.1). */
export class Notifications {
  /** The client_notification_token of this login. */
  token = randomText(32);
  /** @type {Told[]} */
  #told = [];
  /** @type {EventSource | undefined} */
  #source;

  /**
   * @param {import('../flow/wire.js').Wire} wire
   * @param {import('./poll-timer.js').PollTimer} timer of the login: a call ends its wait
   */
  constructor(wire, timer) {
    this.wire = wire;
    this.timer = timer;
  }

  /** Begins to listen. Resolves when it does: a push can come before the answer to the request. */
  open() {
    const source = new EventSource(`/local/notifications?token=${this.token}`);
    this.#source = source;
    source.addEventListener('notification', ({ data }) => this.#arrived(JSON.parse(data)));
    return new Promise((resolve) => {
      for (const event of ['open', 'error']) source.addEventListener(event, resolve, { once: true });
    });
  }

  /**
   * Takes what came for a request, if something did.
   * @param {string} authReqId
   * @returns {Told | undefined}
   */
  take(authReqId) {
    const at = this.#told.findIndex(({ auth_req_id: id }) => id === authReqId);
    return at < 0 ? undefined : this.#told.splice(at, 1)[0];
  }

  close() {
    this.#source?.close();
  }

  /** @param {Arrived} arrived */
  #arrived({ url, headers, body, status }) {
    this.#told.push(JSON.parse(body));
    this.wire.notified({ path: url, requestHeaders: headers, requestBody: body, status });
    this.timer.hurry();
  }
}
