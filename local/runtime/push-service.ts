import * as v from 'valibot';
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
  /** All deliveries so far, for tests and the demo. */
  readonly deliveries: Delivery[] = [];

  constructor(sns: SnsStandIn, now: () => number) {
    this.#now = now;
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
    return () => listeners.delete(listener);
  }

  #deliver(delivery: Delivery): void {
    this.deliveries.push(delivery);
    const listeners = this.#listeners.get(delivery.token);
    if (listeners && listeners.size > 0) {
      for (const listener of listeners) listener(dataOf(delivery));
      return;
    }
    this.#waiting.set(delivery.token, [...(this.#waiting.get(delivery.token) ?? []), delivery]);
  }
}

function dataOf({ payload }: Delivery): PushData {
  const { success, output } = v.safeParse(pushPayload, payload);
  return success ? (output.fcmV1Message?.message.data ?? output.ciba ?? {}) : {};
}
