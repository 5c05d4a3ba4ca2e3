import { parseArgs } from 'node:util';
import * as openid from 'openid-client';

// What the examples share: the command line, the provider's address, the client, and the phone that answers.

/** The provider and the client of an example. */
export type Setup = {
  /** The provider's issuer. Everything else is discovered from it. */
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether this is a local run. Only a local run may use `http://`. */
  readonly local: boolean;
  /**
   * Makes the seeded phone of a local run answer, if `--answer allow` or `--answer deny` is given. It types a number if
   * it gets one, and returns the number that it shows, if it shows one.
   */
  answer(authReqId: string, number?: string): Promise<string | undefined>;
};

/** The seeded clients, as the local runtime returns them. */
type SeededDemo = { readonly clients: readonly { client_id: string; client_secret: string }[] };

const OPTIONS = {
  url: { type: 'string', default: process.env['CIBA_URL'] || 'http://localhost:3000' },
  answer: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** An error that its message explains fully. */
export class Explained extends Error {}

/**
 * Runs an example: prints its help if that is asked for, or does its work. An error is one sentence, without a stack
 * trace, and exit code 1.
 */
export async function run(about: string, work: (setup: Setup) => Promise<void>, client: string): Promise<void> {
  try {
    const { url, answer, help } = readOptions(about);
    if (help) console.log(about);
    else await work(await setUp(client, url, answer));
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function readOptions(about: string): { url: string; answer: string | undefined; help: boolean } {
  const { tokens } = parseArgs({ options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option' && !Object.hasOwn(OPTIONS, token.name))
      throw new Explained(`There is no option ${token.rawName}.\n\n${about}`);
    if (token.kind === 'positional') throw new Explained(`"${token.value}" is no option.\n\n${about}`);
    if (token.kind === 'option' && token.name !== 'help' && token.value === undefined)
      throw new Explained(`${token.rawName} needs a value.\n\n${about}`);
  }
  const { url, answer, help } = parseArgs({ options: OPTIONS }).values;
  if (answer !== undefined && answer !== 'allow' && answer !== 'deny')
    throw new Explained(`--answer must be allow or deny, not "${answer}".`);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new Explained(`--url or CIBA_URL must be a URL such as http://localhost:3000, not "${url}".`);
  return { url: new URL(url).origin, answer, help };
}

/**
 * Reads `ISSUER`, `CLIENT_ID` and `CLIENT_SECRET` from the environment, as a backend would. Without them it asks a
 * running `npm start` for the seeded client with this id.
 */
async function setUp(seededClient: string, url: string, answer: string | undefined): Promise<Setup> {
  const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
  if (ISSUER && CLIENT_ID && CLIENT_SECRET) {
    if (!URL.canParse(ISSUER)) throw new Explained(`ISSUER must be a URL, not "${ISSUER}".`);
    const by = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
    return { issuer: new URL(ISSUER), ...by, local: false, answer: async () => undefined };
  }
  const client = (await seededClients(url)).find(({ client_id }) => client_id === seededClient);
  if (!client)
    throw new Explained(
      `The local provider has no client ${seededClient}. Start it without --seed, or add this client to the seed.`,
    );
  return {
    issuer: new URL(`${url}/`),
    clientId: client.client_id,
    clientSecret: client.client_secret,
    local: true,
    answer: (authReqId, number) => letSeededPhoneAnswer(url, { authReqId, action: answer, number }),
  };
}

/** Discovers the provider, as a client with a secret. */
export function discover({
  issuer,
  clientId,
  clientSecret,
  local,
}: Pick<Setup, 'issuer' | 'clientId' | 'clientSecret' | 'local'>): Promise<openid.Configuration> {
  const options = local ? { execute: [openid.allowInsecureRequests] } : {};
  return openid.discovery(issuer, clientId, {}, openid.ClientSecretBasic(clientSecret), options);
}

async function seededClients(url: string): Promise<SeededDemo['clients']> {
  const response = await fetch(`${url}/local/demo`).catch(() => {
    throw new Explained(
      `No provider answers at ${url}. Run "npm start" in another terminal, or name its address with --url or CIBA_URL.`,
    );
  });
  try {
    const { clients }: SeededDemo = JSON.parse(await response.text());
    return clients;
  } catch {
    throw new Explained(`What answers at ${url} is not "npm start". Name its address with --url or CIBA_URL.`);
  }
}

type Answer = { authReqId: string; action: string | undefined; number: string | undefined };

async function letSeededPhoneAnswer(url: string, { authReqId, action, number }: Answer): Promise<string | undefined> {
  const typed = number === undefined ? {} : { number };
  const query = new URLSearchParams({ auth_req_id: authReqId, ...typed, action: action ?? '' });
  const call = `${url}/local/decide?${query}`;
  if (action === undefined) {
    console.log(`  Answer on a phone of the user (examples/phone.ts), or: curl -X POST '${call}allow'`);
    return undefined;
  }
  const answer = await fetch(call, { method: 'POST' });
  if (!answer.ok)
    console.log(`  The seeded phone could not answer (${answer.status}). Waiting for another phone of the user.`);
  const { number: shown }: { number?: string } = JSON.parse(await answer.text());
  return shown;
}

/** Registers a client like that of a local run, but for some members of its registration, as an operator would. */
export async function clientLike(
  { issuer }: Setup,
  client_id: string,
  metadata: Readonly<Record<string, string>>,
): Promise<Pick<Setup, 'clientId' | 'clientSecret'>> {
  const body = JSON.stringify({ like: 'call-centre', client_id, metadata });
  const answer = await fetch(new URL('local/client', issuer), { method: 'POST', body });
  if (!answer.ok) throw new Explained(`npm start could not register the client: ${await answer.text()}`);
  const made: { client_id: string; client_secret: string } = JSON.parse(await answer.text());
  return { clientId: made.client_id, clientSecret: made.client_secret };
}

/** Says what went wrong, in one sentence. Denied, unanswered and unknown are normal outcomes of a login. */
export function explain(error: unknown): string {
  if (error instanceof Explained) return error.message;
  if (error instanceof openid.ResponseBodyError) return explainAnswer(error);
  // openid-client stops polling by itself after expires_in.
  if (error instanceof openid.ClientError && error.code === 'OAUTH_TIMEOUT') return 'The user did not answer in time.';
  if (error instanceof TypeError && error.message === 'fetch failed') return 'The provider does not answer any more.';
  return error instanceof Error ? error.message : String(error);
}

function explainAnswer({ error, error_description, status }: openid.ResponseBodyError): string {
  switch (error) {
    case 'access_denied':
      return status === 403 ? `Not asked: ${error_description}` : 'The user denied.';
    case 'expired_token':
      return 'The user did not answer in time.';
    case 'unknown_user_id':
      return 'No user is registered under this name.';
    default:
      return `${error}: ${error_description}`;
  }
}
