import { randomUUID } from 'node:crypto';

/** A message in a queue. Instants are seconds of the queue's clock, with fractions. */
export type QueuedMessage = {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly sender: string;
  readonly sentAt: number;
  /** The handle of the last receive; those before it are worth nothing any more. */
  receipt: string;
  visibleAt: number;
  receives: number;
  firstReceivedAt: number;
};
type Sent = Pick<QueuedMessage, 'body' | 'group' | 'sender'> & { readonly delaySeconds?: number };
type Receive = {
  readonly limit: number;
  /** How long to wait for a first message. */
  readonly waitSeconds: number;
  readonly visibilityTimeout: number;
  /** Whoever asked has hung up. */
  readonly gone: AbortSignal;
};
type Redrive = { readonly maxReceiveCount: number; readonly deadLetters: MessageQueue };

/** Tests move the clock under us, so that while messages are hidden it is looked at again and again. */
const LOOK_MILLISECONDS = 50;

/** A standard queue: at least once, in no promised order. */
export class MessageQueue {
  readonly #now: () => number;
  readonly #redrive: Redrive | undefined;
  #messages: QueuedMessage[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(now: () => number, redrive?: Redrive) {
    this.#now = now;
    this.#redrive = redrive;
  }

  /** Tells the message's id. */
  send({ delaySeconds = 0, ...sent }: Sent): string {
    const sentAt = this.#now();
    const id = randomUUID();
    const receipt = randomUUID();
    this.#add({ ...sent, id, sentAt, receipt, visibleAt: sentAt + delaySeconds, receives: 0, firstReceivedAt: 0 });
    return id;
  }

  /** Up to `limit` visible messages, hidden from others from now on; none when there is none until the wait is over. */
  async receive({ limit, waitSeconds, visibilityTimeout, gone }: Receive): Promise<readonly QueuedMessage[]> {
    const end = performance.now() + waitSeconds * 1000;
    while (!gone.aborted) {
      const taken = this.#take(limit, visibilityTimeout);
      const left = end - performance.now();
      if (taken.length > 0 || left <= 0) return taken;
      await this.#change(this.#messages.length > 0 ? Math.min(left, LOOK_MILLISECONDS) : left, gone);
    }
    return [];
  }

  /** Does nothing unless the message is still hidden by this receive. */
  changeVisibility(receipt: string, seconds: number): void {
    const now = this.#now();
    const message = this.#messages.find((each) => each.receipt === receipt && each.visibleAt > now);
    if (!message) return;
    message.visibleAt = now + seconds;
    this.#wake();
  }

  /** Does nothing when the message was received again since. */
  delete(receipt: string): void {
    this.#messages = this.#messages.filter((message) => message.receipt !== receipt);
  }

  #add(message: QueuedMessage): void {
    this.#messages.push(message);
    this.#wake();
  }

  #take(limit: number, visibilityTimeout: number): readonly QueuedMessage[] {
    const now = this.#now();
    this.#moveDeadLetters(now);
    const visible = this.#messages.filter(({ visibleAt }) => visibleAt <= now);
    // A fair queue: groups with fewer messages in work come first.
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
    // Copies: the next receive changes the message while this answer may still be on its way.
    return taken.map((message) => ({ ...message }));
  }

  /** A message moves when it would be received once more than it may. */
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

  /** Until something changes, the time is up or the receiver is gone. */
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
