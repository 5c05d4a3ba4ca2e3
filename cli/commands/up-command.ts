import { command, type OptionSpecs } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { quoted } from '../command-line/text-layout.ts';

/** The options of `npm start`. Its `--json` is the one of every command. */
const OPTIONS = {
  port: { kind: 'text', value: 'N', about: 'Listen on this port. Default: 3000. 0 takes a free one.' },
  https: {
    kind: 'flag',
    about: 'Serve https too, with a certificate by an authority of your own, and make its address the issuer.',
  },
  'https-port': { kind: 'text', value: 'N', about: 'Serve https on this port. Default: 3443.' },
  'mtls-port': {
    kind: 'text',
    value: 'N',
    about: 'Serve https on this port too, and ask callers there for a certificate.',
  },
  issuer: { kind: 'text', value: 'URL', about: 'Be this issuer, for example that of a proxy.' },
  'trust-ca': { kind: 'text', value: 'FILE', about: 'Certificates in PEM to trust when clients are called.' },
  'call-networks': {
    kind: 'text',
    value: 'RANGES',
    about: 'Networks besides the internet where clients may be called, or none. Default: 127.0.0.0/8,::1/128.',
  },
  data: { kind: 'text', value: 'DIR', about: 'Keep state in this folder between runs. Default: in memory.' },
  seed: {
    kind: 'text',
    value: 'FILE',
    about: 'Start with the clients, users and devices in a JSON file: docs/local.md.',
  },
  dynamodb: {
    kind: 'text',
    of: ['dynalite', 'dynamodb-local'],
    about: "The database. dynamodb-local is AWS's own, and needs Java. Default: dynalite.",
  },
  limits: {
    kind: 'text',
    of: ['on', 'off'],
    about: 'off turns off all limits that protect users, and the throttles of the routes, for test runs. Default: on.',
  },
  'expiry-limit': {
    kind: 'text',
    value: 'SECONDS',
    about: 'The longest life of a request that a client may ask for. Default: 259200, which are 72 hours.',
  },
  events: { kind: 'flag', about: 'Print what other systems are told: docs/events.md.' },
} as const satisfies OptionSpecs;

/** `ciba up` */
export const up = command({
  name: 'up',
  about: 'Runs the whole provider on this machine.',
  notes:
    'It listens on http://localhost:3000, prints one line for each call, and ends with Ctrl-C. Nothing is kept unless --data names a folder. With --json it prints the log of the functions instead: one JSON object a line (docs/operations.md). docs/local.md describes it.',
  needs: 'nothing',
  arguments: [],
  rest: { name: 'options', about: 'The same options, in the form of npm start. ciba up -- --help prints them.' },
  options: OPTIONS,
  examples: ['ciba up', 'ciba up --port 3001 --data .ciba', 'ciba up --https', 'ciba up --limits off --json'],
  async run({ globals, options, rest }) {
    const stray = rest.find((word, index) => !word.startsWith('-') && !rest[index - 1]?.startsWith('-'));
    if (stray !== undefined) throw new WrongUsage(`ciba up takes options only, not ${quoted(stray)}`);
    const typed = Object.entries(options).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : textOf(name, value),
    );
    const { runStart } = await import('../../local/run-start.ts');
    await runStart([...rest, ...typed, ...(globals.json ? ['--json'] : [])]);
    return { json: '', text: '', ...(process.exitCode === 1 && { failed: true }) };
  },
});

function textOf(name: string, value: unknown): readonly string[] {
  return typeof value === 'string' ? [`--${name}=${value}`] : [];
}
