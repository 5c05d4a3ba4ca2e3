import { randomUUID } from 'node:crypto';

/** A message in a queue. Instants are seconds of the queue's clock, with fractions. */
export type QueuedMessage = {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly sender: string;
  readonly sentAt: number;
  /** The handle of the last receive. Earlier handles are no longer valid. */
  receipt: string;
  visibleAt: number;
  receives: number;
  firstReceivedAt: number;
};
type Sent = Pick<QueuedMessage, 'body' | 'group' | 'sender'> & { readonly delaySeconds?: number };
type Receive = {
  readonly limit: number;
  /** How long to wait for the first message. */
  readonly waitSeconds: number;
  readonly visibilityTimeout: number;
  /** Aborts when the receiver has hung up. */
  readonly gone: AbortSignal;
};
type Redrive = { readonly maxReceiveCount: number; readonly deadLetters: MessageQueue };

/** The pause between two looks at hidden messages. Tests may move the clock at any time. */
const RECHECK_MILLISECONDS = 50;

/** Where one queue keeps its messages. A receive is not kept, so a message in work is there again after a restart. */
export type QueueStore = {
  /** The messages that were there at the start. */
  readonly kept: readonly QueuedMessage[];
  /** Keeps a message. One that another queue kept under the same id moves to this one. */
  add(message: QueuedMessage): void;
  remove(id: string): void;
};
/** What a queue may have: a dead-letter queue, and a place where its messages outlive the process. */
type QueueOptions = { readonly redrive?: Redrive | undefined; readonly store?: QueueStore | undefined };

/** A standard queue. It delivers at least once, in no guaranteed order. */
export class MessageQueue {
  readonly #now: () => number;
  readonly #redrive: Redrive | undefined;
  readonly #store: QueueStore | undefined;
  #messages: QueuedMessage[];
  readonly #waiting = new Set<() => void>();

  constructor(now: () => number, { redrive, store }: QueueOptions = {}) {
    this.#now = now;
    this.#redrive = redrive;
    this.#store = store;
    this.#messages = [...(store?.kept ?? [])];
  }

  /** Adds a message and returns its id. */
  send({ delaySeconds = 0, ...sent }: Sent): string {
    const sentAt = this.#now();
    const id = randomUUID();
    const receipt = randomUUID();
    this.#add({ ...sent, id, sentAt, receipt, visibleAt: sentAt + delaySeconds, receives: 0, firstReceivedAt: 0 });
    return id;
  }

  /** Returns up to `limit` visible messages and hides them. Returns none if none is visible by the end of the wait. */
  async receive({ limit, waitSeconds, visibilityTimeout, gone }: Receive): Promise<readonly QueuedMessage[]> {
    const end = performance.now() + waitSeconds * 1000;
    while (!gone.aborted) {
      const taken = this.#hideVisible(limit, visibilityTimeout);
      const left = end - performance.now();
      if (taken.length > 0 || left <= 0) return taken;
      await this.#change(this.#messages.length > 0 ? Math.min(left, RECHECK_MILLISECONDS) : left, gone);
    }
    return [];
  }

  /** Changes for how long a message stays hidden. Does nothing if it is visible or was received again. */
  changeVisibility(receipt: string, seconds: number): void {
    const now = this.#now();
    const message = this.#messages.find((each) => each.receipt === receipt && each.visibleAt > now);
    if (!message) return;
    message.visibleAt = now + seconds;
    this.#wake();
  }

  /** Deletes a message. Does nothing if it was received again since. */
  delete(receipt: string): void {
    const deleted = this.#messages.find((message) => message.receipt === receipt);
    if (!deleted) return;
    this.#messages = this.#messages.filter((message) => message !== deleted);
    this.#store?.remove(deleted.id);
  }

  #add(message: QueuedMessage): void {
    this.#store?.add(message);
    this.#messages.push(message);
    this.#wake();
  }

  #hideVisible(limit: number, visibilityTimeout: number): readonly QueuedMessage[] {
    const now = this.#now();
    this.#moveDeadLetters(now);
    const visible = this.#messages.filter(({ visibleAt }) => visibleAt <= now);
    // As in a fair queue, groups with fewer messages in work come first.
    const inWork = Map.groupBy(
      this.#messages.filter((message) => message.visibleAt > now && message.receives > 0),
      ({ group }) => group,
    );
    const load = ({ group }: QueuedMessage) => (group === undefined ? 0 : (inWork.get(group)?.length ?? 0));
    const taken = visible.toSorted((one, other) => load(one) - load(other)).slice(0, limit);
    for (const message of taken) {
      message.receipt = randomUUID();
      message.visibleAt = now + visibilityTimeout;
      message.receives += 1;
      message.firstReceivedAt ||= now;
    }
    // Copies, because the next receive changes the message while this answer may still be on its way.
    return taken.map((message) => ({ ...message }));
  }

  /** Moves messages that were received as often as allowed to the dead-letter queue. */
  #moveDeadLetters(now: number): void {
    const redrive = this.#redrive;
    if (!redrive) return;
    const isDead = (message: QueuedMessage) => message.visibleAt <= now && message.receives >= redrive.maxReceiveCount;
    const dead = this.#messages.filter(isDead);
    this.#messages = this.#messages.filter((message) => !dead.includes(message));
    for (const message of dead) redrive.deadLetters.#add(message);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Waits until something changes, the time is up or the receiver has hung up. */
  async #change(milliseconds: number, gone: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, milliseconds);
    this.#waiting.add(wake);
    gone.addEventListener('abort', wake);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(wake);
    gone.removeEventListener('abort', wake);
  }
}
