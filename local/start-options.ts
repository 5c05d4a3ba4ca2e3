import { parseArgs } from 'node:util';
import { LONGEST_EXPIRY_SECONDS } from '../provider/core/asking/expiry.ts';
import { DEFAULTS } from '../provider/core/operating/defaults.ts';
import { installation } from './installation.ts';
import { StartError } from './runtime/start-error.ts';
import { wrongWord } from './terminal/wrong-word.ts';

/** Where the runtime listens unless --port says otherwise. */
export const DEFAULT_URL = 'http://localhost:3000';

/** The options of `npm start`. */
export type StartOptions = {
  readonly port: number;
  readonly data: string | undefined;
  readonly seed: string | undefined;
  readonly dynamodb: 'dynalite' | 'dynamodb-local';
  readonly limits: 'on' | 'off';
  /** The longest life of a request that a client may ask for, in seconds. */
  readonly expiryLimit: number;
  /** The file with the classes of authentication. Undefined: there are none. */
  readonly acrPolicy: string | undefined;
  readonly events: boolean;
  /** Whether the functions' log lines are printed as they are. */
  readonly json: boolean;
  readonly help: boolean;
};

export const START_HELP = `${installation.startCommand} -- [options]

Runs the whole provider on this machine: the real functions behind a local gateway.

  --port N                     listen on port N (default: 3000)
  --data DIR                   keep state in DIR between runs (default: in memory)
  --seed FILE                  start with the clients, users and devices in a JSON file (docs/local.md)
  --dynamodb dynamodb-local    use AWS's DynamoDB Local instead of the embedded engine (needs Java)
  --limits off                 turn off all limits that protect users, and the throttles of the routes, for test runs
  --expiry-limit N             the longest life of a request in seconds (default: 259200, which are 72 hours)
  --acr-policy FILE            offer the classes of authentication in a settings file (docs/local.md)
  --events                     print what other systems are told (docs/events.md)
  --json                       print the log of the functions as JSON lines, not as one line for each call
  --help                       print this text`;

const OPTIONS = {
  port: { type: 'string', default: '3000' },
  data: { type: 'string' },
  seed: { type: 'string' },
  dynamodb: { type: 'string', default: 'dynalite' },
  limits: { type: 'string', default: 'on' },
  'expiry-limit': { type: 'string', default: String(LONGEST_EXPIRY_SECONDS) },
  'acr-policy': { type: 'string' },
  events: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. Throws a {@link StartError} that says what is wrong. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const wrong = wrongWord(args, OPTIONS, installation.startCommand);
  if (wrong !== undefined) throw new StartError(`${wrong}\n\n${START_HELP}`);
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartError('--port must be a number from 0 to 65535');
  const expiryLimit = Number(values['expiry-limit']);
  if (!Number.isInteger(expiryLimit) || expiryLimit < DEFAULTS.expirySeconds || expiryLimit > LONGEST_EXPIRY_SECONDS)
    throw new StartError(
      `--expiry-limit must be a number of seconds from ${DEFAULTS.expirySeconds} to ${LONGEST_EXPIRY_SECONDS}`,
    );
  if (values.data === '') throw new StartError('--data needs a folder: give its path');
  return {
    port,
    data: values.data,
    seed: values.seed,
    dynamodb: oneOf('dynamodb', values.dynamodb, ['dynalite', 'dynamodb-local']),
    limits: oneOf('limits', values.limits, ['on', 'off']),
    expiryLimit,
    acrPolicy: values['acr-policy'],
    events: values.events,
    json: values.json,
    help: values.help,
  };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new StartError(`--${name} must be ${allowed.join(' or ')}, not ${value}`);
  return found;
}
