import { BlockList, isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { LONGEST_EXPIRY_SECONDS } from '../provider/core/asking/expiry.ts';
import { DEFAULTS } from '../provider/core/operating/defaults.ts';
import { installation } from './installation.ts';
import { StartError } from './runtime/start-error.ts';
import { wrongWord } from './terminal/wrong-word.ts';

/** Where the runtime listens unless --port says otherwise. */
export const DEFAULT_URL = 'http://localhost:3000';
const HTTPS_PORT = 3443;

/** The options of `npm start`. */
export type StartOptions = {
  readonly port: number;
  /** The ports with TLS. Undefined: there is no TLS. */
  readonly https: { readonly port: number; readonly mtlsPort: number | undefined } | undefined;
  /** Undefined: the address of the runtime. */
  readonly issuer: string | undefined;
  /** The file with certificates in PEM that the functions trust when they call clients. */
  readonly trustCa: string | undefined;
  /** Networks where clients may be called although they are not public, separated by commas. */
  readonly callNetworks: string;
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
  --https                      serve https too, on port 3443, and make it the issuer (docs/local.md)
  --https-port N               serve https on port N
  --mtls-port N                serve https on port N too, and ask callers there for a certificate
  --issuer URL                 be this issuer, for example that of a proxy
  --trust-ca FILE              trust the certificates in FILE (PEM) when clients are called
  --call-networks RANGES       call clients there, besides the internet (default: 127.0.0.0/8,::1/128; none)
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
  https: { type: 'boolean', default: false },
  'https-port': { type: 'string' },
  'mtls-port': { type: 'string' },
  issuer: { type: 'string' },
  'trust-ca': { type: 'string' },
  'call-networks': { type: 'string', default: '127.0.0.0/8,::1/128' },
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
  const port = portIn('port', values.port);
  const expiryLimit = Number(values['expiry-limit']);
  if (!Number.isInteger(expiryLimit) || expiryLimit < DEFAULTS.expirySeconds || expiryLimit > LONGEST_EXPIRY_SECONDS)
    throw new StartError(
      `--expiry-limit must be a number of seconds from ${DEFAULTS.expirySeconds} to ${LONGEST_EXPIRY_SECONDS}`,
    );
  if (values.data === '') throw new StartError('--data needs a folder: give its path');
  return {
    port,
    https: httpsIn(values),
    issuer: issuerIn(values.issuer),
    trustCa: values['trust-ca'],
    callNetworks: networksIn(values['call-networks']),
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

function portIn(name: string, value: string): number {
  const port = Number(value);
  if (value === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartError(`--${name} must be a number from 0 to 65535`);
  return port;
}

/** A port with TLS means that there is TLS. */
function httpsIn(values: {
  readonly https: boolean;
  readonly 'https-port'?: string | undefined;
  readonly 'mtls-port'?: string | undefined;
}): StartOptions['https'] {
  const { https, 'https-port': port, 'mtls-port': mtlsPort } = values;
  if (!https && port === undefined && mtlsPort === undefined) return undefined;
  return {
    port: port === undefined ? HTTPS_PORT : portIn('https-port', port),
    mtlsPort: mtlsPort === undefined ? undefined : portIn('mtls-port', mtlsPort),
  };
}

function issuerIn(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username)
    throw new StartError('--issuer must be a URL without a path, such as https://localhost:3443');
  return url.origin;
}

function networksIn(value: string): string {
  if (value === 'none') return '';
  const networks = value.split(',').map((range) => range.trim());
  if (!networks.every(isNetwork))
    throw new StartError('--call-networks must be networks such as 127.0.0.0/8,172.17.0.0/16, or none');
  return networks.join(',');
}

function isNetwork(range: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? [];
  const family = isIP(address);
  if (family === 0) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}
