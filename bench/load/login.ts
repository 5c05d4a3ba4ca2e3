import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, jwtVerify } from 'jose';
import * as v from 'valibot';
import { CIBA_GRANT, requestIdOf } from '../../test/support/world.ts';
import {
  isPassing,
  type LoadClient,
  type LoadPerson,
  type LoadWorld,
  patiently,
  type WireAnswer,
} from './load-world.ts';
import type { LoginEnd, LoginRecord } from './login-record.ts';

/** What a login needs. `until`: when client and phone give up, in milliseconds since 1970. */
type Scene = {
  readonly world: LoadWorld;
  readonly client: LoadClient;
  readonly person: LoadPerson;
  readonly record: LoginRecord;
  readonly until: number;
};
type Asked = { readonly authReqId: string; readonly intervalSeconds: number };

/** How long client and phone try. It is longer than any request lives. */
const PATIENCE_MILLISECONDS = 240_000;
/** Requests that nobody answers live as short as possible. */
const SHORT_EXPIRY_SECONDS = 10;
const EXPIRY_SECONDS = 180;
/** A phone that was not pushed by then looks at its list. */
const PUSH_MILLISECONDS = 10_000;
/** By then a ping must have come, after a decision. The provider may have been killed, and the lease of a ping is 20 s. */
const PING_MILLISECONDS = 90_000;

const askAnswer = v.object({ auth_req_id: v.string(), expires_in: v.number(), interval: v.number() });
const tokenAnswer = v.object({ access_token: v.string(), id_token: v.string() });
const ENDS: readonly string[] = ['access_denied', 'expired_token', 'invalid_grant'] satisfies readonly LoginEnd[];
const isEnd = (error: string): error is LoginEnd => ENDS.includes(error);

/** One login of many, on the side of client and phone. It writes what they see into the record. */
export async function logIn(world: LoadWorld, record: LoginRecord): Promise<void> {
  const client = world.clients.find(({ client_id }) => client_id === record.clientId);
  const person = world.people.find(({ sub }) => sub === record.sub);
  if (!client || !person) throw new Error('the login has no client or no person');
  const scene: Scene = { world, client, person, record, until: Date.now() + PATIENCE_MILLISECONDS };
  const asked = await ask(scene);
  if (!asked) {
    record.problems.push('the client could not ask');
    return;
  }
  record.authReqId = asked.authReqId;
  record.requestId = requestIdOf(asked.authReqId);
  const phone = record.intent === 'nothing' ? Promise.resolve() : answer(scene, record.requestId);
  await Promise.all([phone, client.mode === 'ping' ? redeemWhenPinged(scene, asked) : redeem(scene, asked)]);
  if (record.end === undefined) record.problems.push('the client got neither tokens nor an end');
  else if (record.end === 'tokens' && record.index % 10 === 3) await replay(scene, asked);
}

async function ask({ world, client, person, record, until }: Scene): Promise<Asked | undefined> {
  const isPing = client.mode === 'ping';
  const expiry = record.intent === 'nothing' ? SHORT_EXPIRY_SECONDS : EXPIRY_SECONDS;
  return patiently(until, async () => {
    const answer = await world.post('/bc-authorize', client, {
      scope: 'openid',
      login_hint: person.email,
      requested_expiry: String(expiry),
      ...(isPing && { client_notification_token: record.pingToken }),
    });
    const asked = answer?.status === 200 ? v.parse(askAnswer, answer.body) : undefined;
    if (asked) return { authReqId: asked.auth_req_id, intervalSeconds: asked.interval };
    record.failedAsks += 1;
    if (answer && !isPassing(answer.status)) noteRefusal(record, 'asked', answer);
    return undefined;
  });
}

/** The phone: it is pushed, or finds the request in its list. It shows the details and sends the person's answer. */
async function answer({ world, person, record, until }: Scene, requestId: string): Promise<void> {
  const { phone } = person;
  record.isPushed = await world.pushes.waitFor(requestId, PUSH_MILLISECONDS);
  const attempt = async (): Promise<number | undefined> => {
    if (!record.isPushed && !(await phone.list()).some(({ request_id }) => request_id === requestId)) return undefined;
    const { bytes } = await phone.read(requestId);
    const { status } = await phone.answer(requestId, bytes, record.intent === 'deny' ? 'deny' : 'approve');
    return isPassing(status) ? undefined : status;
  };
  const status = await patiently(until, () => attempt().catch(() => undefined));
  if (status === undefined) record.problems.push('the phone could not answer');
  else if (status >= 300) record.problems.push(`the answer of the phone was refused: ${status}`);
  else if (record.index % 20 === 7) await attempt().catch(() => undefined);
}

async function redeemWhenPinged(scene: Scene, asked: Asked): Promise<void> {
  const { world, record } = scene;
  const isOver = record.intent === 'nothing';
  const wait = isOver ? SHORT_EXPIRY_SECONDS * 1000 : PING_MILLISECONDS;
  const isPinged = await world.pings.waitFor(asked.authReqId, wait);
  if (!isPinged && !isOver) record.problems.push('no ping came');
  await redeem(scene, asked);
}

/** The client polls until the end. Every 20th login sends each poll twice at once, and every 10th polls too fast. */
async function redeem(scene: Scene, { authReqId, intervalSeconds }: Asked): Promise<void> {
  const { record, until } = scene;
  const { index } = record;
  const isHasty = index % 10 === 9;
  let interval = intervalSeconds;
  while (record.end === undefined && Date.now() < until) {
    const polls = index % 20 === 11 ? [poll(scene, authReqId), poll(scene, authReqId)] : [poll(scene, authReqId)];
    const errors = await Promise.all(polls);
    if (record.tokens.length > 0) record.end = 'tokens';
    else record.end = errors.find((error): error is LoginEnd => error !== undefined && isEnd(error));
    if (record.end !== undefined) return;
    if (errors.includes('slow_down')) interval += 5;
    await pause(isHasty && interval === intervalSeconds ? 300 : interval * 1000);
  }
}

/** Polls once. Returns the error; undefined if there are tokens, or if the provider failed or was not there. */
async function poll({ world, client, record }: Scene, authReqId: string): Promise<string | undefined> {
  const answer = await world.post('/token', client, { grant_type: CIBA_GRANT, auth_req_id: authReqId });
  if (!answer) {
    record.lostPolls += 1;
    return undefined;
  }
  if (answer.status === 200) {
    await takeTokens({ world, record }, answer.body);
    return undefined;
  }
  if (isPassing(answer.status)) return undefined;
  const error = String(answer.body['error']);
  if (!isEnd(error) && error !== 'authorization_pending' && error !== 'slow_down')
    noteRefusal(record, 'polled', answer);
  return error;
}

async function takeTokens({ world, record }: Pick<Scene, 'world' | 'record'>, body: WireAnswer['body']): Promise<void> {
  const tokens = v.parse(tokenAnswer, body);
  const expected = { issuer: world.issuer, audience: record.clientId, subject: record.sub };
  await jwtVerify(tokens.id_token, world.keys, expected).catch((error: Error) => {
    record.problems.push(`the ID token is not that of the login: ${error.message}`);
  });
  record.tokens.push(String(decodeJwt(tokens.access_token).jti));
}

/** A client that redeems again gets no second token. */
async function replay(scene: Scene, { authReqId }: Asked): Promise<void> {
  const { record, until } = scene;
  const got = record.tokens.length;
  const error = await patiently(until, async () => {
    const refused = await poll(scene, authReqId);
    return record.tokens.length > got ? 'second tokens' : refused;
  });
  if (error !== 'invalid_grant') record.problems.push(`redeemed again, the answer was ${error}`);
}

function noteRefusal(record: LoginRecord, did: string, { status, body }: WireAnswer): void {
  record.problems.push(`the client ${did} and was refused: ${status} ${JSON.stringify(body)}`);
}
