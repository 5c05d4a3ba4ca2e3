/** A message of the queue of notifications. */
export type Message = {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  /** How many consumers have it at the moment. */
  receives: number;
};

/** The visibility timeout of the queue of notifications: twice the timeout of its function (`infra/notifications/`). */
const VISIBILITY_SECONDS = 30;

/** A standard queue: it delivers at least once, in any order, and again when nobody deletes a message in time. */
export class Queue {
  #messages: Message[] = [];
  #made = 0;
  readonly deadLetters: { readonly body: string; readonly at: number }[] = [];

  add(body: string, now: number, delaySeconds = 0): void {
    this.#made += 1;
    this.#messages.push({ id: `message-${this.#made}`, body, sentAt: now, visibleAt: now + delaySeconds, receives: 0 });
  }

  get all(): readonly Message[] {
    return this.#messages;
  }

  visible(now: number): readonly Message[] {
    return this.#messages.filter(({ visibleAt }) => visibleAt <= now);
  }

  /** Gives a message to a consumer. `isTwice`: it stays visible all the same, as SQS may do. */
  receive(message: Message, now: number, isTwice: boolean): void {
    message.receives += 1;
    if (!isTwice) message.visibleAt = now + VISIBILITY_SECONDS;
  }

  postpone(id: string, now: number, seconds: number): void {
    const message = this.#messages.find((one) => one.id === id);
    if (message) message.visibleAt = now + seconds;
  }

  delete(id: string): void {
    this.#messages = this.#messages.filter((one) => one.id !== id);
  }
}
