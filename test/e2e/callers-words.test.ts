import { request } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../infra/functions/deployed-functions.ts';
import { lifeOf, type Phone } from '../../local/demo/phone.ts';
import { basic, CIBA_GRANT, type TestClient, World } from '../support/world.ts';

// What callers send must not reach the log, in whatever place of a call they put it (ASVS 5, V16.2.5 and V16.4.1).

/** A word that nothing but the calls of this test contains. */
const WORD = 'zq7kxwv';
/** What would be a line of its own, if it were written as it is. */
const FORGED = `${WORD}\n{"level":"ERROR","message":"${WORD}","service":"token"}\r\n\u0000\u001B[31m\u2028`;
/** A text of 64 KB less a little, so that the body is still read. */
const LONG = WORD.repeat(9000);
const FORM = 'application/x-www-form-urlencoded';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Call = { readonly headers?: Record<string, string>; readonly body?: string; readonly query?: string };
type Answered = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string };

let world: World;
let client: TestClient;
let phone: Phone;
let requestId: string;
/** A JWT whose header and claims are full of the word, signed by a key that nobody knows. */
let jwt: string;
beforeAll(async () => {
  world = await World.start({ throttles: 'off' });
  client = await world.client({ scope: 'openid profile' });
  const person = await world.person();
  phone = person.phone;
  ({ requestId } = await world.asked(client, { login_hint: person.email }));
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const ids = {
    iss: FORGED,
    sub: WORD,
    aud: FORGED,
    jti: FORGED,
    htm: WORD,
    htu: FORGED,
    ticket: FORGED,
    name: FORGED,
  };
  jwt = await new SignJWT({ ...ids, [FORGED]: FORGED, exp: world.runtime.now() + 60, iat: world.runtime.now() })
    .setProtectedHeader({ alg: 'ES256', typ: WORD, kid: FORGED, jwk: await exportJWK(publicKey), [WORD]: FORGED })
    .sign(privateKey);
});
afterAll(() => world?.close());

const routes = Object.values(functions).flatMap((spec) => spec.routes as readonly string[]);
const formOf = (entries: Record<string, string>) => new URLSearchParams(entries).toString();
const ofForm = (body: string, more: Record<string, string> = {}): Call => ({
  headers: { 'content-type': FORM, ...more },
  body,
});
const ofJson = (value: unknown, more: Record<string, string> = {}): Call => ({
  headers: { 'content-type': 'application/json', ...more },
  body: typeof value === 'string' ? value : JSON.stringify(value),
});

/** Sends a call as it is: with headers that `fetch` refuses. */
function send(method: string, path: string, { headers = {}, body = '', query }: Call): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const target = query === undefined ? path : `${path}?${query}`;
    const all = { ...headers, 'content-length': Buffer.byteLength(body) };
    const outgoing = request(world.runtime.url + target, { method, headers: all }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

/** The calls that each route gets: the word in every place that a caller can write to. */
function hostileCalls(): readonly Call[] {
  const bearer = basic(client);
  const named = { [WORD]: 'x', [FORGED]: FORGED, scope: FORGED, login_hint: FORGED, binding_message: FORGED };
  const nested = { [WORD]: { [FORGED]: [FORGED] }, scope_descriptions: { [FORGED]: 1, [WORD]: WORD }, jwks: FORGED };
  return [
    { query: formOf({ [WORD]: FORGED, login_hint: WORD, after: WORD }) },
    { headers: { 'user-agent': `${WORD} {"level":"ERROR"}`, [`x-${WORD}`]: WORD, cookie: `${WORD}=${WORD}` } },
    {
      headers: { 'x-forwarded-for': WORD, 'cloudfront-viewer-address': WORD, 'x-correlation-id': WORD, referer: WORD },
    },
    { headers: { authorization: WORD } },
    { headers: { authorization: `Device ${jwt}`, 'content-type': WORD } },
    ofForm(formOf(named)),
    ofForm(formOf(named), { authorization: bearer }),
    ofForm(formOf({ ...named, grant_type: FORGED, auth_req_id: FORGED }), { authorization: bearer }),
    ofForm(formOf({ grant_type: CIBA_GRANT, auth_req_id: WORD, resource: FORGED }), { authorization: bearer }),
    ofForm(formOf({ client_id: WORD, client_secret: FORGED, scope: 'openid' })),
    ofForm(formOf({ client_id: FORGED, client_secret: FORGED }), {
      authorization: basic({ client_id: WORD, client_secret: WORD }),
    }),
    ofForm(formOf({ client_assertion_type: ASSERTION, client_assertion: jwt, scope: 'openid' })),
    ofForm(`${WORD}=1&${WORD}=2&scope=openid`, { authorization: bearer }),
    ofForm(`${LONG}=1&scope=openid`, { authorization: bearer }),
    ofForm(`${LONG}${LONG}=1`),
    ofForm(`${WORD}=%zz&%00=%ff`),
    ofJson({ enrolment: jwt, response: jwt, [FORGED]: FORGED }),
    ofJson({ client_name: FORGED, scope: FORGED, ...nested }),
    ofJson({ client_name: 'x', scope_descriptions: { [LONG]: 1 } }),
    ofJson({ email: FORGED, name: FORGED, ...nested }),
    ofJson({ login_hint: FORGED, level: FORGED, confirm: WORD }),
    ofJson({ push_token: FORGED, name: FORGED }),
    ofJson(`{"${WORD}`),
    ofJson(`{"${LONG}${LONG}":1}`),
    ofJson(`[${'['.repeat(200)}"${WORD}"`),
  ];
}

const hasWord = (text: string) => text.toLowerCase().includes(WORD) || text.includes(base64Of(WORD));
const base64Of = (text: string) => Buffer.from(text).toString('base64').slice(0, 8);

describe.each(routes)('%s', (route) => {
  const [method = '', path = ''] = route.split(' ');
  // The word as an id, and as something that is no id.
  const paths = [path.replaceAll(/\{\w+\}/g, WORD), path.replaceAll(/\{\w+\}/g, encodeURIComponent(FORGED))];

  it('writes one line for each call, without a word of its caller', async () => {
    const before = world.logs.length;
    const answers: Answered[] = [];
    for (const one of new Set(paths)) for (const call of hostileCalls()) answers.push(await send(method, one, call));
    const lines = await linesSince(before, answers);
    expect(lines.filter(hasWord)).toEqual([]);
    // A caller that writes a line of its own would add one, or one that is no JSON.
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.map(({ message }) => message)).toEqual(answers.map(() => 'request'));
    expect(new Set(parsed.map((line) => line['route']))).toEqual(new Set([route]));
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });
});

it('writes no word of a phone that is enrolled, and signs with its own key', async () => {
  const before = world.logs.length;
  const { deviceId, sub, issuer } = phone.identity;
  const life = lifeOf(issuer, () => world.runtime.now());
  const claims = { iss: deviceId, sub, request_id: requestId, decision: FORGED, reason: FORGED, details_hash: WORD };
  const response = await phone.sign('ciba-response+jwt', { ...claims, amr: [FORGED], ...life });
  const path = `/devices/${deviceId}`;
  const authorization = await phone.assertion('PATCH', path.slice(1));
  const answers = [
    await send('POST', `/device/requests/${requestId}/response`, ofJson({ response })),
    await send('PATCH', path, ofJson({ name: FORGED, push_token: WORD, [FORGED]: WORD }, { authorization })),
  ];
  expect((await linesSince(before, answers)).filter(hasWord)).toEqual([]);
  expect(answers.map(({ status }) => status)).toEqual([400, 400]);
});

/** The lines since then, once the line of the last call is there. */
async function linesSince(before: number, answers: readonly Answered[]): Promise<readonly string[]> {
  const last = String(answers.at(-1)?.headers['x-correlation-id']);
  await expect.poll(() => world.logs.some((line) => line.includes(last))).toBe(true);
  return world.logs.slice(before).filter((line) => !isOfTrail(line));
}

/** The audit trail tells on purpose which client an operator tried to remove. It tells nothing else of a refused call. */
function isOfTrail(line: string): boolean {
  const { message, audit } = JSON.parse(line) as { message: string; audit?: { event: string; by: string } };
  return message === 'audit' && audit?.event === 'client_removed' && audit.by.startsWith('arn:');
}
