import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { expectRefusal } from '../support/assertions.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

const LIMITS = { perUser: { perMinute: 1, perHour: 9 }, unknownUsers: 3, concealUsers: 'on' };
const PING = {
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: 'https://client.example/ciba',
};

let world: World;
/** The key of the client that signs, and of whoever signs hints for it. */
let key: CryptoKey;
/** Clients, by how they learn of an answer. */
const clients = new Map<string, TestClient>();
/** Whom the client may name, by what speaks against asking them. */
const hints = new Map<string, string>();
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(LIMITS) } });
  const polling = await world.client({ requests_per_minute: 300 });
  clients.set('poll', polling).set('ping', await world.client({ requests_per_minute: 300, ...PING }));
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  key = privateKey;
  const jwks = { keys: [await exportJWK(publicKey)] };
  const signing = await world.client({
    jwks,
    backchannel_authentication_request_signing_alg: 'ES256',
    login_hint_token_issuers: [{ issuer: HINTS, jwks }],
    requests_per_minute: 300,
  });
  for (const way of Object.keys(SIGNED)) clients.set(way, signing);
  const [blocked, limited, lost] = [await world.person(), await world.person(), await world.person()];
  const [removed, renamed, phoneless] = [await world.person(), await world.person(), await world.user()];
  await world.admin('PATCH', `/admin/users/${blocked.sub}`, { blocked: true });
  await world.admin('DELETE', `/admin/users/${removed.sub}`);
  await world.admin('PATCH', `/admin/users/${renamed.sub}`, { email: 'renamed@example.com' });
  await lost.phone.remove();
  const coded = await world.person();
  expect((await world.admin('PUT', `/admin/users/${coded.sub}/user-code`, { user_code: '4711' })).status).toBeLessThan(
    300,
  );
  hints.set('with a user code', coded.email);
  expect((await world.ask(polling, { login_hint: limited.email })).status).toBe(200);
  hints.set('blocked', blocked.email).set('limited', limited.email);
  hints.set('removed', removed.email).set('renamed', renamed.email);
  hints.set('phoneless', phoneless.email).set('without the phone that they had', lost.email);
  hints
    .set('unknown', 'unknown@example.com')
    .set('an unknown number', '+491701234567')
    .set('an unknown name', 'unknown');
  hints.set('an unknown subject', subject('nobody')).set('a removed subject', subject(removed.sub));
  hints.set('a blocked subject', subject(blocked.sub)).set('a phoneless subject', subject(phoneless.sub));
  hints.set('the subject of the synthetic login', subject('synthetic-login'));
});
afterAll(async () => {
  await world?.close();
});

const subject = (sub: string) => JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub });
const CONCEALED = [
  ...[
    'blocked',
    'limited',
    'removed',
    'renamed',
    'phoneless',
    'without the phone that they had',
    'with a user code',
    'unknown',
  ],
  ...['an unknown number', 'an unknown name', 'an unknown subject', 'a removed subject', 'a blocked subject'],
  ...['a phoneless subject', 'the subject of the synthetic login'],
];
const HINTS = 'https://hints.example/';
/** The ways of naming a user by what is signed: the request, and the hint, with a `jti` or without. */
const SIGNED = {
  'poll, by signed requests': { request: true },
  'poll, by login_hint_token': { token: { jti: true } },
  'poll, by login_hint_token without a jti in signed requests': { request: true, token: { jti: false } },
} as const satisfies Readonly<Record<string, { readonly request?: true; readonly token?: { readonly jti: boolean } }>>;
const MODES = ['poll', 'ping', ...(Object.keys(SIGNED) as (keyof typeof SIGNED)[])] as const;
type Mode = (typeof MODES)[number];
/** How many `jti` are remembered for a request. Each of the ways above has one. */
const remembered = (mode: Mode) => (mode === 'poll' || mode === 'ping' ? 0 : 1);

function sign(claims: object): Promise<string> {
  const now = world.runtime.now();
  const about = { aud: world.issuer, iat: now, nbf: now, exp: now + 120 };
  return new SignJWT({ ...about, ...claims }).setProtectedHeader({ alg: 'ES256' }).sign(key);
}

/** Says the same as a `login_hint` in the form of RFC 9493. */
function subjectIdentifier(hint: string): object {
  if (hint.startsWith('{')) return JSON.parse(hint);
  if (hint.startsWith('+')) return { format: 'phone_number', phone_number: hint };
  if (hint.includes('@')) return { format: 'email', email: hint };
  return { format: 'account', uri: `acct:${hint}@${new URL(world.issuer).hostname}` };
}

/** Returns the form that names somebody in this way. */
async function formOf(mode: Mode, login_hint: string): Promise<Record<string, string | undefined>> {
  if (mode === 'poll' || mode === 'ping') return { login_hint, client_notification_token: NOTIFICATION_TOKEN };
  const way: { request?: true; token?: { jti: boolean } } = SIGNED[mode];
  const once = { jti: randomUUID() };
  const sub_id = subjectIdentifier(login_hint);
  const hint = way.token
    ? { login_hint_token: await sign({ iss: HINTS, sub_id, ...(way.token.jti && once) }) }
    : { login_hint };
  if (!way.request) return hint;
  const { client_id: iss } = clientOf(mode);
  return { scope: undefined, request: await sign({ iss, ...once, scope: 'openid', ...hint }) };
}

const NOTIFICATION_TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';

/** Asks for somebody new who has a phone and never answers, or for somebody of the table. */
async function ask(name: string, mode: Mode = 'poll'): Promise<Answer> {
  const login_hint = hints.get(name) ?? (await world.person()).email;
  return world.ask(clientOf(mode), await formOf(mode, login_hint));
}

function clientOf(mode: Mode): TestClient {
  const client = clients.get(mode);
  if (!client) throw new Error(mode);
  return client;
}

/** Names a call by what it does to which kind of item. */
function nameOf({ service, action, input }: AwsCall): string {
  const { TableName: table = '', Key, Item, ExpressionAttributeValues: values } = input as Record<string, unknown>;
  const pk = /"pk":\{"S":"([A-Z]+#)/.exec(JSON.stringify({ ...(Key as object), ...(Item as object) }))?.[1];
  const queried = /"S":"([A-Z]+#)/.exec(JSON.stringify(values ?? {}))?.[1];
  return service === 'dynamodb' ? `${action} ${table} ${pk ?? queried}` : `${service} ${action}`;
}

/** The calls of AWS for an answer, without those that depend on the age of a copy of the client. */
async function callsOf(asking: () => Promise<Answer>): Promise<readonly string[]> {
  const before = world.runtime.aws.calls.length;
  expect((await asking()).status).toBe(200);
  const calls = world.runtime.aws.calls.slice(before).filter(({ caller }) => caller === 'backchannel-authentication');
  const names = requestCalls(calls).map(nameOf);
  return names.filter((name) => !name.endsWith('CLIENT#')).toSorted();
}

/** The lines of an answer: of the call, and of its announcement. */
function linesOf({ headers }: Answer): readonly string[] {
  const id = headers.get('x-correlation-id') ?? 'none';
  return world.logs.filter((line) => line.includes(id));
}

/** What a client can see of an answer, but for what is random in every one. */
const seen = ({ status, headers, body, text }: Answer) => ({
  status,
  headers: [...headers].filter(([name]) => !['date', 'x-correlation-id', 'apigw-requestid'].includes(name)),
  bytes: text.length,
  body: { ...body, auth_req_id: String(body['auth_req_id']).length },
});

describe.each(MODES)('a client where users are concealed (measure 6), %s', (mode) => {
  it('gets the same answer, to the byte of its length, for everybody whom it may not or cannot ask', async () => {
    const known = seen(await ask('known', mode));
    expect(known).toMatchObject({ status: 200, body: { expires_in: 120, interval: 5, auth_req_id: 43 } });
    for (const name of CONCEALED) {
      const rung = world.runtime.push.deliveries.length;
      const answer = await ask(name, mode);
      expect(seen(answer), name).toEqual(known);
      expect(world.runtime.push.deliveries.length, name).toBe(rung);
      await expect.poll(() => linesOf(answer).filter((line) => line.includes('"RequestsConcealed":1'))).toHaveLength(1);
      expect(linesOf(answer).filter((line) => line.includes('RequestsStarted'))).toEqual([]);
    }
  });

  it('polls as for everybody who does not answer, byte for byte: pending, slow down, and expired in the end', async () => {
    const polled = async (name: string) => {
      const authReqId = String((await ask(name, mode)).body['auth_req_id']);
      const poll = async () => seen(await world.poll(clientOf(mode), authReqId));
      const polls = [await poll(), await poll()];
      world.runtime.advance(15);
      polls.push(await poll());
      // A day later the request is still stored, whoever it was for.
      for (const seconds of [105, 86_000]) {
        world.runtime.advance(seconds);
        polls.push(await poll());
      }
      return polls;
    };
    const known = await polled('known');
    const errors = known.map(({ body }) => 'error' in body && body['error']);
    expect(errors).toEqual([
      ...['authorization_pending', 'slow_down', 'authorization_pending'],
      ...['expired_token', 'expired_token'],
    ]);
    for (const name of CONCEALED) expect(await polled(name), name).toEqual(known);
  });

  it('takes the same calls for all of them, and a person with a phone as many, with details in place of a count', async () => {
    const notification = mode === 'ping' ? ['PutItem Transactions NOTIFICATION#'] : [];
    const common = [
      'PutItem Transactions REQUEST#',
      'Query Directory USER#',
      'UpdateItem Transactions RATE#',
      'UpdateItem Transactions RATE#',
      'sns Publish',
      ...notification,
      ...Array<string>(remembered(mode)).fill('PutItem Transactions JTI#'),
    ];
    for (const name of ['known', ...CONCEALED]) {
      const byName = name.includes('subject') ? [] : ['GetItem Directory LOGIN#'];
      const own = name === 'known' ? 'PutItem Transactions USER#' : 'UpdateItem Transactions RATE#';
      // A limited person is asked about once more, so that the limit is there after the time that passed.
      if (name === 'limited') await ask(name, mode);
      const calls = await callsOf(() => ask(name, mode));
      expect(calls, name).toEqual([...common, ...byName, own].toSorted());
    }
  });
});

describe('a client that may ask one person alone', () => {
  it('does not learn from the calls which name is that person’s', async () => {
    const own = await world.person();
    const other = await world.person();
    const client = await world.client({ only_sub: own.sub, requests_per_minute: 300 });
    const calls = (login_hint: string) => callsOf(() => world.ask(client, { login_hint }));
    const known = await calls(own.email);
    for (const hint of [other.email, 'unknown@example.com']) expect((await calls(hint)).length).toBe(known.length);
  });
});

describe('where users are concealed', () => {
  it('a concealed request is dropped by client-notification at once, and no client is told', async () => {
    const answer = await ask('unknown', 'ping');
    const { txn } = await world.line(answer);
    const lines = () =>
      world.logs.filter((line) => line.includes('"client-notification"') && line.includes(String(txn)));
    await expect.poll(() => lines().length).toBe(1);
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({ status: 200, reason: 'never_decided' });
  });

  it('a client is not refused after many unknown users, which would tell how many were unknown', async () => {
    for (let attempt = 0; attempt < 6; attempt += 1) expect((await ask('unknown')).status).toBe(200);
  });

  it('no trace is left of the name that a client sent: not in what is stored, not in the log', async () => {
    const answer = await world.ask(clientOf('poll'), { login_hint: 'seldom.seen@example.com' });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(await world.line(answer))).not.toContain('seldom.seen');
    const writes = world.runtime.aws.calls.filter(({ action }) => action === 'PutItem' || action === 'UpdateItem');
    expect(writes.some(({ body }) => body.toString().includes('seldom.seen'))).toBe(false);
  });

  it('what a client sends wrongly is refused as ever, whomever it names', async () => {
    for (const name of ['known', 'unknown', 'blocked']) {
      const login_hint = hints.get(name) ?? (await world.person()).email;
      const answer = await world.ask(clientOf('poll'), { login_hint, binding_message: 'pay \u202E100' });
      const reason = 'invalid_binding_message';
      await expectRefusal(world, answer, { status: 400, error: reason, reason });
    }
  });
});
