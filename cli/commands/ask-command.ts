import { randomBytes } from 'node:crypto';
import type { Question } from '../asking/ask.ts';
import { type Asking, CLIENT_OPTIONS, clientOf } from '../asking/asking-client.ts';
import type { Credential, SigningKey } from '../asking/credential.ts';
import { type Hint, readHint } from '../asking/hint.ts';
import { OUTCOMES, type Outcome } from '../asking/outcome.ts';
import { readUserCode } from '../asking/user-code.ts';
import { command, type OptionSpecs, type OptionValues, type Output } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readWholeNumber } from '../command-line/option-reading.ts';
import { sayStep } from '../command-line/steps.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { readPort } from './listen-command.ts';

const PATIENCE_SECONDS = '30';

/** Options that are parameters of the authentication request (CIBA §7.1). */
const REQUEST_OPTIONS = {
  'binding-message': { kind: 'text', value: 'TEXT', about: 'What the phone shows, so that the user can compare.' },
  scope: { kind: 'text', value: 'SCOPES', about: 'Default: "openid profile email".' },
  audience: { kind: 'text', value: 'API', about: 'The API that the access token is for.' },
  acr: {
    kind: 'list',
    value: 'CLASS',
    about:
      'A class of authentication that the phone must reach (acr_values). May be repeated, the preferred one first.',
  },
  'requested-expiry': { kind: 'text', value: 'SECONDS', about: 'How long the user may take to answer.' },
  'notification-token': {
    kind: 'text',
    value: 'TOKEN',
    about: 'What the provider sends to the notification endpoint. Default: a random one. Ping and push clients only.',
  },
} as const satisfies OptionSpecs;

const OPTIONS = {
  ...CLIENT_OPTIONS,
  'id-token-hint': {
    kind: 'text',
    value: 'FILE',
    about: 'In the place of USER: a file with an ID token that the client got for this user. - is standard input.',
  },
  'login-hint-token': {
    kind: 'text',
    value: 'FILE',
    about: 'In the place of USER: a file with a token that names the user. - is standard input.',
  },
  'user-code': {
    kind: 'text',
    value: '-',
    about: 'Send the code of the user: type it when asked, or write it to standard input. Only - is accepted.',
  },
  ...REQUEST_OPTIONS,
  'enter-number': {
    kind: 'flag',
    about: 'Type the number that the phone shows after the approval, for a client with number_matching client_enters.',
  },
  signed: { kind: 'flag', about: 'Sign the request too, with the key of --key-file (CIBA §7.1.1).' },
  listen: {
    kind: 'text',
    value: 'PORT',
    about: 'Wait for the ping or the push at https://localhost:PORT/ instead of polling. Ping and push clients only.',
  },
  patience: {
    kind: 'text',
    value: 'SECONDS',
    about: `With --listen: poll once if no ping came for so long, because pings can be lost. Default: ${PATIENCE_SECONDS}.`,
  },
  'show-tokens': { kind: 'flag', about: 'Print the tokens themselves too. Whoever has them can use them.' },
} as const satisfies OptionSpecs;
type AskOptions = OptionValues<typeof OPTIONS>;

/** `ciba ask` */
export const ask = command({
  name: 'ask',
  about: 'Asks a user as a client does, waits for the answer, and shows the tokens, decoded and verified.',
  notes: `It discovers the provider, asks, and polls as often as the provider allows. With --listen it waits for the ping instead, and polls once if none comes for a while; a client in push mode gets its tokens there, and does not poll. Ctrl-C withdraws the request, so that nothing waits on the phone. In a terminal, r and Enter has the phone rung again, from 45 seconds after the request on. Each step is told on standard error. With --json, standard output is one JSON document, which docs/local.md describes. Exit codes: ${OUTCOMES.approved} approved, ${OUTCOMES.denied} denied, ${OUTCOMES.expired} expired, ${OUTCOMES.refused} refused by the provider, ${OUTCOMES.not_verified} the tokens do not verify, 1 no answer from the provider, 2 wrong usage.`,
  arguments: [
    {
      name: 'user',
      completes: 'users',
      isOptional: true,
      about: 'A login_hint: e-mail address, phone number, username, sub:SUB, acct:NAME@HOST, or RFC 9493 JSON.',
    },
  ],
  options: OPTIONS,
  examples: [
    'ciba ask ana@example.com --binding-message "You are talking to Sam"',
    'ciba ask ana@example.com --client bank --audience https://bank.example.com --json',
    'ciba ask anna@example.com --client desk --key-file desk.private.jwk.json --url https://login.example.com',
    'ciba ask anna@example.com --client desk --secret-file desk.secret --url https://login.example.com',
    'ciba ask --id-token-hint last-login.jwt --client desk --key-file desk.private.jwk.json --signed',
  ],
  async run({ deployment, argument, options }) {
    checkOneInput(options);
    const hint = readHint(argument.user, options);
    const asking = await clientOf(deployment, options, sayStep);
    const request = { hint, userCode: await readUserCode(options['user-code']) };
    return toOutput(await askedBy({ deployment, ...asking }, request, options));
  },
});

async function askedBy(
  asking: Asking & { readonly deployment: Deployment },
  { hint, userCode }: { readonly hint: Hint; readonly userCode: string | undefined },
  options: AskOptions,
): Promise<Outcome> {
  const { ask: askUser } = await import('../asking/ask.ts');
  const token = options['notification-token'] ?? randomBytes(32).toString('base64url');
  const question: Question = {
    ...asking,
    hint,
    parameters: { ...parametersOf(options, token), ...(userCode !== undefined && { user_code: userCode }) },
    signingKey: options.signed ? signingKeyIn(asking.credential) : undefined,
    entersNumbers: options['enter-number'] === true,
    isAtKeyboard: process.stdin.isTTY === true && process.stderr.isTTY === true,
    showTokens: options['show-tokens'] === true,
  };
  const patience = readWholeNumber([options.patience ?? PATIENCE_SECONDS], '--patience');
  if (options.listen === undefined) {
    if (options.patience !== undefined) throw new WrongUsage('--patience needs --listen');
    return askUser(question, sayStep);
  }
  const { startOwnEndpoint } = await import('../listening/own-endpoint.ts');
  const port = readPort(options.listen, '--listen');
  const { listening, isTrusted, told } = await startOwnEndpoint(asking.deployment, port, token);
  const reach = isTrusted ? 'the local provider can reach it' : 'put a public https address in front of it';
  sayStep(`Listening on ${listening.url}: ${reach}`);
  const endpoint = { told, patienceSeconds: patience };
  return askUser({ ...question, endpoint }, sayStep).finally(() => listening.close());
}

/** Makes the parameters of the request. A client in poll mode may send a notification token: it is ignored. */
function parametersOf(options: AskOptions, token: string): Readonly<Record<string, string>> {
  const parameters = {
    scope: options.scope ?? 'openid profile email',
    binding_message: options['binding-message'],
    audience: options.audience,
    acr_values: options.acr?.join(' '),
    requested_expiry: options['requested-expiry'],
    client_notification_token: token,
  };
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function signingKeyIn(credential: Credential): SigningKey {
  if (credential.method !== 'private_key_jwt') throw new WrongUsage('--signed needs --key-file');
  return credential;
}

/** Standard input can hold one thing. */
function checkOneInput(options: AskOptions): void {
  const names = (
    ['secret', 'secret-file', 'key-file', 'id-token-hint', 'login-hint-token', 'user-code'] as const
  ).filter((name) => options[name] === '-');
  if (options['enter-number'] && names.length > 0)
    throw new WrongUsage(`--enter-number and --${names[0]} both read standard input`);
  if (names.length > 1) throw new WrongUsage(`Only one of --${names.join(' and --')} can be read from standard input`);
}

async function toOutput(outcome: Outcome): Promise<Output> {
  const { outcomeText } = await import('../asking/outcome-text.ts');
  return { json: JSON.stringify(outcome), text: outcomeText(outcome), exitCode: OUTCOMES[outcome.outcome] };
}
