import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { QueuedMessage, QueueStore } from './message-queue.ts';

/** A line of the file. Without a message, the id is removed. */
type Line = { readonly id: string; readonly queue?: string; readonly message?: QueuedMessage };

/**
 * Keeps the messages of all queues in a file, as one line of JSON for each message that comes or goes. Each line is
 * written before the sender gets its answer, so what SQS acknowledged outlives a crash, as in SQS.
 */
export class QueueJournal {
  readonly #file: string;
  readonly #kept = new Map<string, Line>();

  constructor(file: string) {
    this.#file = file;
    for (const line of linesOf(file)) {
      if (line.message) this.#kept.set(line.id, line);
      else this.#kept.delete(line.id);
    }
    writeFileSync(`${file}.new`, [...this.#kept.values()].map(textOf).join(''), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Returns the part of one queue. */
  storeOf(queue: string): QueueStore {
    const own = [...this.#kept.values()].filter((line) => line.queue === queue);
    return {
      kept: own.flatMap(({ message }) => (message ? [message] : [])),
      add: (message) => this.#append({ id: message.id, queue, message }),
      remove: (id) => this.#append({ id }),
    };
  }

  #append(line: Line): void {
    appendFileSync(this.#file, textOf(line));
  }
}

const textOf = (line: Line): string => `${JSON.stringify(line)}\n`;

/** Reads the whole lines of a file. A crash may leave half a line at its end, which nobody acknowledged. */
function linesOf(file: string): readonly Line[] {
  try {
    const text = readFileSync(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
