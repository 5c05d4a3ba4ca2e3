import * as openid from 'openid-client';
import * as v from 'valibot';
import { networkReasonOf } from '../../cli/deployment/provider-answer.ts';
import { trustAuthorities } from '../../cli/deployment/trusted-authorities.ts';
import { reminderAt } from '../../provider/core/asking/reminder.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import {
  type Delivered,
  type Delivery,
  ListeningClient,
  type RegisteredClient,
  registerLike,
} from './demo-delivery.ts';
import { type Run, readRun } from './demo-options.ts';
import { approve, type DemoRequest, enterNumber, ringAgain, withdraw } from './demo-request.ts';
import { say, show, step } from './demo-steps.ts';
import { Spinner } from './spinner.ts';
import { checkTokens } from './token-check.ts';

// Runs the login of the demo page in a terminal. It uses a standard client library; only the phone is this project's.

const named = v.pipe(v.string(), v.nonEmpty());
const seeded = v.object({ issuer: named, client_id: named, client_secret: named, login_hint: named });
type Demo = v.InferOutput<typeof seeded>;
/** How long the client asks for with --long, in seconds: as long as a request may wait (docs/long-approvals.md). */
const LONG_SECONDS = 259_200;

try {
  const asked = readRun(process.argv.slice(2));
  if (typeof asked === 'string') console.log(asked);
  else await run(asked);
} catch (error) {
  console.error(`\n✗ ${explain(error)}`);
  process.exitCode = 1;
}

/** Logs in once. A client in ping or push mode listens meanwhile. With --https, all calls go to the issuer. */
async function run(given: Run): Promise<void> {
  await trustAuthorities({ isLocal: true }, undefined, process.env);
  const seed = await fetchDemo(given.url);
  const url = seed.issuer.replace(/\/$/, '');
  const { delivery, numberMatching } = given;
  const like = seed.client_id;
  const metadata = numberMatching ? { number_matching: numberMatching } : {};
  const listening = delivery === 'poll' ? undefined : await ListeningClient.start({ url, delivery, like }, metadata);
  const client = listening?.client ?? (numberMatching ? await numberedClient(url, like, numberMatching) : seed);
  await login({ ...given, url, demo: { ...seed, ...client }, listening }).finally(() => listening?.close());
}

function numberedClient(url: string, like: string, number_matching: string): Promise<RegisteredClient> {
  const name = number_matching.replace('_', ' ');
  const metadata = { client_name: `Demo in a terminal, ${name}`, number_matching };
  return registerLike(url, { like, client_id: `demo-${name.replace(' ', '-')}`, metadata });
}

type Login = Run & { readonly demo: Demo; readonly listening: ListeningClient | undefined };

async function login(run: Login): Promise<void> {
  const { url, demo, listening } = run;
  const config = await discover(url, demo);
  const asked = await ask(run, config);
  const request: DemoRequest = { url, config, client: demo, authReqId: asked.auth_req_id };
  if (run.resends) await ringAgain(request);
  if (run.withdraws) return withdrawn(run, request);

  const decided = decidedOn(run, request, asked);
  // What fails first ends the run.
  decided.catch(() => undefined);
  if (run.numberMatching === 'client_enters') await enterNumber(request, await decided);
  const { pushedFor, answer, tokens } = await Promise.race([
    listening
      ? listenFor(listening, { config, asked, delivery: run.delivery })
      : pollFor(run, { config, asked, decided }),
    failureOf(decided),
  ]);
  await decided;

  const jwksUri = config.serverMetadata().jwks_uri ?? '';
  step('The tokens, decoded and verified', `GET ${jwksUri}`);
  await verify(tokens, { jwksUri, demo, authReqId: pushedFor });
  answer?.(204);
  console.log('\n✓ one login, end to end');
}

async function ask({ demo, listening, isLong }: Login, config: openid.Configuration) {
  const binding_message = `Login ${Math.floor(1000 + Math.random() * 9000)}`;
  const { backchannel_authentication_endpoint: endpoint } = config.serverMetadata();
  step(`It asks ${demo.login_hint}: "${binding_message}"`, `POST ${endpoint}`);
  const asked = await openid.initiateBackchannelAuthentication(config, {
    scope: 'openid profile email',
    login_hint: demo.login_hint,
    binding_message,
    ...(isLong && { requested_expiry: String(LONG_SECONDS) }),
    ...(listening && { client_notification_token: listening.token }),
  });
  const { auth_req_id: id, expires_in: seconds, interval, number } = asked;
  say(`auth_req_id ${id.slice(0, 8)}…, valid for ${seconds} s; the push is on its way`);
  const reminder = reminderAt({ issuedAt: 0, expiresAt: seconds });
  if (reminder !== undefined)
    say(
      `a poll is due every ${interval} s; the phones are reminded ${(seconds - reminder) / 60} minutes before the end`,
    );
  if (typeof number === 'string') say(`the client shows ${number}, and the user types it on the phone`);
  return asked;
}

/** Lets the phone approve. Returns the number that it shows after that, if the client has to enter one. */
function decidedOn(
  { url, byHand }: Login,
  request: DemoRequest,
  asked: openid.BackchannelAuthenticationResponse,
): Promise<string | undefined> {
  const title = byHand
    ? `Approve it on the phone at ${url}/demo`
    : 'The phone shows who asks and for what, and signs Approve';
  step(title, 'device API');
  const { number } = asked;
  return byHand ? Promise.resolve(undefined) : approve(request, typeof number === 'string' ? number : undefined);
}

/** Never ends, unless the phone could not answer. */
function failureOf(decided: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => void decided.catch(reject));
}

/** Takes the request back, and shows that the client gets no tokens. */
async function withdrawn({ delivery }: Login, request: DemoRequest): Promise<void> {
  await withdraw(request);
  const { token_endpoint: endpoint } = request.config.serverMetadata();
  if (delivery === 'push') say('nothing is pushed');
  else {
    step('The client gets no tokens', `POST ${endpoint}`);
    say(await errorOf(openid.genericGrantRequest(request.config, CIBA_GRANT, { auth_req_id: request.authReqId })));
  }
  console.log('\n✓ one request, asked and withdrawn');
}

async function errorOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof openid.ResponseBodyError)) throw error ?? new Error('there are tokens all the same');
  return `${error.status} ${explain(error)}`;
}

type Asked = {
  readonly config: openid.Configuration;
  readonly asked: openid.BackchannelAuthenticationResponse;
};

/** Polls. A request that may wait for days is polled once, after the answer: the interval is minutes. */
async function pollFor(
  { isLong, byHand }: Login,
  { config, asked, decided }: Asked & { readonly decided: Promise<unknown> },
): Promise<Delivered> {
  const isOnce = isLong && !byHand;
  const title = isOnce
    ? 'The client polls once, after the answer'
    : `Meanwhile the client polls every ${asked.interval} s`;
  step(title, `POST ${config.serverMetadata().token_endpoint}`);
  const { auth_req_id } = asked;
  const tokens = isOnce
    ? decided.then(() => openid.genericGrantRequest(config, CIBA_GRANT, { auth_req_id }))
    : openid.pollBackchannelAuthenticationGrant(config, asked);
  const polled = await new Spinner('authorization_pending').during(tokens);
  say('200: the tokens are here');
  return { tokens: polled };
}

async function listenFor(
  listening: ListeningClient,
  { config, asked, delivery }: Asked & { readonly delivery: Delivery },
): Promise<Delivered> {
  step(`Meanwhile the client listens for the ${delivery}`, `POST ${listening.url} by the provider`);
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
  step('The client backend discovers the provider', `GET ${url}/.well-known/openid-configuration`);
  const authentication = openid.ClientSecretBasic(demo.client_secret);
  const insecure = { execute: [openid.allowInsecureRequests] };
  const config = await openid.discovery(new URL(demo.issuer), demo.client_id, {}, authentication, insecure);
  say(`issuer ${config.serverMetadata().issuer}`);
  return config;
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

function explain(error: unknown): string {
  if (error instanceof openid.ResponseBodyError) return `${error.error}: ${error.error_description}`;
  return error instanceof Error ? error.message : String(error);
}
