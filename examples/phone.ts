/**
 * A phone app in a terminal. It enrols, rings, shows who asks and for what, and signs the answer (docs/device-api.md).
 *
 * Run, with `npm start` in another terminal:   npx node examples/phone.ts                 (the phone of ana@example.com)
 * For another user, or with a ticket's URI:    npx node examples/phone.ts bo@example.com  |  'ciba://enrol?issuer=…'
 *
 * The key is a WebCrypto key that can't be exported. A real app keeps its key in the phone's secure hardware and
 * requires a fingerprint, face or PIN to use it. A real app gets its pushes from Apple or Google; this one from the
 * local runtime.
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type Scope = { scope: string; description: string };
type About = { issuer: string; sub: string; request_id: string; expires_at: number };
type Details = About & { client_name: string; binding_message?: string; scopes: readonly Scope[] };

const { values, positionals } = parseArgs({
  options: { url: { type: 'string', default: 'http://localhost:3000' } },
  allowPositionals: true,
});
const [who = 'ana@example.com'] = positionals;
const keyboard = createInterface({ input: process.stdin, output: process.stdout });
const pushToken = `terminal-${crypto.randomUUID()}`;
const key = await generateKeyPair('ES256', { extractable: false });

const ticket = new URL(who.startsWith('ciba:') ? who : (await ticketFor(who)).uri);
const issuer = ticket.searchParams.get('issuer') ?? '';
const me = await enrol();
console.log(`Enrolled as device ${me.device_id} of user ${me.sub} at ${issuer}. Waiting; Ctrl-C removes the phone.`);
keyboard.on('SIGINT', () => void call('DELETE', `devices/${me.device_id}`).finally(() => process.exit(0)));

const refused = ({ message }: Error) => console.log(message);
const shown = new Set<string>();
const { requests } = await call<{ requests: { request_id: string }[] }>('GET', 'device/requests');
for (const { request_id } of requests) await showAndAnswer(request_id).catch(refused);
for await (const push of pushes()) {
  if (push['type'] === 'authentication_request') await showAndAnswer(push['request_id'] ?? '').catch(refused);
  else console.log(`Notice: a new phone was enrolled for you, ${push['new_device_id']}.`);
}

async function enrol() {
  const claims = { ticket: ticket.searchParams.get('ticket'), name: 'Terminal phone', platform: 'GCM' };
  const header = { typ: 'ciba-enrolment+jwt', jwk: await exportJWK(key.publicKey) };
  const enrolment = await sign(header, { ...claims, push_token: pushToken });
  const enrolled = await send<{ device_id: string; sub: string; issuer: string }>('POST', 'devices', { enrolment });
  if (enrolled.issuer !== issuer) throw new Error('the issuer in the answer is not that of the ticket');
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
    throw new Error('these details are not for this phone');
  const secondsLeft = asked.expires_at - Math.floor(Date.now() / 1000);
  console.log(`\n${asked.client_name} asks (expires in ${secondsLeft} s):`);
  if (asked.binding_message !== undefined) console.log(`  "${asked.binding_message}"`);
  for (const { description } of asked.scopes) console.log(`  - ${description}`);
  const typed = await keyboard.question('[a]pprove or [d]eny? ');
  const decision = typed.trim().toLowerCase().startsWith('a') ? 'approve' : 'deny';
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('base64url');
  const claims = { iss: me.device_id, sub: me.sub, request_id: requestId, decision, details_hash: hash, amr: ['user'] };
  const response = await sign({ typ: 'ciba-response+jwt' }, claims);
  await send('POST', `device/requests/${requestId}/response`, { response });
  console.log(decision === 'approve' ? 'Approved.' : 'Denied.');
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
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text === '' ? 'null' : text);
}

/** Gets a ticket. Local only: in AWS the company's backend asks the admin API for it. */
async function ticketFor(loginHint: string): Promise<{ uri: string }> {
  const query = new URLSearchParams({ login_hint: loginHint });
  const response = await fetch(`${values.url}/local/ticket?${query}`, { method: 'POST' });
  if (!response.ok) throw new Error(await response.text());
  return JSON.parse(await response.text());
}

/** Receives pushes as server-sent events. Local only: a real app gets them from Apple or Google. */
async function* pushes(): AsyncGenerator<Readonly<Record<string, string>>> {
  const stream = (await fetch(`${values.url}/local/push?token=${pushToken}`)).body ?? new ReadableStream();
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
