import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { lifeOf, type Phone, parseTicketUri } from '../../local/demo/phone.ts';
import { awsCall, holdCall, loseAnswer } from '../support/held-call.ts';
import { type Answer, World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());
afterEach(() => {
  world.runtime.aws.interference = undefined;
});

type Key = { readonly privateKey: CryptoKey; readonly jwk: JWK };
async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { privateKey, jwk: await exportJWK(publicKey) };
}

/** A phone enrols with the URI of a ticket and a key. */
async function enrol(uri: string, key: Key): Promise<Answer> {
  const { issuer, ticket } = parseTicketUri(uri);
  const own = { ticket, name: 'A phone', platform: 'GCM', push_token: `token-${randomUUID()}` };
  const enrolment = await new SignJWT({ ...own, ...lifeOf(issuer, () => world.runtime.now()) })
    .setProtectedHeader({ alg: 'ES256', typ: 'ciba-enrolment+jwt', jwk: key.jwk })
    .sign(key.privateKey);
  const headers = { 'content-type': 'application/json' };
  return world.send('/devices', { method: 'POST', headers, body: JSON.stringify({ enrolment }) });
}
const idOf = (answer: Answer) => String(answer.body['device_id']);

async function expectSpent(answer: Answer): Promise<void> {
  const evidence = { status: answer.status, error: answer.body['error'], reason: await world.reason(answer) };
  expect(evidence).toEqual({ status: 400, error: 'invalid_ticket', reason: 'ticket_not_usable' });
}

const devicesOf = async (sub: string) =>
  (await world.admin('GET', `/admin/users/${sub}/devices`)).body['devices'] as Record<string, unknown>[];
const ticketsOf = async (sub: string) => (await world.admin('GET', `/admin/users/${sub}/tickets`)).body['tickets'];
const block = async (sub: string, blocked: boolean) =>
  expect((await world.admin('PATCH', `/admin/users/${sub}`, { blocked })).status).toBe(200);

let sub: string;
let uri: string;
let key: Key;
beforeEach(async () => {
  ({ sub } = await world.user());
  uri = await world.ticket(sub);
  key = await newKey();
});

describe('an operator', () => {
  it('lists the ticket that a phone can use, without the ticket, and sees by which device it was used', async () => {
    const made = await world.admin('POST', `/admin/users/${sub}/tickets`);
    const { ticket, ticket_id, expires_at } = made.body;
    const open = { ticket_id, issued_at: world.runtime.now(), expires_at };
    const listed = await world.admin('GET', `/admin/users/${sub}/tickets`);
    expect(listed.body).toEqual({ tickets: [open] });
    expect(listed.text).not.toContain(ticket);
    const enrolled = await enrol(String(made.body['uri']), key);
    expect(await ticketsOf(sub)).toEqual([{ ...open, device_id: idOf(enrolled) }]);
    world.runtime.advance(601);
    expect(await ticketsOf(sub)).toEqual([]);
  });

  it('ends it, and is told so again when there is none', async () => {
    for (let count = 0; count < 2; count += 1)
      expect((await world.admin('DELETE', `/admin/users/${sub}/tickets`)).status).toBe(204);
    expect(await ticketsOf(sub)).toEqual([]);
    await expectSpent(await enrol(uri, key));
    const ended = world.trail(sub).filter((one) => one['event'] === 'ticket_ended' && one['phase'] === 'done');
    expect(ended).toHaveLength(1);
    for (const method of ['GET', 'DELETE'])
      expect((await world.admin(method, '/admin/users/nobody/tickets')).status).toBe(404);
  });

  it('makes none for a blocked user', async () => {
    await block(sub, true);
    const { status, body } = await world.admin('POST', `/admin/users/${sub}/tickets`);
    expect({ status, ...body }).toEqual({
      status: 409,
      error: 'conflict',
      error_description: 'The user is blocked.',
    });
  });
});

describe('a ticket ends', () => {
  it('when a newer one is made', async () => {
    const newer = await world.ticket(sub);
    await expectSpent(await enrol(uri, key));
    expect((await enrol(newer, key)).status).toBe(201);
  });

  it('when its user is blocked, and an unblock does not bring it back', async () => {
    await block(sub, true);
    await expectSpent(await enrol(uri, key));
    await block(sub, false);
    await expectSpent(await enrol(uri, key));
  });

  it('when its user is removed, and it is not for the next person with the sub', async () => {
    await world.admin('DELETE', `/admin/users/${sub}`);
    await world.user({ sub });
    await expectSpent(await enrol(uri, key));
    await world.ticket(sub);
    await expectSpent(await enrol(uri, key));
    expect(await devicesOf(sub)).toEqual([]);
  });

  it('when the device that it enrolled is removed, also for its own key', async () => {
    const first = await enrol(uri, key);
    expect(idOf(await enrol(uri, key))).toBe(idOf(first));
    expect((await world.admin('DELETE', `/admin/users/${sub}/devices/${idOf(first)}`)).status).toBe(204);
    await expectSpent(await enrol(uri, key));
    expect([await devicesOf(sub), await ticketsOf(sub)]).toEqual([[], []]);
  });

  it('when the phone that it enrolled removes itself; a ticket for another phone stays', async () => {
    const phone = await world.phone(sub);
    const other = await world.ticket(sub);
    const path = `devices/${phone.identity.deviceId}`;
    const headers = { authorization: await phone.assertion('DELETE', path) };
    expect((await world.send(`/${path}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await enrol(other, key)).status).toBe(201);
  });
});

describe('while a phone enrols (held AWS call)', () => {
  /** The first write of a device that comes, and its repetitions; another enrolment is let through. */
  function firstDevice(): (call: AwsCall) => boolean {
    let first: string | undefined;
    return (call) => {
      // Each enrolment has a push endpoint of its own, so only repetitions of a write have the same body.
      const body = call.body.toString();
      if (call.action !== 'PutItem' || !body.includes('DEVICE#')) return false;
      first ??= body;
      return body === first;
    };
  }
  const claim = () => awsCall('UpdateItem', 'device', `USER#${sub}`, 'PROFILE');
  const AT = [
    ['at the write of the device', firstDevice],
    ['at the claim of the ticket', claim],
  ] as const;

  describe.each(AT)('%s', (_name, matches) => {
    it.each<[string, () => Promise<unknown>]>([
      ['its user is blocked', () => block(sub, true)],
      ['its user is blocked and unblocked', () => block(sub, true).then(() => block(sub, false))],
      ['its user is removed', () => world.admin('DELETE', `/admin/users/${sub}`)],
      ['its ticket is ended', () => world.admin('DELETE', `/admin/users/${sub}/tickets`)],
      ['a newer ticket is made', () => world.ticket(sub)],
    ])('%s: it is not enrolled', async (_what, happens) => {
      const write = holdCall(world, matches());
      const enrolling = enrol(uri, key);
      await write.held;
      await happens();
      write.release();
      await expectSpent(await enrolling);
      expect((await devicesOf(sub)) ?? []).toEqual([]);
    });

    it('another person gets the sub: nothing is enrolled for them', async () => {
      const write = holdCall(world, matches());
      const enrolling = enrol(uri, key);
      await write.held;
      await world.admin('DELETE', `/admin/users/${sub}`);
      await world.user({ sub });
      await world.ticket(sub);
      write.release();
      await expectSpent(await enrolling);
      expect(await devicesOf(sub)).toEqual([]);
    });
  });

  it.each<[string, () => Promise<{ status: number }>]>([
    ['its user is renamed', () => world.admin('PATCH', `/admin/users/${sub}`, { name: 'Renamed' })],
    ['its ticket is ended', () => world.admin('DELETE', `/admin/users/${sub}/tickets`)],
  ])('the answer of its claim is lost, and %s before the SDK repeats it: it is enrolled', async (_what, happens) => {
    const repetition = loseAnswer(world, claim());
    const enrolling = enrol(uri, key);
    await repetition.held;
    expect([200, 204]).toContain((await happens()).status);
    repetition.release();
    const enrolled = await enrolling;
    expect(enrolled.status).toBe(201);
    expect(await devicesOf(sub)).toMatchObject([{ device_id: idOf(enrolled) }]);
    const told = world
      .trail(idOf(enrolled))
      .filter((one) => one['event'] === 'device_enrolled' && one['phase'] === 'done');
    expect(told).toHaveLength(1);
  });

  it('the operator removes the phone, which a second call with its key enrolled: it does not come back', async () => {
    const write = holdCall(world, firstDevice());
    const first = enrol(uri, key);
    await write.held;
    const second = await enrol(uri, key);
    expect(second.status).toBe(201);
    expect((await world.admin('DELETE', `/admin/users/${sub}/devices/${idOf(second)}`)).status).toBe(204);
    write.release();
    await expectSpent(await first);
    expect(await devicesOf(sub)).toEqual([]);
  });

  it('a second call with its key enrols it: both are told of one device', async () => {
    const write = holdCall(world, firstDevice());
    const first = enrol(uri, key);
    await write.held;
    const second = await enrol(uri, key);
    write.release();
    expect(idOf(await first)).toBe(idOf(second));
    expect(await devicesOf(sub)).toHaveLength(1);
  });
});

describe('a removal that breaks off', () => {
  let phone: Phone;
  beforeEach(async () => {
    phone = await world.phone(sub);
  });
  const path = () => `/admin/users/${sub}/devices/${phone.identity.deviceId}`;

  it('leaves a device that counts for nothing, is marked, and goes with the next try', async () => {
    const failure = { status: 500, body: '{"__type":"InternalServerError"}' };
    const isDeletion = awsCall('DeleteItem', 'admin', 'DEVICE#');
    world.runtime.aws.interference = (call) => (isDeletion(call) ? failure : undefined);
    expect((await world.admin('DELETE', path())).status).toBe(500);
    world.runtime.aws.interference = undefined;
    expect(await devicesOf(sub)).toMatchObject([{ device_id: phone.identity.deviceId, leftover: true }]);
    await expect(phone.list()).rejects.toThrow('401');
    expect((await world.admin('DELETE', path())).status).toBe(204);
    expect(await devicesOf(sub)).toEqual([]);
  });
});
