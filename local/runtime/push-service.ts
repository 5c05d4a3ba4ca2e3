import * as v from 'valibot';
import { addRecent } from '../aws/recent.ts';
import type { Delivery, SnsStandIn } from '../aws/sns.ts';

const pushData = v.record(v.string(), v.string());
/** The data of a push, as the app receives it. */
type PushData = Readonly<v.InferOutput<typeof pushData>>;
/** The places of the data in pushes of Google and Apple. */
const pushPayload = v.object({
  fcmV1Message: v.optional(v.object({ message: v.object({ data: pushData }) })),
  ciba: v.optional(pushData),
});
type Listener = (data: PushData) => void;

/**
 * Apple and Google on one machine. A push reaches every connection of its phone, and waits for one until it expires.
 */
export class PushService {
  readonly #now: () => number;
  readonly #waiting = new Map<string, Delivery[]>();
  readonly #listeners = new Map<string, Set<Listener>>();
  /** The last deliveries, for tests. */
  readonly deliveries: Delivery[] = [];
  readonly #remembers: number;

  /** `remembers`: how many deliveries are kept in `deliveries`. */
  constructor(sns: SnsStandIn, now: () => number, remembers = Number.POSITIVE_INFINITY) {
    this.#now = now;
    this.#remembers = remembers;
    sns.on('delivery', (delivery) => this.#deliver(delivery));
  }

  /** Calls `listener` with every push for this token, waiting ones first. Returns the function that stops it. */
  connect(token: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(token) ?? new Set();
    this.#listeners.set(token, listeners.add(listener));
    for (const delivery of this.#waiting.get(token) ?? []) {
      if (delivery.expiresAt > this.#now()) listener(dataOf(delivery));
    }
    this.#waiting.delete(token);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(token);
    };
  }

  #deliver(delivery: Delivery): void {
    addRecent(this.deliveries, delivery, this.#remembers);
    const listeners = this.#listeners.get(delivery.token);
    if (listeners && listeners.size > 0) {
      for (const listener of listeners) listener(dataOf(delivery));
      return;
    }
    const alive = (this.#waiting.get(delivery.token) ?? []).filter(({ expiresAt }) => expiresAt > this.#now());
    this.#waiting.set(delivery.token, [...alive, delivery]);
  }

  /** Drops waiting pushes that have expired. */
  sweep(): void {
    for (const [token, deliveries] of this.#waiting) {
      const alive = deliveries.filter(({ expiresAt }) => expiresAt > this.#now());
      if (alive.length > 0) this.#waiting.set(token, alive);
      else this.#waiting.delete(token);
    }
  }

  /** How many pushes wait for a phone. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }
}

function dataOf({ payload }: Delivery): PushData {
  const { success, output } = v.safeParse(pushPayload, payload);
  return success ? (output.fcmV1Message?.message.data ?? output.ciba ?? {}) : {};
}
