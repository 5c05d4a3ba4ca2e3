import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { Phone } from '../../local/demo/phone.ts';
import { expectRefusal } from '../support/assertions.ts';
import { runsOn } from '../support/engine.ts';
import { ENGINES } from '../support/engines.ts';
import { awsCall, holdCall, loseAnswer } from '../support/held-call.ts';
import { type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start({ ...runsOn(ENGINES[0]), variables: { REQUEST_LIMITS: '{}' } });
});
beforeEach(async () => {
  client = await world.client();
});
afterEach(() => {
  world.runtime.aws.interference = undefined;
});
afterAll(() => world?.close());

/** Holds the first matching AWS call until released, so that others can overtake it. */
function hold(matches: (call: AwsCall) => boolean): { held: Promise<void>; release(): void } {
  let arrived = () => {};
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let first = true;
  world.runtime.aws.interference = async (call) => {
    if (!first || !matches(call)) return undefined;
    first = false;
    arrived();
    await released;
    return undefined;
  };
  return { held, release };
}
const writes = (action: string, text: string) => (call: AwsCall) =>
  call.action === action && call.body.toString().includes(text);
const patch = async (phone: Phone, body: unknown) => {
  const path = `devices/${phone.identity.deviceId}`;
  const headers = { authorization: await phone.assertion('PATCH', path), 'content-type': 'application/json' };
  return world.send(`/${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) });
};

describe('what was removed stays removed', () => {
  it('a spent ticket does not bring a removed phone back, not even under its own key', async () => {
    const { sub } = await world.user();
    const uri = await world.ticket(sub);
    const now = () => world.runtime.now();
    const phone = await Phone.enrol(uri, { name: 'Stolen', pushToken: 'stolen', now });
    await world.admin('DELETE', `/admin/users/${sub}/devices/${phone.identity.deviceId}`);
    const claims = {
      ticket: uri.split('ticket=')[1],
      name: 'Stolen',
      platform: 'GCM',
      push_token: 'stolen',
      aud: world.issuer,
      iat: now(),
      exp: now() + 60,
      jti: 'j',
    };
    const { importJWK, SignJWT } = await import('jose');
    const enrolment = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'ciba-enrolment+jwt', jwk: phone.identity.publicKey })
      .sign(await importJWK(phone.identity.privateKey, 'ES256'));
    const again = await world.send('/devices', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enrolment }),
    });
    expect(again.body['error']).toBe('invalid_ticket');
    expect((await world.admin('GET', `/admin/users/${sub}/devices`)).body['devices']).toEqual([]);
  });

  it('a phone that enrols while its user is removed does not wait for the next user of that sub', async () => {
    const { sub } = await world.user({ sub: 'reborn' });
    const uri = await world.ticket(sub);
    const slow = hold(writes('PutItem', 'DEVICE#'));
    const enrolling = Phone.enrol(uri, { name: 'P', pushToken: 'p', now: () => world.runtime.now() });
    await slow.held;
    await world.admin('DELETE', `/admin/users/${sub}`);
    slow.release();
    await expect(enrolling).rejects.toThrow('invalid_ticket');
    await world.user({ sub: 'reborn' });
    expect((await world.admin('GET', '/admin/users/reborn/devices')).body['devices']).toEqual([]);
  });
});

describe('a slow change does not undo a quick one', () => {
  it('a rename of a user who is blocked meanwhile leaves the user blocked', async () => {
    const { sub } = await world.user({ name: 'Before' });
    const slow = hold(writes('PutItem', 'PROFILE'));
    const renaming = world.admin('PATCH', `/admin/users/${sub}`, { name: 'After' });
    await slow.held;
    expect((await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true })).status).toBe(200);
    slow.release();
    expect((await renaming).status).toBe(200);
    expect((await world.admin('GET', `/admin/users/${sub}`)).body).toMatchObject({ name: 'After', blocked: true });
  });

  it('a rename of a client does not bring a replaced secret back', async () => {
    const slow = hold(writes('PutItem', `CLIENT#${client.client_id}`));
    const renaming = world.admin('PATCH', `/admin/clients/${client.client_id}`, { client_name: 'New' });
    await slow.held;
    const { body } = await world.admin('PATCH', `/admin/clients/${client.client_id}`, { new_secret: true });
    slow.release();
    expect((await renaming).status).toBe(200);
    world.runtime.advance(61);
    expect((await world.poll(client, 'x')).status).toBe(401);
    expect((await world.poll({ ...client, client_secret: String(body['client_secret']) }, 'x')).status).toBe(400);
  });

  it('a rename of a device does not bring a replaced push token back', async () => {
    const { email, phone } = await world.person();
    const slow = hold(writes('UpdateItem', 'DEVICE#'));
    const renaming = patch(phone, { name: 'Renamed' });
    await slow.held;
    expect((await patch(phone, { push_token: 'fresh' })).status).toBe(200);
    slow.release();
    expect((await renaming).status).toBe(200);
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
    expect(world.runtime.push.deliveries.at(-1)?.token).toBe('fresh');
  });
});

describe('a write that the SDK repeats after others wrote (held AWS call)', () => {
  let sub: string;
  let phone: Phone;
  const device = () => `/admin/users/${sub}/devices/${phone.identity.deviceId}`;
  const profileWrite = (caller: string, ...texts: string[]) =>
    awsCall('UpdateItem', caller, `USER#${sub}`, 'PROFILE', ...texts);
  beforeEach(async () => {
    ({ sub } = await world.user());
    phone = await world.phone(sub);
  });

  /**
   * The answer of the first write is lost. A rename reads the profile after it. Then something else is done and
   * acknowledged, the SDK repeats the first write, and the rename writes what it read.
   */
  async function repeatBeforeRename(
    first: { write: (call: AwsCall) => boolean; call: () => Promise<{ status: number }> },
    acknowledged: () => Promise<void>,
  ): Promise<void> {
    const repetition = loseAnswer(world, first.write);
    const calling = first.call();
    await repetition.held;
    const slow = holdCall(world, awsCall('PutItem', 'admin', `USER#${sub}`, 'Renamed'));
    const renaming = world.admin('PATCH', `/admin/users/${sub}`, { name: 'Renamed' });
    await slow.held;
    await acknowledged();
    repetition.release();
    expect((await calling).status).toBe(204);
    slow.release();
    expect((await renaming).status).toBe(200);
  }
  const removal = () => ({
    write: profileWrite('admin', phone.identity.deviceId),
    call: () => world.admin('DELETE', device()),
  });
  const block = async () =>
    expect((await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true })).status).toBe(200);
  const profile = async () => (await world.admin('GET', `/admin/users/${sub}`)).body;

  it('the removal of a device: the block of its user stays', async () => {
    await repeatBeforeRename(removal(), block);
    expect(await profile()).toMatchObject({ name: 'Renamed', blocked: true });
  });

  it('the phone that removes itself: the block of its user stays', async () => {
    const path = `devices/${phone.identity.deviceId}`;
    const authorization = await phone.assertion('DELETE', path);
    const call = () => world.send(`/${path}`, { method: 'DELETE', headers: { authorization } });
    await repeatBeforeRename({ write: profileWrite('device'), call }, block);
    expect(await profile()).toMatchObject({ name: 'Renamed', blocked: true });
  });

  it('the end of a ticket: the block of its user stays', async () => {
    await world.ticket(sub);
    const call = () => world.admin('DELETE', `/admin/users/${sub}/tickets`);
    await repeatBeforeRename({ write: profileWrite('admin'), call }, block);
    expect(await profile()).toMatchObject({ name: 'Renamed', blocked: true });
  });

  it('the removal of a device: an ended ticket enrols no phone', async () => {
    const uri = await world.ticket(sub);
    await repeatBeforeRename(removal(), async () =>
      expect((await world.admin('DELETE', `/admin/users/${sub}/tickets`)).status).toBe(204),
    );
    const now = () => world.runtime.now();
    await expect(Phone.enrol(uri, { name: 'P', pushToken: 'p', now })).rejects.toThrow('invalid_ticket');
  });

  it('the removal of a device: another removed device is named by nobody', async () => {
    const { deviceId } = (await world.phone(sub)).identity;
    await repeatBeforeRename(removal(), async () =>
      expect((await world.admin('DELETE', `/admin/users/${sub}/devices/${deviceId}`)).status).toBe(204),
    );
    expect(await world.stored('Directory', { pk: `USER#${sub}`, sk: 'PROFILE' })).not.toHaveProperty('devices');
  });

  it('the end of a ticket: a newer ticket is good', async () => {
    await world.ticket(sub);
    const repetition = loseAnswer(world, profileWrite('admin'));
    const ending = world.admin('DELETE', `/admin/users/${sub}/tickets`);
    await repetition.held;
    // The new ticket is another write of the same kind, so its call is not held any more.
    world.runtime.aws.interference = undefined;
    const uri = await world.ticket(sub);
    repetition.release();
    expect((await ending).status).toBe(204);
    const now = () => world.runtime.now();
    await expect(Phone.enrol(uri, { name: 'P', pushToken: 'p', now })).resolves.toBeInstanceOf(Phone);
  });
});

describe('a write whose answer was lost is not made again after', () => {
  /** The answer of the write is lost, then something else is done, then the SDK repeats the write. */
  async function repeatAfter<A>(write: (call: AwsCall) => boolean, call: () => Promise<A>, other: () => Promise<void>) {
    const repetition = loseAnswer(world, write);
    const calling = call();
    await repetition.held;
    // The other call may be a write of the same kind, so it is not held.
    world.runtime.aws.interference = undefined;
    await other();
    repetition.release();
    return calling;
  }
  const FAULT = { status: 500, error: 'server_error' };

  it('a newer push token of the same phone', async () => {
    const { email, phone } = await world.person();
    const answer = await repeatAfter(
      awsCall('UpdateItem', 'device', 'DEVICE#'),
      () => patch(phone, { push_token: 'stale' }),
      async () => expect((await patch(phone, { push_token: 'fresh' })).status).toBe(200),
    );
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
    expect(world.runtime.push.deliveries.at(-1)?.token).toBe('fresh');
    expect(answer).toMatchObject({ status: 409, body: { error: 'conflict' } });
  });

  it('an operator ended the ticket that it issued', async () => {
    const path = `/admin/users/${(await world.user()).sub}/tickets`;
    const answer = await repeatAfter(
      awsCall('UpdateItem', 'admin', 'PROFILE'),
      () => world.admin('POST', path, {}),
      async () => expect((await world.admin('DELETE', path)).status).toBe(204),
    );
    expect((await world.admin('GET', path)).body).toEqual({ tickets: [] });
    expect(answer).toMatchObject({ status: FAULT.status, body: { error: FAULT.error } });
  });

  it('another operator issued a newer ticket', async () => {
    const path = `/admin/users/${(await world.user()).sub}/tickets`;
    let newer: unknown;
    const issue = () => world.admin('POST', path, {});
    const answer = await repeatAfter(awsCall('UpdateItem', 'admin', 'PROFILE'), issue, async () => {
      newer = (await issue()).body['ticket_id'];
    });
    expect((await world.admin('GET', path)).body['tickets']).toMatchObject([{ ticket_id: newer }]);
    expect(answer).toMatchObject({ status: FAULT.status, body: { error: FAULT.error } });
  });
});

describe('a mark of a dead endpoint whose answer was lost', () => {
  it('is in the audit trail', async () => {
    const { email, phone } = await world.person();
    world.runtime.sns.disable(phone.identity.pushToken);
    let isFirst = true;
    world.runtime.aws.interference = (call) => {
      if (!isFirst || !awsCall('UpdateItem', 'backchannel-authentication', 'DEVICE#')(call)) return undefined;
      isFirst = false;
      return 'lose-answer';
    };
    await world.ask(client, { login_hint: email });
    await world.ask(client, { login_hint: email });
    expect(isFirst).toBe(false);
    const { deviceId } = phone.identity;
    const marks = () =>
      world.logs.filter((line) => line.includes('"device_unreachable"') && line.includes(`"${deviceId}"`));
    await expect.poll(marks).toHaveLength(1);
  });
});

describe('a change whose answer was lost, and that another operator set back before the SDK repeats it', () => {
  const CONFLICT = { status: 409, error: 'conflict', reason: 'conflict' };
  /** The answer of DynamoDB is lost, then the other change is made and acknowledged, then the SDK repeats the write. */
  async function repeatAfter(write: string, path: string, [first, setBack]: readonly [object, object]) {
    const repetition = loseAnswer(world, awsCall('PutItem', 'admin', write));
    const changing = world.admin('PATCH', path, first);
    await repetition.held;
    // The other change is a write of the same kind, so its call is not held any more.
    world.runtime.aws.interference = undefined;
    expect((await world.admin('PATCH', path, setBack)).status).toBe(200);
    repetition.release();
    return changing;
  }

  it('does not give a client back a scope that it lost', async () => {
    const path = `/admin/clients/${(await world.client({ scope: 'openid' })).client_id}`;
    const answer = await repeatAfter('CLIENT#', path, [{ scope: 'openid payments' }, { scope: 'openid' }]);
    expect((await world.admin('GET', path)).body).toMatchObject({ scope: 'openid' });
    await expectRefusal(world, answer, CONFLICT);
  });

  it('does not unblock a user whom another operator blocked again', async () => {
    const path = `/admin/users/${(await world.user({ blocked: true })).sub}`;
    const answer = await repeatAfter('PROFILE', path, [{ blocked: false }, { blocked: true }]);
    expect((await world.admin('GET', path)).body).toMatchObject({ blocked: true });
    await expectRefusal(world, answer, CONFLICT);
  });
});

describe('a slow removal', () => {
  it('of a user leaves the next person with the same sub and address alone (held AWS call)', async () => {
    const { sub, email } = await world.user();
    const deletion = holdCall(world, awsCall('DeleteItem', 'admin', 'LOGIN#'));
    const removing = world.admin('DELETE', `/admin/users/${sub}`);
    await deletion.held;
    expect((await world.admin('POST', '/admin/users', { sub, email })).status).toBe(201);
    deletion.release();
    expect((await removing).status).toBe(204);
    const found = await world.find(email);
    expect([found.status, found.body['sub']]).toEqual([200, sub]);
  });
});

describe('leftovers', () => {
  it('of a removal that broke off are removed by its repetition, endpoints included, until nothing is left', async () => {
    const { sub, phone } = await world.person();
    const device = { pk: `USER#${sub}`, sk: `DEVICE#${phone.identity.deviceId}` };
    const endpoints = () => world.runtime.aws.calls.filter(({ action }) => action === 'DeleteEndpoint').length;
    const before = endpoints();
    for (const [action, text] of [
      ['UpdateItem', 'ENDPOINT#'],
      ['DeleteItem', 'DEVICE#'],
    ] as const) {
      world.runtime.aws.interference = (call) =>
        writes(action, text)(call) ? { status: 500, body: '{"__type":"InternalServerError"}' } : undefined;
      expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(500);
      world.runtime.aws.interference = undefined;
      expect((await world.admin('GET', `/admin/users/${sub}`)).status).toBe(404);
      expect(await world.stored('Directory', device)).toBeDefined();
    }
    expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(204);
    expect(await world.stored('Directory', device)).toBeUndefined();
    expect(endpoints()).toBeGreaterThan(before);
    expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(404);
  });
});

describe('leftovers name nobody', () => {
  it('an address that a user gave up rings nobody, also when its clean-up failed, and another may have it', async () => {
    const { sub, phone } = await world.person({ email: 'old@example.com' });
    world.runtime.aws.interference = (call) =>
      writes('DeleteItem', 'LOGIN#')(call) ? { status: 500, body: '{"__type":"InternalServerError"}' } : undefined;
    await world.admin('PATCH', `/admin/users/${sub}`, { email: 'new@example.com' });
    world.runtime.aws.interference = undefined;
    expect((await world.ask(client, { login_hint: 'old@example.com' })).body['error']).toBe('unknown_user_id');
    expect(world.runtime.push.deliveries.filter(({ token }) => token === phone.identity.pushToken)).toEqual([]);
    world.runtime.advance(61);
    expect((await world.admin('POST', '/admin/users', { email: 'old@example.com' })).status).toBe(201);
  });

  it('the operator who searches by it does not find the former owner, who would get a stranger’s ticket', async () => {
    const { sub } = await world.user({ email: 'given-up@example.com' });
    world.runtime.aws.interference = (call) =>
      writes('DeleteItem', 'LOGIN#')(call) ? { status: 500, body: '{"__type":"InternalServerError"}' } : undefined;
    await world.admin('PATCH', `/admin/users/${sub}`, { email: 'kept@example.com' });
    world.runtime.aws.interference = undefined;
    expect(await world.stored('Directory', { pk: 'LOGIN#email#given-up@example.com', sk: 'LOGIN' })).toMatchObject({
      sub: { S: sub },
    });
    const found = (email: string) => world.find(email);
    await expectRefusal(world, await found('given-up@example.com'), {
      status: 404,
      error: 'not_found',
      reason: 'not_found',
    });
    expect((await found('kept@example.com')).body).toMatchObject({ sub, email: 'kept@example.com' });
  });
});

describe('counting', () => {
  it('a client over its own limit does not use up its users’ limit, and cannot guess names without limit', async () => {
    const small = await world.client({ requests_per_minute: 1 });
    const { email } = await world.person();
    world.runtime.advance(60 - (world.runtime.now() % 60));
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push((await world.ask(small, { login_hint: email })).status);
    expect(answers).toEqual([200, 403, 403, 403, 403, 403]);
    expect((await world.ask(small, { login_hint: 'nobody@example.com' })).status).toBe(403);
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
  });
});

describe('push endpoints', () => {
  it('a mistake of ours in a push does not make phones unreachable', async () => {
    const { sub, email } = await world.person();
    const body =
      '<ErrorResponse><Error><Code>InvalidParameter</Code><Message>Invalid parameter: Message too long</Message></Error></ErrorResponse>';
    world.runtime.aws.interference = ({ action }) =>
      action === 'Publish' ? { status: 400, headers: { 'content-type': 'text/xml' }, body } : undefined;
    expect((await world.ask(client, { login_hint: email })).status).toBe(503);
    world.runtime.aws.interference = undefined;
    const { body: listed } = await world.admin('GET', `/admin/users/${sub}/devices`);
    expect(listed['devices']).toMatchObject([{ push: 'reachable' }]);
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
  });

  it('an account that joins an endpoint while its last one leaves can be reached', async () => {
    const leaver = await world.user();
    const first = await world.phone(leaver.sub, { pushToken: 'shared' });
    const joiner = await world.user();
    const slow = hold(({ action }) => action === 'DeleteEndpoint');
    const leaving = world.admin('DELETE', `/admin/users/${leaver.sub}/devices/${first.identity.deviceId}`);
    await slow.held;
    const joining = world.phone(joiner.sub, { pushToken: 'shared' });
    slow.release();
    await Promise.all([leaving, joining]);
    expect((await world.ask(client, { login_hint: joiner.email })).status).toBe(200);
  });
});

it('the AWS stand-ins answer no web page: neither a rebound name nor another origin', async () => {
  const { port } = new URL(world.runtime.awsEndpoint);
  for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }]) {
    const status = await new Promise((resolve, reject) => {
      const call = {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/',
        headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables', ...headers },
      };
      request(call, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end('{}');
    });
    expect(status).toBe(403);
  }
});
