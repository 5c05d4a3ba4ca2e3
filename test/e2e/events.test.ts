import { createHash } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BusEvent } from '../../local/aws/event-bridge.ts';
import { jsonAnswer } from '../../local/aws/json-answer.ts';
import type { AwsCall } from '../../local/aws/server.ts';
import { lifeOf, type Phone } from '../../local/demo/phone.ts';
import { SyntheticItems } from '../../provider/adapters/dynamodb/synthetic-items.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { txnOf } from '../../provider/core/digest.ts';
import { makeSyntheticIdentities } from '../../provider/core/operating/synthetic.ts';
import { PublishedEvents } from '../support/published-events.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { requestIdOf, type TestClient, World } from '../support/world.ts';

// Events for others (docs/events.md), from the real functions to the bus.

let world: World;
let client: TestClient;
let events: PublishedEvents;
beforeAll(start);
afterAll(async () => {
  await world?.close();
  events.expectValid();
});

async function start(): Promise<void> {
  events = new PublishedEvents();
  const variables = { REQUEST_LIMITS: JSON.stringify({ perUser: 'off', expiryLimit: 3600 }) };
  world = await World.start({ onEvent: events.add, variables });
  await newClient();
}

async function newClient(): Promise<void> {
  client = await world.client();
  await events.next('client_created', { client_id: client.client_id });
}

/** Starts anew, so that nothing of an earlier test can be told. */
async function restart(): Promise<void> {
  await world.close();
  events.expectValid();
  await start();
}

/** A request to a person with one phone. Others have been told of it. */
async function asked(form: Record<string, string> = {}) {
  const person = await world.person();
  const request = await world.asked(client, { login_hint: person.email, ...form });
  await events.next('authentication_requested');
  return { ...person, ...request };
}

let markers = 0;
/** Waits until everything was told that was committed until now. Events of the stream come in its order. */
async function caughtUp(): Promise<void> {
  markers += 1;
  const { client_id } = await world.client({ client_name: `Marker ${markers}` });
  await events.next('client_created', { client_id });
}

/** Signs and sends a denial that reports fraud. */
async function reportFraud(phone: Phone, requestId: string): Promise<number> {
  const { bytes } = await phone.read(requestId);
  const { deviceId: iss, sub, issuer } = phone.identity;
  const details_hash = createHash('sha256').update(bytes).digest('base64url');
  const claims = { iss, sub, request_id: requestId, decision: 'deny', reason: 'fraud', details_hash, amr: [] };
  const response = await phone.sign('ciba-response+jwt', { ...claims, ...lifeOf(issuer, () => world.runtime.now()) });
  const { status } = await world.send(`/device/requests/${requestId}/response`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response }),
  });
  return status;
}

const isPublication = ({ action, caller }: AwsCall) => action === 'PutEvents' && caller === 'events';
const isDecision = ({ action, caller, body }: AwsCall) =>
  action === 'UpdateItem' && caller === 'device' && body.toString().includes('"REQUEST#');
const down = {
  status: 500,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: '{"__type":"InternalServerError"}',
};

/** Goes on with what is there, and forgets what was told until now. */
async function goOn(): Promise<void> {
  world.runtime.aws.interference = undefined;
  await caughtUp();
  events.clear();
  await newClient();
}

describe('others are told', () => {
  beforeEach(goOn);

  it('that a user was asked and approved, but not of polls and of the redemption', async () => {
    const { sub, phone, authReqId, requestId } = await asked();
    const expires_at = world.runtime.now() + 120;
    await world.poll(client, authReqId);
    await world.answer(phone, requestId, 'approve');
    world.runtime.advance(5);
    expect((await world.poll(client, authReqId)).status).toBe(200);
    await caughtUp();
    expect(events.names).toEqual([
      'client_created',
      'device_enrolled',
      'authentication_requested',
      'authentication_approved',
      'client_created',
    ]);
    const about = { request_id: requestId, client_id: client.client_id, sub };
    expect(await events.next('authentication_requested')).toMatchObject({ ...about, expires_at });
    const { deviceId: device_id } = phone.identity;
    expect(await events.next('authentication_approved')).toMatchObject({ ...about, device_id });
  });

  it('that a user denied, and that they reported fraud', async () => {
    const { sub, phone, requestId } = await asked();
    expect(await reportFraud(phone, requestId)).toBe(204);
    const { deviceId: device_id } = phone.identity;
    const about = { request_id: requestId, client_id: client.client_id, sub, device_id };
    expect(await events.next('authentication_denied')).toMatchObject(about);
    expect(await events.next('fraud_reported')).toMatchObject(about);
  });

  it('that a denial is no fraud unless the phone says so', async () => {
    const { phone, requestId } = await asked();
    await world.answer(phone, requestId, 'deny');
    await caughtUp();
    expect(events.of('authentication_denied')).toHaveLength(1);
    expect(events.of('fraud_reported')).toEqual([]);
  });

  it('that no push was accepted, and that an approval was taken back', async () => {
    const first = await asked();
    await world.answer(first.phone, first.requestId, 'approve');
    await world.admin('DELETE', `/admin/users/${first.sub}/devices/${first.phone.identity.deviceId}`);
    await world.poll(client, first.authReqId);
    expect(await events.next('authentication_failed')).toMatchObject({
      request_id: first.requestId,
      reason: 'device_removed',
    });
    const { email } = await world.person();
    world.runtime.aws.interference = ({ service }) => (service === 'sns' ? down : undefined);
    expect((await world.ask(client, { login_hint: email })).status).toBe(503);
    expect(await events.next('authentication_failed', { reason: 'not_reached' })).toBeDefined();
  });

  it('of devices that were added and removed, also when their user was removed', async () => {
    const { sub, phone } = await world.person();
    const second = await world.phone(sub);
    const [one, other] = [phone.identity.deviceId, second.identity.deviceId];
    await world.admin('DELETE', `/admin/users/${sub}/devices/${one}`);
    await events.next('device_removed', { sub, device_id: one });
    await world.admin('DELETE', `/admin/users/${sub}`);
    await caughtUp();
    expect(events.of('device_enrolled').map(({ device_id }) => device_id)).toEqual([one, other]);
    expect(events.of('device_removed').map(({ device_id }) => device_id)).toEqual([one, other]);
  });

  it('that a user was blocked and unblocked, and nothing of other changes', async () => {
    const { sub } = await world.user();
    const change = (body: object) => world.admin('PATCH', `/admin/users/${sub}`, body);
    await change({ name: 'Somebody Else' });
    await world.ticket(sub);
    await change({ blocked: true });
    await change({ blocked: true, name: 'Again' });
    await change({ blocked: false });
    await caughtUp();
    expect(events.names.slice(1, -1)).toEqual(['user_blocked', 'user_unblocked']);
  });

  it('of clients, with the names of the members that changed and without their values', async () => {
    const { client_id } = client;
    await world.admin('PATCH', `/admin/clients/${client_id}`, { scope: 'openid pay', client_name: 'Another Bank' });
    await world.admin('DELETE', `/admin/clients/${client_id}`);
    expect(await events.next('client_removed', { client_id })).toBeDefined();
    expect((await events.next('client_created'))['changed']).toContain('client_secret');
    expect((await events.next('client_updated'))['changed']).toEqual(['client_name', 'scope']);
  });

  it('nothing that names a person, and no secret', async () => {
    const { sub, email } = await world.user({ name: 'Ana Lindqvist', phone_number: '+46701234567' });
    const phone = await world.phone(sub, { name: 'Ana’s phone', pushToken: 'push-token' });
    const form = { login_hint: email, scope: 'openid profile email', binding_message: 'W4SCT' };
    const { authReqId, requestId } = await world.asked(client, form);
    await world.answer(phone, requestId, 'approve');
    await caughtUp();
    const told = JSON.stringify(events.all);
    for (const hidden of ['Lindqvist', email, '4670', 'phone"', 'push-token', 'W4SCT', authReqId, client.client_secret])
      expect(told).not.toContain(hidden);
  });

  it('no number that has to be entered, in either direction, although the stream has it', async () => {
    const numbers: string[] = [];
    for (const number_matching of ['phone_enters', 'client_enters']) {
      const matching = await world.client({ number_matching });
      const { email, phone } = await world.person();
      const answer = await world.ask(matching, { login_hint: email });
      const auth_req_id = String(answer.body['auth_req_id']);
      const requestId = requestIdOf(auth_req_id);
      const { bytes } = await phone.read(requestId);
      const approve = async (claims: Record<string, unknown> = {}) =>
        (await sendAnswer(world, phone, { requestId, bytes, claims })).body['number'];
      const enter = (number: string) => world.post('/bc-authorize/number', matching, { auth_req_id, number });
      const isShown = number_matching === 'phone_enters';
      const number = String(isShown ? answer.body['number'] : await approve());
      const wrong = number === '00' ? '01' : '00';
      for (const text of [wrong, number]) await (isShown ? approve({ number: text }) : enter(text));
      await events.next('authentication_approved', { txn: txnOf(requestId) });
      numbers.push(number, wrong);
    }
    const told = JSON.stringify(events.all);
    for (const number of numbers) expect(told).not.toContain(`"${number}"`);
    expect(told).not.toContain('"number"');
  });

  it('nothing of what is swept, and nothing of the synthetic login', async () => {
    const { requestId } = await asked();
    const credentials = { accessKeyId: 'ttl', secretAccessKey: 'x' };
    const dynamodb = new DynamoDBClient({ endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials });
    const Key = { pk: { S: `REQUEST#${requestId}` }, sk: { S: 'REQUEST' } };
    await dynamodb.send(new DeleteItemCommand({ TableName: 'Transactions', Key }));
    const items = new SyntheticItems(new Table(dynamodb, 'Directory'));
    const devicePublicKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const;
    await items.save(makeSyntheticIdentities({ secretHash: 'hash', devicePublicKey, now: 1 }));
    await items.remove();
    dynamodb.destroy();
    await caughtUp();
    expect(events.names).toEqual(['client_created', 'device_enrolled', 'authentication_requested', 'client_created']);
  });
});

describe('what is committed is told at least once, and nothing else', () => {
  // An event of an earlier test may come again, so each test looks at its own request or its own person.
  beforeEach(goOn);

  const toldOf = (about: Partial<BusEvent['detail']>) =>
    events.all.filter(({ detail }) => Object.entries(about).every(([name, value]) => detail[name] === value));
  const decisionsTold = (request_id: string) => {
    const names = new Set(toldOf({ request_id }).map((event) => event['detail-type']));
    return [...names].filter((name) => name !== 'authentication_requested');
  };

  it('when the function of the phone dies after the decision', async () => {
    const { phone, requestId } = await asked();
    let isDecided = false;
    world.runtime.aws.interference = async (call) => {
      if (call.caller !== 'device') return undefined;
      // The first call after the decision stores its outcome. The function does not live to see its answer.
      if (isDecided) await world.runtime.host.cool();
      isDecided = isDecision(call);
      return undefined;
    };
    expect(await world.answer(phone, requestId, 'approve')).toBe(500);
    world.runtime.aws.interference = undefined;
    expect(await events.next('authentication_approved', { request_id: requestId })).toBeDefined();
  });

  it('when the decision could not be committed', async () => {
    const { phone, requestId } = await asked();
    world.runtime.aws.interference = (call) => (isDecision(call) ? down : undefined);
    expect(await world.answer(phone, requestId, 'approve')).toBe(500);
    world.runtime.aws.interference = undefined;
    await caughtUp();
    expect(decisionsTold(requestId)).toEqual([]);
  });

  it('when two phones decide at the same time: only what was committed is told', async () => {
    const { sub, phone, requestId } = await asked();
    const second = await world.phone(sub);
    await Promise.all([world.answer(phone, requestId, 'approve'), world.answer(second, requestId, 'deny')]);
    await caughtUp();
    expect(decisionsTold(requestId)).toHaveLength(1);
  });

  it('when the answer of the bus is lost: the event comes again, with the same id', async () => {
    let lost = 0;
    world.runtime.aws.interference = (call) => (isPublication(call) && ++lost === 1 ? 'lose-answer' : undefined);
    const { sub } = await world.person();
    await caughtUp();
    const told = toldOf({ sub });
    expect(told.map((event) => event['detail-type'])).toEqual(['device_enrolled', 'device_enrolled']);
    expect(new Set(told.map(({ detail }) => detail['id'])).size).toBe(1);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('when the function that tells it dies while it does', async () => {
    const { sub } = await world.person();
    await events.next('device_enrolled', { sub });
    const answered = Promise.withResolvers<void>();
    let deaths = 0;
    world.runtime.aws.interference = async (call) => {
      if (!isPublication(call) || deaths > 0) return undefined;
      deaths += 1;
      await answered.promise;
      await world.runtime.host.cool();
      return down;
    };
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    answered.resolve();
    expect(await events.next('user_blocked', { sub })).toBeDefined();
    expect(deaths).toBe(1);
  });

  it('when the bus is out for longer than a call is tried: in the order in which it was committed', async () => {
    let refused = 0;
    world.runtime.aws.interference = (call) => (isPublication(call) && ++refused <= 7 ? down : undefined);
    const { sub } = await world.person();
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    await events.next('user_blocked', { sub });
    expect(refused).toBeGreaterThan(7);
    expect([...new Set(toldOf({ sub }).map((event) => event['detail-type']))]).toEqual([
      'device_enrolled',
      'user_blocked',
    ]);
  });

  it('when the bus accepts only some of the events: the others are sent again', async () => {
    let refused = 0;
    world.runtime.aws.interference = (call) => {
      if (!isPublication(call) || ++refused > 1) return undefined;
      const { Entries } = call.input as { Entries: readonly unknown[] };
      const answers = Entries.map(() => ({ ErrorCode: 'InternalFailure', ErrorMessage: 'later' }));
      return jsonAnswer('1.1', { FailedEntryCount: answers.length, Entries: answers });
    };
    const { sub } = await world.person();
    expect(await events.next('device_enrolled', { sub })).toBeDefined();
    expect(refused).toBeGreaterThan(1);
  });
});

describe('an expiry', () => {
  beforeEach(restart);

  const reminders = () => world.runtime.aws.calls.filter(({ action }) => action === 'SendMessage');

  it('is told once nobody can decide any more, as of the end of the request', async () => {
    const { requestId, sub } = await asked();
    const expires_at = world.runtime.now() + 120;
    world.runtime.advance(120);
    await caughtUp();
    expect(events.of('authentication_expired')).toEqual([]);
    world.runtime.advance(40);
    expect(await events.next('authentication_expired')).toMatchObject({ request_id: requestId, sub, at: expires_at });
    expect(reminders()).toHaveLength(1);
  });

  it('is looked for again until its time has come, because a message waits for 15 minutes at most', async () => {
    await asked({ requested_expiry: '2000' });
    for (let sent = 1; sent <= 3; sent += 1) {
      await expect.poll(() => reminders().length, { timeout: 60_000 }).toBe(sent);
      expect(events.of('authentication_expired')).toEqual([]);
      world.runtime.advance(900);
    }
    expect(await events.next('authentication_expired')).toBeDefined();
    expect(reminders().map(({ input }) => input['DelaySeconds'])).toEqual([900, 900, 240]);
  });

  it.each(['approve', 'deny'] as const)('is not told of a request that was answered: %s', async (decision) => {
    const answered = await asked();
    await world.answer(answered.phone, answered.requestId, decision);
    const other = await asked();
    world.runtime.advance(160);
    await events.next('authentication_expired', { request_id: other.requestId });
    expect(events.of('authentication_expired').map(({ request_id }) => request_id)).toEqual([other.requestId]);
  });

  it('has the same id when it is told again', async () => {
    await asked();
    let lost = 0;
    world.runtime.aws.interference = (call) => (isPublication(call) && ++lost === 1 ? 'lose-answer' : undefined);
    world.runtime.advance(160);
    await expect.poll(() => events.of('authentication_expired').length, { timeout: 60_000 }).toBe(2);
    expect(new Set(events.of('authentication_expired').map(({ id }) => id)).size).toBe(1);
  });

  it('is told when the bus is out at its time, once it is back', async () => {
    await asked();
    let refused = 0;
    world.runtime.aws.interference = (call) => (isPublication(call) && ++refused <= 3 ? down : undefined);
    world.runtime.advance(160);
    await expect.poll(() => refused, { timeout: 60_000 }).toBe(3);
    // The message comes back when it is visible again.
    for (let tries = 0; tries < 40 && events.of('authentication_expired').length === 0; tries += 1) {
      world.runtime.advance(30);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await events.next('authentication_expired')).toBeDefined();
  });
});

it('a login makes no call more for it: all calls for events are those of the function events', async () => {
  const { phone, requestId, authReqId } = await asked();
  await world.answer(phone, requestId, 'approve');
  await world.poll(client, authReqId);
  await caughtUp();
  const { calls } = world.runtime.aws;
  const callers = calls.filter(({ service }) => service === 'events' || service === 'sqs').map(({ caller }) => caller);
  expect(new Set(callers)).toEqual(new Set(['events', 'client-notification']));
  expect(callers.filter((caller) => caller === 'client-notification')).toHaveLength(1);
});

it('a provider without events has no streams and runs no function for them', async () => {
  const plain = await World.start();
  await plain.person();
  const { calls } = plain.runtime.aws;
  expect(calls.filter(({ caller, service }) => caller === 'events' || service === 'events')).toEqual([]);
  await plain.close();
});
