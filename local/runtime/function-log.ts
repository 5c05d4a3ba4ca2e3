import { randomUUID } from 'node:crypto';
import { addRecent } from '../aws/recent.ts';

/** The most lines and bytes that are kept where the runtime sets no number, so that memory stays flat. */
const REMEMBERED_LINES = 5_000;
const REMEMBERED_BYTES = 8 * 1024 * 1024;

/** A line that a function wrote, as it was, with its place in the log and the epoch millisecond of its arrival. */
export type LoggedLine = {
  /** The run of the runtime. Numbers begin again with each. */
  readonly run: string;
  readonly number: number;
  readonly at: number;
  readonly function: string;
  readonly line: string;
};
/** From where on lines are wanted: after one that is known, or since an instant in epoch milliseconds. */
export type LogPosition = {
  readonly run?: string | undefined;
  readonly after?: number | undefined;
  readonly since?: number | undefined;
};

/** The last lines of all functions, in the order in which they came, and who wants to hear of the next. */
export class FunctionLog {
  readonly #run = randomUUID();
  readonly #lines: LoggedLine[] = [];
  readonly #listeners = new Set<(line: LoggedLine) => void>();
  readonly #remembers: number;
  #bytes = 0;
  #count = 0;

  constructor(remembers = REMEMBERED_LINES) {
    this.#remembers = Math.min(remembers, REMEMBERED_LINES);
  }

  /** Adds a line, and drops the oldest beyond the limits. */
  readonly add = (name: string, line: string): void => {
    if (line === '') return;
    this.#count += 1;
    const logged = { run: this.#run, number: this.#count, at: Date.now(), function: name, line };
    this.#bytes += line.length;
    for (const dropped of addRecent(this.#lines, logged, this.#remembers)) this.#bytes -= dropped.line.length;
    while (this.#bytes > REMEMBERED_BYTES && this.#lines.length > 1)
      this.#bytes -= this.#lines.shift()?.line.length ?? 0;
    for (const tell of this.#listeners) tell(logged);
  };

  /** Returns the lines from a position on. A number of another run is not known here: then the instant alone counts. */
  from({ run, after = 0, since = 0 }: LogPosition): readonly LoggedLine[] {
    const known = run === this.#run ? after : 0;
    return this.#lines.filter(({ number, at }) => number > known && (known > 0 || at >= since));
  }

  /** Tells of each line from now on, until the returned function is called. */
  listen(tell: (line: LoggedLine) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }
}
