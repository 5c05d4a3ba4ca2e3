import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { expectRefusal } from '../support/assertions.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { requestCalls } from '../support/request-calls.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { type Answer, requestIdOf, type TestClient, World } from '../support/world.ts';

// Numbers over HTTP, in both directions (docs/number-matching.md), from outside: a client, phones, and what AWS is sent.

const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';

let world: World;
let endpoint: NotificationEndpoint;
/** The client shows the number, and the phone enters it; or the other way round. */
let showing: TestClient;
let entering: TestClient;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  const REQUEST_LIMITS = JSON.stringify({ perUser: { perMinute: 100, perHour: 100 } });
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert], variables: { REQUEST_LIMITS } });
  showing = await world.client({ number_matching: 'phone_enters' });
  entering = await world.client({ number_matching: 'client_enters' });
});
beforeEach(() => endpoint.behave(204));
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});

/** A person with two phones, whom a client asked. */
async function asked(client: TestClient, form: Record<string, string> = {}) {
  const { sub, email, phone } = await world.person();
  const tablet = await world.phone(sub);
  const answer = await world.ask(client, { login_hint: email, ...form });
  const authReqId = String(answer.body['auth_req_id']);
  const requestId = requestIdOf(authReqId);
  return { sub, phone, tablet, answer, authReqId, requestId, number: String(answer.body['number']) };
}
const enter = (client: TestClient | undefined, authReqId: string, number: string) =>
  world.post('/bc-authorize/number', client, { auth_req_id: authReqId, number });
/** Approves with what the test claims besides. */
async function approve(phone: Phone, requestId: string, claims: Record<string, unknown> = {}): Promise<Answer> {
  const { bytes } = await phone.read(requestId);
  return sendAnswer(world, phone, { requestId, bytes, claims });
}
const other = (number: string, by = 1) => String((Number(number) + by) % 100).padStart(2, '0');
const amrIn = ({ body }: Answer) => decodeJwt(String(body['id_token']))['amr'];
const PENDING = { status: 400, error: 'authorization_pending', reason: 'authorization_pending' };
const WRONG = { status: 400, error: 'invalid_number', reason: 'wrong_number' };
const NOT_AWAITED = { status: 400, error: 'invalid_grant', reason: 'number_not_awaited' };
const over = (request: { requestId: string }) =>
  world.stored('Transactions', { pk: `REQUEST#${request.requestId}`, sk: 'REQUEST' });

describe('a client that shows a number', () => {
  it('is told two digits; the phone is asked for them, and the ID token has mca (RFC 8176)', async () => {
    const { answer, phone, authReqId, requestId, number } = await asked(showing);
    expect(answer.body).toEqual({ auth_req_id: authReqId, expires_in: 120, interval: 5, number });
    expect(number).toMatch(/^[0-9]{2}$/);
    expect(await phone.list()).toMatchObject([{ request_id: requestId, number_matching: 'phone_enters' }]);
    expect((await phone.read(requestId)).numberMatching).toBe('phone_enters');
    const { status, text } = await approve(phone, requestId, { number, amr: ['pin'] });
    expect([status, text]).toEqual([204, '']);
    expect(amrIn(await world.poll(showing, authReqId))).toEqual(['pin', 'mca']);
  });

  it('is approved with the number alone; a denial needs none', async () => {
    const { phone, tablet, authReqId, requestId } = await asked(showing);
    const without = await approve(phone, requestId);
    await expectRefusal(world, without, { status: 400, error: 'invalid_request', reason: 'number_required' });
    await expectRefusal(world, await world.poll(showing, authReqId), PENDING);
    expect(await world.answer(tablet, requestId, 'deny')).toBe(204);
  });

  it('is denied after three wrong numbers, whichever phone of the person guesses (CIBA §11)', async () => {
    const request = await asked(showing);
    const { phone, tablet, authReqId, requestId, number } = request;
    for (const [guess, by] of [phone, tablet, phone].entries()) {
      const answer = await approve(by, requestId, { number: other(number, guess + 1) });
      await expectRefusal(world, answer, WRONG);
      expect(answer.body['attempts_left']).toBe(2 - guess);
    }
    const late = await approve(phone, requestId, { number });
    await expectRefusal(world, late, { status: 410, error: 'expired', reason: 'request_over' });
    const denied = { status: 400, error: 'access_denied', reason: 'wrong_numbers' };
    await expectRefusal(world, await world.poll(showing, authReqId), denied);
    expect(await phone.list()).toEqual([]);
    expect(await over(request)).toMatchObject({ state: { S: 'failed' }, failed_because: { S: 'wrong_number' } });
  });

  it('compares at most three of 100 numbers that a phone sends at the same time', async () => {
    const { phone, authReqId, requestId, number } = await asked(showing);
    const { bytes } = await phone.read(requestId);
    const guesses = Array.from({ length: 99 }, (_, by) => other(number, by + 1));
    const answers = await Promise.all(
      guesses.map((guess) => sendAnswer(world, phone, { requestId, bytes, claims: { number: guess } })),
    );
    const codes = answers.map(({ body }) => body['error']);
    expect(codes.filter((code) => code === 'invalid_number')).toHaveLength(3);
    expect(codes.filter((code) => code === 'expired')).toHaveLength(96);
    expect((await world.poll(showing, authReqId)).body['error']).toBe('access_denied');
  });

  it('tells nobody else the number: no phone, no push, no log, no audit trail', async () => {
    const callsBefore = world.runtime.aws.calls.length;
    const { sub, phone, requestId, number } = await asked(showing);
    const details = await phone.read(requestId);
    expect(details.bytes.toString()).not.toContain('"number":');
    const list = await world.send('/device/requests', {
      headers: { authorization: await phone.assertion('GET', 'device/requests') },
    });
    expect(list.body).toEqual({
      requests: [
        {
          request_id: requestId,
          issued_at: expect.any(Number),
          expires_at: expect.any(Number),
          number_matching: 'phone_enters',
          times_rung: 1,
        },
      ],
    });
    await approve(phone, requestId, { number: other(number) });
    await approve(phone, requestId, { number });
    const isQuoted = (text: string) => new RegExp(`"(number|N|S)":\\s*"${number}"`).test(text);
    const sent = world.runtime.push.deliveries.filter((one) => JSON.stringify(one).includes(requestId));
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.filter((one) => isQuoted(JSON.stringify(one)))).toEqual([]);
    expect(world.logs.filter((line) => line.includes('"number":'))).toEqual([]);
    expect(JSON.stringify(world.trail(requestId))).not.toContain('"number":');
    const exported = await world.admin('GET', `/admin/users/${sub}/export`);
    expect(isQuoted(exported.text)).toBe(false);
    const listed = await world.admin('GET', `/admin/users/${sub}/requests`);
    expect([listed.text.includes(requestId), isQuoted(listed.text)]).toEqual([true, false]);
    expect(world.runtime.aws.calls.length).toBeGreaterThan(callsBefore);
  });
});

describe('a client that enters a number', () => {
  it('gets its tokens when it has entered the one that the phone shows, and no sooner', async () => {
    const { answer, phone, authReqId, requestId } = await asked(entering);
    expect(answer.body).not.toHaveProperty('number');
    expect((await phone.read(requestId)).numberMatching).toBe('client_enters');
    const approved = await approve(phone, requestId, { amr: ['pin'] });
    expect([approved.status, Object.keys(approved.body)]).toEqual([200, ['number']]);
    const number = String(approved.body['number']);
    await expectRefusal(world, await world.poll(entering, authReqId), PENDING);
    const trail = world.trail(requestId).map(({ event, outcome }) => [event, outcome]);
    expect(trail).toContainEqual(['decision_recorded', 'recorded']);
    const entered = await enter(entering, authReqId, number);
    expect([entered.status, entered.text]).toEqual([200, '']);
    world.runtime.advance(5);
    expect(amrIn(await world.poll(entering, authReqId))).toEqual(['pin', 'mca']);
    expect(world.trail(requestId).map(({ event }) => event)).toContain('number_matched');
    expect(world.logs.filter((line) => line.includes('"number":'))).toEqual([]);
  });

  it('is told nothing while the approval waits; the phone that approved is told the same number again', async () => {
    const { phone, tablet, authReqId, requestId } = await asked(entering);
    const { body } = await approve(phone, requestId);
    expect((await approve(phone, requestId)).body).toEqual(body);
    const second = await approve(tablet, requestId);
    await expectRefusal(world, second, { status: 409, error: 'already_decided', reason: 'already_decided' });
    expect(Object.keys(second.body)).toEqual(['error', 'error_description']);
    expect(await tablet.list()).toMatchObject([{ request_id: requestId, awaiting_number: true }]);
    expect((await world.poll(entering, authReqId)).text).not.toContain(String(body['number']));
  });

  it('is denied if any phone of the person denies before the number comes', async () => {
    const { phone, tablet, authReqId, requestId } = await asked(entering);
    const number = String((await approve(phone, requestId)).body['number']);
    expect(await world.answer(tablet, requestId, 'deny')).toBe(204);
    await expectRefusal(world, await enter(entering, authReqId, number), NOT_AWAITED);
    const denied = { status: 400, error: 'access_denied', reason: 'denied_by_user' };
    await expectRefusal(world, await world.poll(entering, authReqId), denied);
  });

  it('is denied after three wrong numbers, also of 100 at the same time (CIBA §11)', async () => {
    const { phone, authReqId, requestId } = await asked(entering);
    const number = String((await approve(phone, requestId)).body['number']);
    const guesses = Array.from({ length: 99 }, (_, by) => other(number, by + 1));
    const answers = await Promise.all(guesses.map((guess) => enter(entering, authReqId, guess)));
    const left = answers.flatMap(({ body }) => (body['error'] === 'invalid_number' ? [body['attempts_left']] : []));
    expect(left.sort()).toEqual([0, 1, 2]);
    await expectRefusal(world, await enter(entering, authReqId, number), NOT_AWAITED);
    expect((await world.poll(entering, authReqId)).body['error']).toBe('access_denied');
  });

  it('may enter numbers for its own open requests alone: the same words for all others', async () => {
    const { phone, authReqId, requestId } = await asked(entering);
    const number = String((await approve(phone, requestId)).body['number']);
    const stranger = await world.client({ number_matching: 'client_enters' });
    const second = await asked(entering);
    const answers = [
      await enter(stranger, authReqId, number),
      await enter(entering, 'a'.repeat(43), number),
      await enter(showing, (await asked(showing)).authReqId, number),
    ];
    for (const answer of answers) await expectRefusal(world, answer, NOT_AWAITED);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    // The number of one request is a guess like any other for another one.
    await expectRefusal(world, await enter(entering, second.authReqId, number), WRONG);
    expect((await enter(undefined, authReqId, number)).status).toBe(401);
    expect((await enter(entering, authReqId, number)).status).toBe(200);
  });

  it('that enters none in time hears expired_token, and phones find the request over (CIBA §11)', async () => {
    const { phone, authReqId, requestId } = await asked(entering);
    const number = String((await approve(phone, requestId)).body['number']);
    world.runtime.advance(120);
    await expectRefusal(world, await enter(entering, authReqId, number), NOT_AWAITED);
    expect((await world.poll(entering, authReqId)).body['error']).toBe('expired_token');
    const late = await sendAnswer(world, phone, { requestId, bytes: Buffer.from('{}') });
    expect(late.status).toBe(410);
  });

  it.each(['ping', 'push'] as const)(
    'in %s mode is notified after the number, and not of the approval (CIBA §10)',
    async (mode) => {
      const client = await world.client({
        backchannel_token_delivery_mode: mode,
        backchannel_client_notification_endpoint: endpoint.url,
        number_matching: 'client_enters',
        ...(mode === 'push' && { grant_types: [] }),
      });
      const { phone, authReqId, requestId } = await asked(client, { client_notification_token: TOKEN });
      const received = () => endpoint.received.filter(({ body }) => body.includes(authReqId));
      const announced = () =>
        requestCalls(world.runtime.aws.calls).filter(
          ({ service, body }) => service === 'sns' && body.includes(requestId) && body.includes('correlation'),
        );
      const before = announced().length;
      const number = String((await approve(phone, requestId)).body['number']);
      expect(announced()).toHaveLength(before);

      expect(received()).toEqual([]);
      expect((await enter(client, authReqId, number)).status).toBe(200);
      await expect.poll(received).toHaveLength(1);
      expect(Object.keys(JSON.parse(received()[0]?.body ?? '')).includes('id_token')).toBe(mode === 'push');
    },
  );

  it.each([
    ['phone_enters', 'ping'],
    ['phone_enters', 'push'],
    ['client_enters', 'push'],
  ] as const)(
    '%s, %s: the client is notified after the third wrong number (CIBA §10.2, §12)',
    async (matching, mode) => {
      const client = await world.client({
        backchannel_token_delivery_mode: mode,
        backchannel_client_notification_endpoint: endpoint.url,
        number_matching: matching,
        ...(mode === 'push' && { grant_types: [] }),
      });
      const { phone, authReqId, requestId, number } = await asked(client, { client_notification_token: TOKEN });
      for (const by of [1, 2, 3])
        if (matching === 'phone_enters') await approve(phone, requestId, { number: other(number, by) });
        else await enter(client, authReqId, other('00', by));
      const received = () => endpoint.received.filter(({ body }) => body.includes(authReqId));
      await expect.poll(received).toHaveLength(1);
      const body = JSON.parse(received()[0]?.body ?? '');
      expect(body).toMatchObject(mode === 'push' ? { error: 'access_denied' } : { auth_req_id: authReqId });
    },
  );
});
