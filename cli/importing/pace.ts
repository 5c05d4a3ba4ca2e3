import { Refused } from '../command-line/failure.ts';
import type { Say } from '../command-line/steps.ts';
import { NO_ANSWER, NOT_REACHED, THROTTLED } from '../deployment/provider-answer.ts';

/** The error codes after which the same call may succeed, and how often it is made. Nine tries take most of a minute. */
const TRIES: Readonly<Record<string, number>> = {
  [THROTTLED]: 9,
  [NO_ANSWER]: 9,
  [NOT_REACHED]: 9,
  temporarily_unavailable: 9,
  server_error: 4,
};
/** The pauses between tries, in milliseconds. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
/** How many calls succeed before one more is made at the same time. */
const CALM = 25;

/** Thrown when somebody stopped the import. What was begun is finished, and nothing more is begun. */
export class Stopped extends Error {}

/**
 * How many calls are made at the same time. When the provider takes no more calls, they are halved and all wait, longer
 * each time. When calls succeed, they become more again, one by one.
 */
export class Pace {
  readonly #most: number;
  readonly #stop: AbortSignal;
  #width: number;
  #busy = 0;
  #calm = 0;
  #resumesAt = 0;
  /** Whether the provider answered before. If not, its address may be wrong, so nothing is tried again. */
  #hasAnswered = false;
  /** Whether somebody was told that the import waits. Once is enough until calls succeed again. */
  #isTold = false;
  readonly #say: Say;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number, stop: AbortSignal, say: Say) {
    this.#say = say;
    this.#most = most;
    this.#width = most;
    this.#stop = stop;
    stop.addEventListener('abort', () => this.#release());
  }

  /** Makes a call, and makes it again if it failed for a reason that passes. */
  async call<Answer>(make: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      await this.#turn();
      const made = await make()
        .then((answer) => ({ answer }))
        .catch((error: unknown) => ({ error }));
      this.#busy -= 1;
      if ('answer' in made) {
        this.#succeeded();
        return made.answer;
      }
      const isOver = tries >= this.#triesAfter(made.error);
      if (!isOver) this.#slowDown(made.error, tries);
      this.#release();
      if (isOver) throw made.error;
    }
  }

  #triesAfter(error: unknown): number {
    const code = error instanceof Refused ? (error.code ?? '') : '';
    if (code === NOT_REACHED && !this.#hasAnswered) return 1;
    return TRIES[code] ?? 1;
  }

  /** Waits until a call may be made. */
  async #turn(): Promise<void> {
    for (;;) {
      if (this.#stop.aborted) throw new Stopped();
      const wait = this.#resumesAt - Date.now();
      if (wait > 0) await pause(wait, this.#stop);
      else if (this.#busy < this.#width) break;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#busy += 1;
  }

  #succeeded(): void {
    this.#hasAnswered = true;
    this.#isTold = false;
    this.#calm += 1;
    if (this.#calm >= CALM && this.#width < this.#most) {
      this.#width += 1;
      this.#calm = 0;
    }
    this.#release();
  }

  #slowDown(error: unknown, tries: number): void {
    this.#tell(error);
    this.#calm = 0;
    // Calls that were under way together fail together. They count once.
    if (Date.now() < this.#resumesAt) return;
    this.#width = Math.max(1, Math.floor(this.#width / 2));
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1));
    this.#resumesAt = Date.now() + longest * (0.5 + Math.random() / 2);
  }

  /** A call that is made again takes up to a minute. That the provider takes fewer calls for a moment is no news. */
  #tell(error: unknown): void {
    if (this.#isTold || !(error instanceof Refused) || error.code === THROTTLED) return;
    this.#isTold = true;
    this.#say(`${error.message} The import waits and tries again, for up to a minute.`);
  }

  #release(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

/** Waits, unless it is stopped. */
function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stop.addEventListener('abort', end);
  });
}
