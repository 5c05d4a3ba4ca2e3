import { parseArgs } from 'node:util';

/** The options of the load test. */
export type LoadOptions = {
  readonly logins: number;
  /** How many logins are open at the same time. */
  readonly atOnce: number;
  /** How many calls of 100 to DynamoDB, SNS and Firehose are throttled. */
  readonly throttledPercent: number;
  /** How often the provider is killed and started again. */
  readonly kills: number;
  /** After these minutes no login begins any more. */
  readonly minutes: number;
};

export const LOAD_DEFAULTS: LoadOptions = { logins: 10_000, atOnce: 120, throttledPercent: 1, kills: 1, minutes: 40 };

export const LOAD_HELP = `npx node bench/load/run.ts [options]

Logs in many times at the local runtime, on this machine alone. Of 20 logins 4 are denied and 1 is never answered.
Calls to AWS are throttled, and the provider is killed and started again in the middle. At the end the tables, the
audit trail and the pings are compared with what clients and phones saw. The exit code is 1 if anything differs.

  --logins N       how many logins, from 20 to 100000 (default: ${LOAD_DEFAULTS.logins})
  --at-once N      how many of them are open at the same time, from 1 to 500 (default: ${LOAD_DEFAULTS.atOnce})
  --throttled N    how many calls of 100 AWS throttles, from 0 to 10, also 0.5 (default: ${LOAD_DEFAULTS.throttledPercent})
  --kills N        how often the provider is killed, from 0 to 5 (default: ${LOAD_DEFAULTS.kills})
  --minutes N      begin no login after so many minutes, from 1 to 120 (default: ${LOAD_DEFAULTS.minutes})
  --help           print this text`;

/** What is wrong with the command line, in words for the person who typed it. */
export class LoadOptionsError extends Error {}

type Range = { readonly least: number; readonly most: number; readonly whole: boolean };

const RANGES = {
  logins: { least: 20, most: 100_000, whole: true },
  'at-once': { least: 1, most: 500, whole: true },
  throttled: { least: 0, most: 10, whole: false },
  kills: { least: 0, most: 5, whole: true },
  minutes: { least: 1, most: 120, whole: true },
} as const satisfies Record<string, Range>;

/** Reads the command line; `help` if it asks for help. Throws a {@link LoadOptionsError} that says what is wrong. */
export function parseLoadOptions(args: readonly string[]): LoadOptions | 'help' {
  const values = parseOrExplain(args);
  if (values.help) return 'help';
  const read = (name: keyof typeof RANGES, preset: number) => numberIn(name, values[name], preset);
  return {
    logins: read('logins', LOAD_DEFAULTS.logins),
    atOnce: read('at-once', LOAD_DEFAULTS.atOnce),
    throttledPercent: read('throttled', LOAD_DEFAULTS.throttledPercent),
    kills: read('kills', LOAD_DEFAULTS.kills),
    minutes: read('minutes', LOAD_DEFAULTS.minutes),
  };
}

function parseOrExplain(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        logins: text,
        'at-once': text,
        throttled: text,
        kills: text,
        minutes: text,
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new LoadOptionsError(`${error instanceof Error ? error.message : error}\n\n${LOAD_HELP}`);
  }
}

function numberIn(name: keyof typeof RANGES, value: string | undefined, preset: number): number {
  if (value === undefined) return preset;
  const { least, most, whole } = RANGES[name];
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number;
  throw new LoadOptionsError(
    `--${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not ${value}`,
  );
}
