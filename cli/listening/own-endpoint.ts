import type { JsonObject } from '../command-line/json-object.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type Listening, listenForCalls, type Received, trustLocally } from './listener.ts';

/** What the provider told the client of a request. A push waits for the status with which it is answered. */
export type Told =
  | { readonly kind: 'ping' }
  | { readonly kind: 'push'; readonly members: JsonObject; answer(status: number): void };

/** A notification endpoint that waits for what the provider tells of one request. */
export type OwnEndpoint = {
  readonly listening: Listening;
  /** Whether the local runtime trusts its certificate. */
  readonly isTrusted: boolean;
  /** Waits for the ping or the push of a request. Resolves to undefined if none came in time. */
  told(authReqId: string, withinSeconds: number): Promise<Told | undefined>;
};

/** Starts listening. A call may come before the answer to the request, so all are remembered. */
export async function startOwnEndpoint(deployment: Deployment, port: number, token: string): Promise<OwnEndpoint> {
  const calls = new Calls();
  const listening = await listenForCalls(port, token, (received) => calls.add(received));
  const isTrusted = await trustLocally(deployment, listening).catch((error: unknown) => {
    listening.close();
    throw error;
  });
  return { listening, isTrusted, told: (authReqId, seconds) => calls.told(authReqId, seconds) };
}

/** The calls by request. A push that comes again gets the answer of the first. */
class Calls {
  readonly #told = new Map<string, Told>();
  readonly #answers = new Map<string, Promise<number>>();
  #arrived = Promise.withResolvers<void>();

  async add({ authReqId, pushed }: Received): Promise<number> {
    if (authReqId === undefined) return 204;
    const known = this.#answers.get(authReqId);
    if (known) return known;
    if (!pushed) {
      this.#remember(authReqId, { kind: 'ping' });
      return 204;
    }
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#answers.set(authReqId, promise);
    this.#remember(authReqId, { kind: 'push', members: pushed, answer: resolve });
    return promise;
  }

  async told(authReqId: string, withinSeconds: number): Promise<Told | undefined> {
    const end = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => end.resolve('late'), withinSeconds * 1000);
    try {
      for (;;) {
        const told = this.#told.get(authReqId);
        if (told || (await Promise.race([this.#arrived.promise, end.promise])) === 'late') return told;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #remember(authReqId: string, told: Told): void {
    this.#told.set(authReqId, told);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
