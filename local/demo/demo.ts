import { parseArgs } from 'node:util';
import * as openid from 'openid-client';
import * as v from 'valibot';
import { networkReasonOf } from '../../cli/deployment/provider-answer.ts';
import { trustAuthorities } from '../../cli/deployment/trusted-authorities.ts';
import { DEFAULT_URL } from '../start-options.ts';
import { wrongWord } from '../terminal/wrong-word.ts';
import { type Delivered, type Delivery, ListeningClient } from './demo-delivery.ts';
import { Spinner } from './spinner.ts';
import { checkTokens } from './token-check.ts';

// Runs the login of the demo page in a terminal. It uses a standard client library; only the phone is this project's.

const HELP = `npm run demo -- [--url http://localhost:3000] [--delivery poll|ping|push] [--by-hand]

Runs one CIBA login with openid-client against a running "npm start", and checks the tokens.
With --delivery ping or push the client listens at an endpoint of its own, in place of polling.
With --by-hand it waits until you approve on the phone of the demo page.
CIBA_URL in the environment stands in for --url.`;

const OPTIONS = {
  url: { type: 'string', default: process.env['CIBA_URL'] || DEFAULT_URL },
  delivery: { type: 'string', default: 'poll' },
  'by-hand': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Milliseconds until the demo phone answers, so that the output shows the client waiting. */
const THINKING_MS = 1500;

const named = v.pipe(v.string(), v.nonEmpty());
const seeded = v.object({ issuer: named, client_id: named, client_secret: named, login_hint: named });
type Demo = v.InferOutput<typeof seeded>;
const delivery = v.picklist(['poll', 'ping', 'push'], '--delivery must be poll, ping or push');
type Run = { readonly url: string; readonly delivery: Delivery; readonly byHand: boolean };

try {
  const args = process.argv.slice(2);
  const wrong = wrongWord(args, OPTIONS, 'npm run demo');
  if (wrong !== undefined) throw new Error(`${wrong}\n\n${HELP}`);
  const { values } = parseArgs({ args, options: OPTIONS });
  if (!URL.canParse(values.url))
    throw new Error(`--url or CIBA_URL must be a URL such as http://localhost:3000, not ${values.url}`);
  if (values.help) console.log(HELP);
  else await run({ ...values, delivery: v.parse(delivery, values.delivery), byHand: values['by-hand'] });
} catch (error) {
  console.error(`\n✗ ${explain(error)}`);
  process.exitCode = 1;
}

/** Logs in once. A client in ping or push mode listens meanwhile. With --https, all calls go to the issuer. */
async function run({ url: given, delivery, byHand }: Run): Promise<void> {
  await trustAuthorities({ isLocal: true }, undefined, process.env);
  const seed = await fetchDemo(given);
  const url = seed.issuer.replace(/\/$/, '');
  const listening = delivery === 'poll' ? undefined : await ListeningClient.start(url, seed.client_id, delivery);
  const demo = { ...seed, ...listening?.client };
  await login({ url, demo, byHand, listening, delivery }).finally(() => listening?.close());
}

type Login = Run & { readonly demo: Demo; readonly listening: ListeningClient | undefined };

async function login({ url, demo, byHand, listening, delivery }: Login): Promise<void> {
  const config = await discover(url, demo);
  const metadata = config.serverMetadata();

  const binding_message = `Login ${Math.floor(1000 + Math.random() * 9000)}`;
  step(2, `It asks ${demo.login_hint}: "${binding_message}"`, `POST ${metadata.backchannel_authentication_endpoint}`);
  const asked = await openid.initiateBackchannelAuthentication(config, {
    scope: 'openid profile email',
    login_hint: demo.login_hint,
    binding_message,
    ...(listening && { client_notification_token: listening.token }),
  });
  say(`auth_req_id ${asked.auth_req_id.slice(0, 8)}…, valid for ${asked.expires_in} s; the push is on its way`);

  step(
    3,
    byHand ? `Approve it on the phone at ${url}/demo` : 'The phone shows who asks and for what, and signs Approve',
    'device API',
  );
  const decided = byHand ? Promise.resolve() : approve(url, asked.auth_req_id);

  const { pushedFor, answer, tokens } = listening
    ? await listenFor(listening, { config, asked, delivery })
    : await pollFor({ config, asked });
  await decided;

  step(5, 'The tokens, decoded and verified', `GET ${metadata.jwks_uri}`);
  await verify(tokens, { jwksUri: metadata.jwks_uri ?? '', demo, authReqId: pushedFor });
  answer?.(204);
  console.log('\n✓ one login, end to end');
}

type Asked = {
  readonly config: openid.Configuration;
  readonly asked: openid.BackchannelAuthenticationResponse;
};

async function pollFor({ config, asked }: Asked): Promise<Delivered> {
  step(4, `Meanwhile the client polls every ${asked.interval} s`, `POST ${config.serverMetadata().token_endpoint}`);
  const tokens = await new Spinner('authorization_pending').during(
    openid.pollBackchannelAuthenticationGrant(config, asked),
  );
  say('200: the tokens are here');
  return { tokens };
}

async function listenFor(
  listening: ListeningClient,
  { config, asked, delivery }: Asked & { readonly delivery: Delivery },
): Promise<Delivered> {
  step(4, `Meanwhile the client listens for the ${delivery}`, `POST ${listening.url} by the provider`);
  const delivered = await new Spinner('waiting').during(listening.tokens(config, asked));
  if (delivered.pushedFor === undefined)
    say(`pinged; POST ${config.serverMetadata().token_endpoint}: the tokens are here`);
  else say('pushed: the tokens themselves are here');
  return delivered;
}

async function fetchDemo(url: string): Promise<Demo> {
  const response = await fetch(`${url}/local/demo`).catch((error: unknown) => {
    const reason = url.startsWith('https:') ? ` (${networkReasonOf(error) ?? 'the connection failed'})` : '';
    throw new Error(
      `no provider answers at ${url}${reason}: run "npm start" in another terminal first. With another authority than this user's, set CIBA_CA to its file`,
    );
  });
  const told = await response.json().catch(() => {
    throw new Error(`what answers at ${url} is not the local runtime: name its address with --url or CIBA_URL`);
  });
  const demo = v.safeParse(seeded, told);
  if (!demo.success)
    throw new Error('the seed of this provider lacks a user, or a client that uses client_secret_basic: add them');
  return demo.output;
}

async function discover(url: string, demo: Demo): Promise<openid.Configuration> {
  step(1, 'The client backend discovers the provider', `GET ${url}/.well-known/openid-configuration`);
  const authentication = openid.ClientSecretBasic(demo.client_secret);
  const insecure = { execute: [openid.allowInsecureRequests] };
  const config = await openid.discovery(new URL(demo.issuer), demo.client_id, {}, authentication, insecure);
  say(`issuer ${config.serverMetadata().issuer}`);
  return config;
}

async function approve(url: string, authReqId: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, THINKING_MS));
  const query = new URLSearchParams({ auth_req_id: authReqId, action: 'allow' });
  const answer = await fetch(`${url}/local/decide?${query}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`the phone could not answer: ${await answer.text()}`);
}

/**
 * Verifies the signatures of both tokens with the published keys. openid-client has already checked the ID token's
 * claims.
 */
async function verify(
  tokens: Delivered['tokens'],
  { jwksUri, demo, authReqId }: { jwksUri: string; demo: Demo; authReqId: string | undefined },
): Promise<void> {
  const { issuer, client_id: clientId } = demo;
  const issued = { idToken: tokens.id_token, accessToken: tokens.access_token, jwksUri, issuer, clientId, authReqId };
  const { idToken, accessToken } = await checkTokens(issued);
  if (!idToken) throw new Error('the answer has no ID token');
  show('ID token', idToken.payload);
  show('access token', accessToken.payload);
}

function step(number: number, title: string, call: string): void {
  console.log(`\n${number}. ${title}\n   ${call}`);
}

function say(text: string): void {
  console.log(`   → ${text}`);
}

function show(name: string, claims: Readonly<Record<string, unknown>>): void {
  console.log(`   ${name}, signature verified:`);
  for (const [claim, value] of Object.entries(claims)) console.log(`     ${claim.padEnd(18)} ${JSON.stringify(value)}`);
}

function explain(error: unknown): string {
  if (error instanceof openid.ResponseBodyError) return `${error.error}: ${error.error_description}`;
  return error instanceof Error ? error.message : String(error);
}
