import { LOG_LEVEL_COPY_SECONDS, type LogLevelSetting, logLevelAt } from '../core/operating/log-level.ts';
import type { AwsCallLine } from '../core/operating/log-line.ts';
import type { Clock } from '../flows/ports.ts';

/** How a function follows the log level: where it reads it, and where it writes the lines of calls. */
export type LogLevelSource = {
  readonly service: string;
  readonly read: () => Promise<LogLevelSetting | undefined>;
  readonly write: (line: AwsCallLine) => void;
  readonly clock: Clock;
};

/** What this environment knows of the level. It belongs to the process, as the log does. */
let source: LogLevelSource | undefined;
let known: LogLevelSetting | undefined;
let rereadAt = 0;

/**
 * Makes this function follow the log level. The level is read along with other calls of AWS, at most once a minute, and
 * nobody waits for it: see {@link observeAwsCall}. A function without a source logs no calls.
 */
export function readLogLevelFrom(given: LogLevelSource): void {
  source = given;
}

/**
 * Runs a call of AWS, and logs it if the level is `debug`. It also starts to read the level if that is due. A read that
 * fails leaves the level as it is known, until its end, and changes nothing else.
 */
export async function observeAwsCall<Output>(
  call: Pick<AwsCallLine, 'aws_service' | 'action'>,
  run: () => Promise<Output>,
  attemptsOf: (answer: unknown) => number | undefined,
): Promise<Output> {
  if (!source) return run();
  const { service, write, clock } = source;
  readIfDue(source);
  if (logLevelAt(known, clock()).level === 'info') return run();
  const startedAt = performance.now();
  const log = (outcome: string, answer: unknown) => {
    const duration_ms = Math.round(performance.now() - startedAt);
    write({ service, ...call, duration_ms, attempts: attemptsOf(answer), outcome });
  };
  return run().then(
    (output) => {
      log('ok', output);
      return output;
    },
    (error: unknown) => {
      log(error instanceof Error ? error.name : typeof error, error);
      throw error;
    },
  );
}

/** Starts to read the level. The time of the next read is set first, so that the read itself starts none. */
function readIfDue({ read, clock }: LogLevelSource): void {
  const now = clock();
  if (now < rereadAt) return;
  rereadAt = now + LOG_LEVEL_COPY_SECONDS;
  read().then(
    (setting) => {
      known = setting;
    },
    () => undefined,
  );
}
