/**
 * A phone app in a terminal. It enrols, rings, shows who asks and for what, and signs the answer (docs/device-api.md).
 *
 * The key is a WebCrypto key that can't be exported. A real app keeps its key in the phone's secure hardware and
 * requires a fingerprint, face or PIN to use it. A real app gets its pushes from Apple or Google; this one from the
 * local runtime.
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ABOUT = `A phone in the terminal. Needs "npm start" in another terminal.

The phone of ana@example.com:       npx node examples/phone.ts
The phone of another user:          npx node examples/phone.ts bo@example.com
A phone with a ticket's URI:        npx node examples/phone.ts 'ciba://enrol?issuer=…&ticket=…'

  --url URL    address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --help       print this text`;

type Scope = { scope: string; description: string };
type About = { issuer: string; sub: string; request_id: string; expires_at: number };
type Details = About & { client_name: string; binding_message?: string; scopes: readonly Scope[] };
type Waiting = { requests: readonly { request_id: string }[] };

/** An error that its message explains fully. */
class Explained extends Error {}
/** How often the phone looks whether an open request was answered elsewhere. */
const LOOK_MS = 3000;
const CHOICES: Readonly<Record<string, 'approve' | 'deny'>> = {
  a: 'approve',
  approve: 'approve',
  d: 'deny',
  deny: 'deny',
};

const { url, who } = readCommandLine();
const keyboard = createInterface({ input: process.stdin, output: process.stdout });
const pushToken = `terminal-${crypto.randomUUID()}`;
const key = await generateKeyPair('ES256', { extractable: false });

const ticket = readTicket(who.startsWith('ciba:') ? who : await ticketFor(who).catch(giveUp));
const issuer = ticket.searchParams.get('issuer') ?? '';
const me = await enrol().catch(giveUp);
console.log(`Enrolled as device ${me.device_id} of user ${me.sub} at ${issuer}. Waiting; Ctrl-C removes the phone.`);
keyboard.on('SIGINT', () => void call('DELETE', `devices/${me.device_id}`).finally(() => process.exit(0)));

const refused = ({ message }: Error) => console.log(message);
const shown = new Set<string>();
await ring().catch(giveUp);

function readCommandLine(): { url: string; who: string } {
  const options = {
    url: { type: 'string', default: process.env['CIBA_URL'] || 'http://localhost:3000' },
    help: { type: 'boolean', default: false },
  } as const;
  const { tokens } = parseArgs({ options, strict: false, tokens: true, allowPositionals: true });
  const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(options, token.name));
  if (unknown?.kind === 'option') end(`There is no option ${unknown.rawName}.\n\n${ABOUT}`, 1);
  const { values, positionals } = parseArgs({ options, strict: false, allowPositionals: true });
  if (values.help) end(ABOUT, 0);
  const address = URL.parse(String(values.url));
  if (!/^https?:$/.test(address?.protocol ?? ''))
    end('--url or CIBA_URL must be a URL such as http://localhost:3000.', 1);
  return { url: address?.origin ?? '', who: positionals[0] ?? 'ana@example.com' };
}

/** Shows what waits already, then what is pushed. */
async function ring(): Promise<void> {
  const { requests } = await call<Waiting>('GET', 'device/requests');
  for (const { request_id } of requests) await showAndAnswer(request_id).catch(refused);
  for await (const push of pushes()) {
    if (push['type'] === 'authentication_request') await showAndAnswer(push['request_id'] ?? '').catch(refused);
    else console.log(`Notice: a new phone was enrolled for you, ${push['new_device_id']}.`);
  }
  end('The provider has ended.', 1);
}

function readTicket(uri: string): URL {
  const parsed = URL.parse(uri);
  const isWhole = parsed?.searchParams.has('issuer') && parsed.searchParams.has('ticket');
  return parsed && isWhole ? parsed : end('A ticket looks like this: ciba://enrol?issuer=…&ticket=…', 1);
}

/** Ends the program with the sentence of an error. */
function giveUp(error: unknown): never {
  if (error instanceof Explained) end(error.message, 1);
  // The stream of pushes has ended.
  if (error instanceof TypeError && error.message === 'terminated') end('The provider has ended.', 1);
  const isSilence = error instanceof TypeError && error.message === 'fetch failed';
  return end(
    isSilence ? `No provider answers at ${issuerOrUrl()}. Run "npm start" in another terminal first.` : String(error),
    1,
  );
}

function issuerOrUrl(): string {
  return who.startsWith('ciba:') ? 'the address in the ticket' : url;
}

function end(text: string, code: number): never {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}

async function enrol() {
  const claims = { ticket: ticket.searchParams.get('ticket'), name: 'Terminal phone', platform: 'GCM' };
  const header = { typ: 'ciba-enrolment+jwt', jwk: await exportJWK(key.publicKey) };
  const enrolment = await sign(header, { ...claims, push_token: pushToken });
  const enrolled = await send<{ device_id: string; sub: string; issuer: string }>('POST', 'devices', { enrolment });
  if (enrolled.issuer !== issuer) throw new Explained('The issuer in the answer is not that of the ticket.');
  return enrolled;
}

/** Shows only what is in the bytes, and signs the hash of exactly these bytes. */
async function showAndAnswer(requestId: string): Promise<void> {
  if (shown.has(requestId)) return;
  shown.add(requestId);
  const { details } = await call<{ details: string }>('GET', `device/requests/${requestId}`);
  const bytes = Buffer.from(details, 'base64url');
  const asked: Details = JSON.parse(bytes.toString());
  if (asked.issuer !== issuer || asked.sub !== me.sub || asked.request_id !== requestId)
    throw new Explained('These details are not for this phone.');
  const secondsLeft = asked.expires_at - Math.floor(Date.now() / 1000);
  console.log(`\n${asked.client_name} asks (expires in ${secondsLeft} s):`);
  if (asked.binding_message !== undefined) console.log(`  "${asked.binding_message}"`);
  for (const { description } of asked.scopes) console.log(`  - ${description}`);
  const decision = await decide(requestId, secondsLeft);
  if (decision === undefined) return;
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('base64url');
  const claims = { iss: me.device_id, sub: me.sub, request_id: requestId, decision, details_hash: hash };
  const amr = decision === 'approve' ? ['user'] : [];
  const response = await sign({ typ: 'ciba-response+jwt' }, { ...claims, amr });
  await send('POST', `device/requests/${requestId}/response`, { response });
  console.log(decision === 'approve' ? 'Approved.' : 'Denied.');
}

/** Asks until a key says which; undefined if the request ended before. No other key is an answer. */
async function decide(requestId: string, secondsLeft: number): Promise<'approve' | 'deny' | undefined> {
  const over = new AbortController();
  const expired = setTimeout(() => over.abort('It expired.'), secondsLeft * 1000);
  const look = setInterval(() => {
    const isOpen = ({ requests }: Waiting) => requests.some(({ request_id }) => request_id === requestId);
    call<Waiting>('GET', 'device/requests').then(
      (list) => isOpen(list) || over.abort('It was answered elsewhere.'),
      refused,
    );
  }, LOOK_MS);
  try {
    while (true) {
      const typed = await keyboard.question('[a]pprove or [d]eny? ', { signal: over.signal });
      const decision = CHOICES[typed.trim().toLowerCase()];
      if (decision) return decision;
      console.log('Type a or d.');
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
    console.log(`\n${over.signal.reason}`);
    return undefined;
  } finally {
    clearTimeout(expired);
    clearInterval(look);
  }
}

function sign(header: Record<string, unknown>, claims: Record<string, unknown>): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const life = { aud: issuer, iat, exp: iat + 60, jti: crypto.randomUUID() };
  return new SignJWT({ ...claims, ...life }).setProtectedHeader({ alg: 'ES256', ...header }).sign(key.privateKey);
}

/** Makes a call with a device assertion, which is bound to its method and URL. */
async function call<T>(method: string, path: string): Promise<T> {
  const claims = { iss: me.device_id, sub: me.sub, htm: method, htu: issuer + path };
  return send<T>(method, path, undefined, `Device ${await sign({ typ: 'ciba-device+jwt' }, claims)}`);
}

async function send<T>(method: string, path: string, body?: unknown, authorization?: string): Promise<T> {
  const headers = new Headers(authorization === undefined ? {} : { authorization });
  if (body !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(issuer + path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Explained(sentenceOf(response.status, text));
  return JSON.parse(text === '' ? 'null' : text);
}

/** Returns the description in an error of the provider. */
function sentenceOf(status: number, text: string): string {
  try {
    const { error_description }: { error_description?: string } = JSON.parse(text);
    return error_description ?? `The provider answered ${status}.`;
  } catch {
    return `The provider answered ${status}.`;
  }
}

/** Gets a ticket. Local only: in AWS the company's backend asks the admin API for it. */
async function ticketFor(loginHint: string): Promise<string> {
  const query = new URLSearchParams({ login_hint: loginHint });
  const response = await fetch(`${url}/local/ticket?${query}`, { method: 'POST' });
  if (response.status === 404) throw new Explained(`There is no user ${loginHint}, or ${url} is not "npm start".`);
  if (!response.ok) throw new Explained(sentenceOf(response.status, await response.text()));
  const { uri }: { uri: string } = JSON.parse(await response.text());
  return uri;
}

/** Receives pushes as server-sent events. Local only: a real app gets them from Apple or Google. */
async function* pushes(): AsyncGenerator<Readonly<Record<string, string>>> {
  const stream = (await fetch(`${url}/local/push?token=${pushToken}`)).body ?? new ReadableStream();
  let rest = '';
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
