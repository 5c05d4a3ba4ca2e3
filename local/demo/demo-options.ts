import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { DEFAULT_URL } from '../start-options.ts';
import { wrongWord } from '../terminal/wrong-word.ts';

const HELP = `npm run demo -- [--url http://localhost:3000] [--delivery poll|ping|push]
                [--number-matching phone_enters|client_enters] [--long] [--resend] [--withdraw] [--by-hand]

Runs one CIBA login with openid-client against a running "npm start", and checks the tokens.
  --delivery         ping, push: the client listens at an endpoint of its own, in place of polling.
  --number-matching  The user types on one screen the number that the other one shows.
  --long             The client asks for three days.
  --resend           The client has the phone rung again, which it may do after 45 s.
  --withdraw         The client takes its request back while the phone rings, and the answer comes too late.
  --by-hand          It waits until you answer on the phone of the demo page.
CIBA_URL in the environment stands in for --url.`;

const OPTIONS = {
  url: { type: 'string', default: process.env['CIBA_URL'] || DEFAULT_URL },
  delivery: { type: 'string', default: 'poll' },
  'number-matching': { type: 'string' },
  long: { type: 'boolean', default: false },
  resend: { type: 'boolean', default: false },
  withdraw: { type: 'boolean', default: false },
  'by-hand': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const delivery = v.picklist(['poll', 'ping', 'push'], '--delivery must be poll, ping or push');
const numberMatching = v.optional(
  v.picklist(['phone_enters', 'client_enters'], '--number-matching must be phone_enters or client_enters'),
);

/** What a run of the demo shows. */
export type Run = {
  readonly url: string;
  /** How the client hears of the answer (CIBA §5). */
  readonly delivery: v.InferOutput<typeof delivery>;
  /** Who types the number that the other one shows. Undefined if there is none. */
  readonly numberMatching: v.InferOutput<typeof numberMatching>;
  readonly isLong: boolean;
  readonly resends: boolean;
  readonly withdraws: boolean;
  readonly byHand: boolean;
};

/** Reads the command line. The text is the help, if that was asked for. Throws what is wrong. */
export function readRun(args: readonly string[]): Run | string {
  const wrong = wrongWord(args, OPTIONS, 'npm run demo');
  if (wrong !== undefined) throw new Error(`${wrong}\n\n${HELP}`);
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return HELP;
  if (!URL.canParse(values.url))
    throw new Error(`--url or CIBA_URL must be a URL such as http://localhost:3000, not ${values.url}`);
  if (values.withdraw && values['by-hand']) throw new Error('--withdraw answers by itself: leave --by-hand out');
  return {
    url: values.url,
    delivery: v.parse(delivery, values.delivery),
    numberMatching: v.parse(numberMatching, values['number-matching']),
    isLong: values.long,
    resends: values.resend,
    withdraws: values.withdraw,
    byHand: values['by-hand'],
  };
}
