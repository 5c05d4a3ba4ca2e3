import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { expectTokens } from '../support/assertions.ts';
import { awsCall, holdCall } from '../support/held-call.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

const AUDIENCE = 'https://bank.example.com';
let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());
afterEach(() => {
  world.runtime.aws.interference = undefined;
});

/** A request that waits for its user. The client has polled once, so that a warm function has a copy of it. */
type Login = {
  readonly client: TestClient;
  readonly sub: string;
  readonly phone: Phone;
  readonly authReqId: string;
  readonly requestId: string;
};
async function askedLogin(): Promise<Login> {
  const client = await world.client({ scope: 'openid email', audiences: [AUDIENCE] });
  const { sub, email, phone } = await world.person();
  const form = { login_hint: email, scope: 'openid email', audience: AUDIENCE };
  const { authReqId, requestId } = await world.asked(client, form);
  expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
  return { client, sub, phone, authReqId, requestId };
}

/** What an operator takes back, and what is then left. */
type TakenBack = {
  readonly what: string;
  readonly call: (login: Login) => Promise<Answer>;
  /** Why the phone is not believed any more. Undefined if it still is. */
  readonly phone?: string;
  /** Why the approval is worth nothing. Undefined if something is left of it. */
  readonly because?: string;
};
const change = (path: string, body: unknown) => world.admin('PATCH', path, body);
const TAKEN_BACK: readonly TakenBack[] = [
  {
    what: 'the user is blocked',
    call: ({ sub }) => change(`/admin/users/${sub}`, { blocked: true }),
    phone: 'user_blocked',
    because: 'user_blocked',
  },
  {
    what: 'the user is removed',
    call: ({ sub }) => world.admin('DELETE', `/admin/users/${sub}`),
    phone: 'unknown_device',
    because: 'user_removed',
  },
  {
    what: 'the device is removed',
    call: ({ sub, phone }) => world.admin('DELETE', `/admin/users/${sub}/devices/${phone.identity.deviceId}`),
    phone: 'unknown_device',
    because: 'device_removed',
  },
  {
    what: 'the client is removed',
    call: ({ client }) => world.admin('DELETE', `/admin/clients/${client.client_id}`),
    because: 'client_removed',
  },
  {
    what: 'a scope is taken from the client',
    call: ({ client }) => change(`/admin/clients/${client.client_id}`, { scope: 'openid' }),
  },
  {
    what: 'the audience is taken from the client',
    call: ({ client }) => change(`/admin/clients/${client.client_id}`, { audiences: [] }),
    because: 'audience_removed',
  },
];

/** Takes it back, and waits until the operator was told that it is done. */
async function takeBack({ call }: TakenBack, login: Login): Promise<void> {
  expect([200, 204]).toContain((await call(login)).status);
}

/** A phone that shows the request and then approves it. */
async function approve({ phone, requestId }: Login, showing?: () => Promise<void>): Promise<Response> {
  const { bytes } = await phone.read(requestId);
  await showing?.();
  return phone.answer(requestId, bytes, 'approve');
}

const evidence = async (answer: Answer) => {
  const { reason, detail } = await world.line(answer);
  return { status: answer.status, error: answer.body['error'], reason, detail };
};

/** The client polls after it was approved: it gets nothing, now and later, or what is left. */
async function expectTakenBack({ because }: TakenBack, login: Login): Promise<void> {
  const answer = await world.poll(login.client, login.authReqId);
  if (because === undefined) return expectWhatIsLeft(answer);
  const refusal = { status: 400, error: 'access_denied', reason: 'approval_taken_back', detail: because };
  expect(await evidence(answer)).toEqual(refusal);
  // By then the function has dropped its copy of a client that is gone.
  const gone = { status: 401, error: 'invalid_client', reason: 'unknown_client', detail: undefined };
  const later = because === 'client_removed' ? gone : refusal;
  expect(await evidence(await world.poll(login.client, login.authReqId))).toEqual(later);
}

function expectWhatIsLeft(answer: Answer): void {
  const tokens = expectTokens(answer);
  expect(tokens.scope).toBe('openid');
  expect(decodeJwt(tokens.access_token)).toMatchObject({ scope: 'openid', aud: AUDIENCE });
  expect(decodeJwt(tokens.id_token)).not.toHaveProperty('email');
}

/** The phone can't answer, so the client waits until the request expires. */
async function expectNoAnswer(login: Login, answered: Response, phone: string): Promise<void> {
  expect(answered.status).toBe(401);
  const line = await world.line({ headers: answered.headers } as Answer);
  expect([line['reason'], line['detail']]).toEqual(['device_not_authenticated', phone]);
  world.runtime.advance(5);
  expect((await world.poll(login.client, login.authReqId)).body['error']).toBe('authorization_pending');
  world.runtime.advance(300);
  expect((await world.poll(login.client, login.authReqId)).body['error']).toBe('expired_token');
}

describe.each(TAKEN_BACK)('$what', (taken) => {
  it('after asking', async () => {
    const login = await askedLogin();
    const { bytes } = await login.phone.read(login.requestId);
    await takeBack(taken, login);
    if (taken.phone !== undefined) {
      await expect(login.phone.read(login.requestId)).rejects.toThrow('401');
      await expect(login.phone.list()).rejects.toThrow('401');
      const answered = await login.phone.answer(login.requestId, bytes, 'approve');
      return expectNoAnswer(login, answered, taken.phone);
    }
    expect((await approve(login)).status).toBe(204);
    return expectTakenBack(taken, login);
  });

  it('after showing', async () => {
    const login = await askedLogin();
    const answered = await approve(login, () => takeBack(taken, login));
    if (taken.phone !== undefined) return expectNoAnswer(login, answered, taken.phone);
    expect(answered.status).toBe(204);
    return expectTakenBack(taken, login);
  });

  it('after approving', async () => {
    const login = await askedLogin();
    expect((await approve(login)).status).toBe(204);
    await takeBack(taken, login);
    await expectTakenBack(taken, login);
  });

  it('while the write of the decision is held', async () => {
    const login = await askedLogin();
    const { bytes } = await login.phone.read(login.requestId);
    const decision = holdCall(world, awsCall('UpdateItem', 'device', `REQUEST#${login.requestId}`));
    const answering = login.phone.answer(login.requestId, bytes, 'approve');
    await decision.held;
    await takeBack(taken, login);
    decision.release();
    expect((await answering).status).toBe(204);
    await expectTakenBack(taken, login);
  });

  it('between the last reads and the claim: it counts as taken back after the redemption, and tokens are given', async () => {
    const login = await askedLogin();
    expect((await approve(login)).status).toBe(204);
    const claim = holdCall(world, awsCall('UpdateItem', 'token', `REQUEST#${login.requestId}`, '"redeemed"'));
    const redeeming = world.poll(login.client, login.authReqId);
    await claim.held;
    await takeBack(taken, login);
    claim.release();
    expect(expectTokens(await redeeming).scope).toBe('openid email');
  });
});

describe('a secret that was replaced', () => {
  it('redeems nothing, also where a warm function still believes it; the client does, with the new one', async () => {
    const login = await askedLogin();
    await approve(login);
    const path = `/admin/clients/${login.client.client_id}`;
    const { status, body } = await world.admin('PATCH', path, { new_secret: true });
    expect(status).toBe(200);
    expect(await evidence(await world.poll(login.client, login.authReqId))).toMatchObject({
      status: 401,
      error: 'invalid_client',
      reason: 'credential_taken_back',
    });
    const client = { ...login.client, client_secret: String(body['client_secret']) };
    expectTokens(await world.poll(client, login.authReqId));
  });
});

describe('what was taken back stays taken back', () => {
  const refusal = { status: 400, error: 'access_denied', reason: 'approval_taken_back', detail: 'user_blocked' };
  const expectBlocked = async (login: Login) =>
    expect(await evidence(await world.poll(login.client, login.authReqId))).toEqual(refusal);

  it('an approval of a user who was blocked does not come back when the user is unblocked', async () => {
    const login = await askedLogin();
    await approve(login);
    await change(`/admin/users/${login.sub}`, { blocked: true });
    await expectBlocked(login);
    await change(`/admin/users/${login.sub}`, { blocked: false });
    await expectBlocked(login);
  });

  it('nor does it when the user was blocked and unblocked before the client asked for the tokens', async () => {
    const login = await askedLogin();
    await approve(login);
    await change(`/admin/users/${login.sub}`, { blocked: true });
    await change(`/admin/users/${login.sub}`, { blocked: false });
    await expectBlocked(login);
    // The user can approve again.
    const { email } = (await world.admin('GET', `/admin/users/${login.sub}`)).body;
    const { authReqId, requestId } = await world.asked(login.client, { login_hint: String(email) });
    expect(await world.answer(login.phone, requestId, 'approve')).toBe(204);
    expectTokens(await world.poll(login.client, authReqId));
  });

  it('nor does it when the user approved while the write of the block was held', async () => {
    const login = await askedLogin();
    const { bytes } = await login.phone.read(login.requestId);
    const path = `/admin/users/${login.sub}`;
    const write = holdCall(world, awsCall('PutItem', 'admin', `USER#${login.sub}`));
    const blocking = change(path, { blocked: true });
    await write.held;
    world.runtime.advance(1);
    expect((await login.phone.answer(login.requestId, bytes, 'approve')).status).toBe(204);
    write.release();
    expect((await blocking).status).toBe(200);
    expect((await change(path, { blocked: false })).status).toBe(200);
    await expectBlocked(login);
  });

  it('nor does it when the user was blocked and unblocked while the answer of the phone was under way', async () => {
    const login = await askedLogin();
    const { bytes } = await login.phone.read(login.requestId);
    const path = `/admin/users/${login.sub}`;
    const read = holdCall(world, awsCall('PutRecord', 'device'));
    const answering = login.phone.answer(login.requestId, bytes, 'approve');
    await read.held;
    expect((await change(path, { blocked: true })).status).toBe(200);
    expect((await change(path, { blocked: false })).status).toBe(200);
    world.runtime.advance(1);
    read.release();
    expect((await answering).status).toBe(204);
    await expectBlocked(login);
  });

  it('the claims of the user go with it', async () => {
    const login = await askedLogin();
    await approve(login);
    await change(`/admin/users/${login.sub}`, { blocked: true });
    await world.poll(login.client, login.authReqId);
    const item = await world.stored('Transactions', { pk: `REQUEST#${login.requestId}`, sk: 'REQUEST' });
    expect(item).toMatchObject({ state: { S: 'failed' }, taken_back: { S: 'user_blocked' } });
    expect(item).not.toHaveProperty('grant');
  });
});

describe('nothing follows a sub that is given to another person', () => {
  /** Removes the user and gives the sub to another person, who has a phone. */
  async function replace(sub: string): Promise<Phone> {
    expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(204);
    await world.user({ sub });
    return world.phone(sub);
  }
  const replaced = { status: 400, error: 'access_denied', reason: 'approval_taken_back', detail: 'user_replaced' };

  it('no open question: the phone of the new person neither lists, reads nor answers it', async () => {
    const login = await askedLogin();
    const { bytes } = await login.phone.read(login.requestId);
    const phone = await replace(login.sub);
    expect(await phone.list()).toEqual([]);
    await expect(phone.read(login.requestId)).rejects.toThrow('404');
    expect((await phone.answer(login.requestId, bytes, 'approve')).status).toBe(404);
    expect((await login.phone.answer(login.requestId, bytes, 'approve')).status).toBe(401);
    world.runtime.advance(5);
    expect((await world.poll(login.client, login.authReqId)).body['error']).toBe('authorization_pending');
  });

  it('no question that was on its way to the table', async () => {
    const client = await world.client();
    const { sub, email } = await world.person();
    const storing = holdCall(world, awsCall('PutItem', 'backchannel-authentication', 'REQUEST#'));
    const asking = world.ask(client, { login_hint: email });
    await storing.held;
    const phone = await replace(sub);
    storing.release();
    // The push endpoint of the former phone went with it, so nobody was rung.
    expect(await evidence(await asking)).toMatchObject({ status: 400, reason: 'no_reachable_device' });
    expect(await phone.list()).toEqual([]);
  });

  it('no approval', async () => {
    const login = await askedLogin();
    await approve(login);
    await replace(login.sub);
    expect(await evidence(await world.poll(login.client, login.authReqId))).toEqual(replaced);
  });

  it('no approval that was on its way to the table', async () => {
    const login = await askedLogin();
    const { bytes } = await login.phone.read(login.requestId);
    const decision = holdCall(world, awsCall('UpdateItem', 'device', `REQUEST#${login.requestId}`));
    const answering = login.phone.answer(login.requestId, bytes, 'approve');
    await decision.held;
    await replace(login.sub);
    decision.release();
    await answering;
    expect(await evidence(await world.poll(login.client, login.authReqId))).toEqual(replaced);
  });

  it('no change that an operator meant for the former person', async () => {
    const { sub } = await world.user();
    const write = holdCall(world, awsCall('PutItem', 'admin', `USER#${sub}`, 'meant for another'));
    const renaming = change(`/admin/users/${sub}`, { name: 'meant for another' });
    await write.held;
    expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(204);
    await world.user({ sub });
    write.release();
    // A call that is held for over a second is repeated. The provider then can't tell whether the first one was made.
    const { status, error } = await evidence(await renaming);
    expect(['404 not_found', '409 conflict']).toContain(`${status} ${error}`);
    expect((await world.admin('GET', `/admin/users/${sub}`)).body).not.toHaveProperty('name');
  });
});
