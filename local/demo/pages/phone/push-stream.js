// The pushes of Apple or Google, as server-sent events. It connects again by itself, whatever ended the connection.

const RETRY_MS = 1000;

/** Dispatches `push` (detail: the payload), `lost` and `open`. */
export class PushStream extends EventTarget {
  /** @type {EventSource | undefined} */
  #source;
  #isClosed = false;

  /** @param {string} pushToken */
  constructor(pushToken) {
    super();
    this.pushToken = pushToken;
    this.#connect();
  }

  close() {
    this.#isClosed = true;
    this.#source?.close();
  }

  #connect() {
    if (this.#isClosed) return;
    const source = new EventSource(`/local/push?token=${encodeURIComponent(this.pushToken)}`);
    this.#source = source;
    source.addEventListener('push', ({ data }) => this.dispatchEvent(new CustomEvent('push', { detail: data })));
    source.addEventListener('open', () => this.dispatchEvent(new Event('open')));
    source.addEventListener('error', () => {
      // A browser gives up for good when the answer is an error, as while the provider starts.
      source.close();
      if (!this.#isClosed) this.dispatchEvent(new Event('lost'));
      setTimeout(() => this.#connect(), RETRY_MS);
    });
  }
}
