import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Line, totalsOf, violationsIn } from '../support/embedded-metrics.ts';
import { type Answer, CIBA_GRANT, type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start();
  client = await world.client();
});
afterAll(() => world?.close());

/** Where the log stands, once every function that counts has written all its lines so far: each writes them in order. */
async function startCounting(): Promise<number> {
  const answers = [
    await world.ask(client, { login_hint: 'nobody@example.com' }),
    await world.poll(client, 'unknown'),
    await world.send('/device/requests', {}),
  ];
  for (const answer of answers) await world.line(answer);
  return world.logs.length;
}

/** What the lines since then count, once the lines of these answers are there: each function writes its lines in order. */
async function countedSince(start: number, last: readonly Answer[]): Promise<Readonly<Record<string, number>>> {
  for (const answer of last) await world.line(answer);
  const written = world.logs.slice(start).filter((line) => line.startsWith('{'));
  expect(written.flatMap(violationsIn)).toEqual([]);
  return totalsOf(written.map((line) => JSON.parse(line) as Line));
}

it('a login counts as one of each: enrolment, request, approval, login and its seconds', async () => {
  const start = await startCounting();
  const { email, phone } = await world.person();
  const { authReqId, requestId } = await world.asked(client, { login_hint: email });
  await world.poll(client, authReqId);
  world.runtime.advance(6);
  await world.answer(phone, requestId, 'approve');
  const last = [await world.poll(client, authReqId), await world.send('/.well-known/jwks.json', {})];
  await phone.list();
  last.push(await world.send('/device/requests', {}));
  const { ApprovalSeconds, ColdStarts: _loaded, ...counts } = await countedSince(start, last);
  expect(counts).toEqual({
    DevicesEnrolled: 1,
    RequestsStarted: 1,
    Approvals: 1,
    Logins: 1,
    DevicesRefused: 1,
    'Refusals{service=device}': 1,
  });
  expect(ApprovalSeconds).toBe(6);
});

it('what is refused counts by function, and by what an alarm or a graph is about', async () => {
  const start = await startCounting();
  const { email, phone } = await world.person();
  const first = await world.asked(client, { login_hint: email });
  await world.poll(client, first.authReqId);
  await world.poll(client, first.authReqId);
  await world.answer(phone, first.requestId, 'approve');
  await world.poll(client, first.authReqId);
  await world.poll(client, first.authReqId);
  const second = await world.asked(client, { login_hint: email });
  await world.answer(phone, second.requestId, 'deny');
  await world.poll(client, second.authReqId);
  const third = await world.asked(client, { login_hint: email });
  world.runtime.advance(200);
  await world.poll(client, third.authReqId);
  await world.poll({ ...client, client_secret: 'wrong' }, third.authReqId);
  const replayed = await sendAssertionTwice();
  const unknown = await world.ask(client, { login_hint: 'nobody@example.com' });
  const device = await world.send('/device/requests', {});
  const { ApprovalSeconds: _, ...counts } = await countedSince(start, [replayed, unknown, device]);
  expect(counts).toEqual({
    DevicesEnrolled: 1,
    RequestsStarted: 3,
    Approvals: 1,
    Denials: 1,
    Logins: 1,
    SlowDowns: 1,
    RepeatedRedemptions: 1,
    Expiries: 1,
    AssertionReplays: 1,
    ClientAuthenticationFailures: 2,
    'Refusals{service=token}': 7,
    DevicesRefused: 1,
    'Refusals{service=device}': 1,
    'Refusals{service=backchannel-authentication}': 1,
  });
});

it('pushes that fail and faults count too', async () => {
  const { email, phone } = await world.person();
  const start = await startCounting();
  world.runtime.sns.disable(phone.identity.pushToken);
  await world.ask(client, { login_hint: email });
  world.runtime.aws.interference = () => ({ status: 500, body: '{"__type":"InternalServerError","message":"down"}' });
  await world.ask(client, { login_hint: email });
  world.runtime.aws.interference = undefined;
  const last = await world.ask(client, { login_hint: email });
  expect(await countedSince(start, [last])).toEqual({
    PushEndpointsDead: 1,
    'PushErrors{push_error=endpoint_dead}': 1,
    NoReachableDevice: 2,
    'Refusals{service=backchannel-authentication}': 2,
    'Faults{service=backchannel-authentication}': 1,
  });
});

/** The answer to the same client assertion, sent again. */
async function sendAssertionTwice(): Promise<Answer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = { keys: [await exportJWK(publicKey)] };
  const { client_id } = await world.client({ token_endpoint_auth_method: 'private_key_jwt', jwks });
  const claims = { iss: client_id, sub: client_id, aud: world.issuer, exp: world.runtime.now() + 60 };
  const client_assertion = await new SignJWT({ ...claims, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(privateKey);
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const form = { grant_type: CIBA_GRANT, auth_req_id: 'x', client_assertion_type, client_assertion };
  await world.post('/token', undefined, form);
  return world.post('/token', undefined, form);
}
