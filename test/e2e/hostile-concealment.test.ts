import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

// What a hostile client learns about people where users are concealed, by what it may do with an open request.

const LIMITS = { perUser: { perMinute: 50, perHour: 90 }, unknownUsers: 'off', concealUsers: 'on' };
/** A wait after which a resend is allowed, and a poll is in time. */
const PAUSE_SECONDS = 61;

let world: World;
const hints = new Map<string, string>();
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(LIMITS) } });
  const [silent, blocked, phoneless] = [await world.person(), await world.person(), await world.user()];
  await world.admin('PATCH', `/admin/users/${blocked.sub}`, { blocked: true });
  hints.set('silent', silent.email).set('blocked', blocked.email).set('phoneless', phoneless.email);
  hints.set('unknown', 'nobody@example.com');
  // One story makes every function warm.
  await story(await world.client(), silent.email, [poll, resend, withdraw]);
});
afterAll(() => world?.close());

type Step = (client: TestClient, authReqId: string) => Promise<Answer>;
const post =
  (path: string, form: Record<string, string> = {}): Step =>
  (client, authReqId) =>
    world.post(path, client, { auth_req_id: authReqId, ...form });
const poll: Step = (client, authReqId) => world.poll(client, authReqId);
const withdraw = post('/bc-authorize/withdraw');
const resend = post('/bc-authorize/resend');
const number = post('/bc-authorize/number', { number: '07' });
/** Whether the client waits for a call. */
const isOwn = ({ caller }: AwsCall) => caller !== 'client-notification';
/** What a client sees of a step, and what the step costs: time is a sum of calls. */
async function seen(work: () => Promise<Answer>): Promise<unknown> {
  const before = world.runtime.aws.calls.length;
  const { status, text, headers } = await work();
  const own = requestCalls(world.runtime.aws.calls.slice(before)).filter(isOwn);
  // What the SDK repeats because a connection broke off has the same bytes, and says nothing about people.
  const once = new Map(own.map((call) => [`${call.action} ${call.body}`, call.service]));
  const calls = [...once.values()];
  const said = text.replaceAll(/"(auth_req_id|number)":"[^"]*"/g, '"$1":"…"');
  return { status, said, bytes: text.length, retryAfter: headers.get('retry-after'), calls: calls.toSorted() };
}

/** Asks for somebody, takes the steps, and returns what was seen of each. */
async function story(client: TestClient, hint: string, steps: readonly Step[]): Promise<readonly unknown[]> {
  let authReqId = '';
  const ask = async () => {
    const answer = await world.ask(client, { login_hint: hint, requested_expiry: '600' });
    authReqId = String(answer.body['auth_req_id']);
    return answer;
  };
  await ask();
  world.runtime.advance(PAUSE_SECONDS);
  await ask();
  const all: unknown[] = [];
  for (const step of steps) {
    world.runtime.advance(PAUSE_SECONDS);
    all.push(await seen(() => step(client, authReqId)));
  }
  return all;
}

describe.each([
  ['a client without numbers', {}],
  ['a client that shows numbers', { number_matching: 'phone_enters' }],
  ['a client that enters numbers', { number_matching: 'client_enters' }],
])('%s sees the same of somebody who is not asked as of somebody who does not answer', (_what, metadata) => {
  it.each([
    ['when it withdraws', [poll, withdraw, poll, withdraw]],
    ['when it enters numbers', [number, poll, number, number, number, poll]],
    ['when it has phones rung again', [resend, poll, resend, resend, resend, withdraw, resend]],
  ])('%s', async (_when, steps) => {
    const client = await world.client(metadata);
    const silent = await story(client, hints.get('silent') ?? '', steps);
    for (const who of ['unknown', 'blocked', 'phoneless'])
      expect(await story(client, hints.get(who) ?? '', steps), who).toEqual(silent);
  });
});
