import type { Delivery, SnsStandIn } from '../aws/sns.ts';

/** The data of a push, as the app gets it. */
export type PushData = Readonly<Record<string, string>>;
type Listener = (data: PushData) => void;

/** Apple and Google on one machine: pushes wait for their phone until they expire, then reach every connection of it. */
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

  /** Calls `listener` with every push for this token, those that still wait first. Returns how to stop. */
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
  const { fcmV1Message, ciba } = payload as { fcmV1Message?: { message: { data: PushData } }; ciba?: PushData };
  return fcmV1Message?.message.data ?? ciba ?? {};
}
