import { type Listening, listenForCalls, type Received } from '../../cli/listening/listener.ts';
import { addRecent } from '../aws/recent.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A ping or a push, as it came, and how the endpoint answered it. */
export type ArrivedCall = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
};
type Listener = (call: ArrivedCall) => void;

/** How many calls wait for a page that has lost its connection. */
const REMEMBERED = 20;
/** How many tokens are known. Each login has a new one. */
const REMEMBERED_TOKENS = 200;

/**
 * The notification endpoint of the clients that the demo page plays (CIBA §10.2, §10.3), because no browser can listen.
 * It hands each call on to the page that waits with the same bearer token. A token that no page has is answered 401.
 */
export class DemoEndpoint {
  readonly #runtime: Runtime;
  #listening: Promise<Listening> | undefined;
  readonly #waiting = new Map<string, ArrivedCall[]>();
  readonly #listeners = new Map<string, Listener>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Returns its address. It starts when it is first needed, because the functions have to trust its certificate. */
  async url(): Promise<string> {
    this.#listening ??= this.#start();
    return (await this.#listening).url;
  }

  /** Calls `listener` with each call that has this token, waiting ones first. Returns the function that stops it. */
  connect(token: string, listener: Listener): () => void {
    for (const call of this.#waiting.get(token) ?? []) listener(call);
    this.#waiting.delete(token);
    this.#waiting.set(token, []);
    for (const old of [...this.#waiting.keys()].slice(0, -REMEMBERED_TOKENS)) this.#waiting.delete(old);
    this.#listeners.set(token, listener);
    return () => {
      if (this.#listeners.get(token) === listener) this.#listeners.delete(token);
    };
  }

  async #start(): Promise<Listening> {
    const listening = await listenForCalls(0, undefined, async (received) => this.#take(received));
    this.#runtime.atEnd(() => listening.close());
    await this.#runtime.trust(listening.certificate);
    return listening;
  }

  async #take({ sent }: Received): Promise<number> {
    const token = sent.headers['authorization']?.replace(/^Bearer /, '') ?? '';
    const waiting = this.#waiting.get(token);
    if (!waiting) return 401;
    const call = { url: await this.url(), ...sent, status: 204 };
    const listener = this.#listeners.get(token);
    if (listener) listener(call);
    else addRecent(waiting, call, REMEMBERED);
    return call.status;
  }
}
