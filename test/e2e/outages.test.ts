import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jsonAnswer } from '../../local/aws/json-answer.ts';
import type { AwsCall, Interference } from '../../local/aws/server.ts';
import { Phone } from '../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: '{"perUser":{"perMinute":1,"perHour":30}}' } });
});
// No function knows a new client, so each asks for it.
beforeEach(async () => {
  client = await world.client();
});
afterEach(() => {
  world.runtime.aws.interference = undefined;
});
afterAll(() => world?.close());

type Filter = { action: string; prefix?: string; caller?: string; nth?: number };
const matches = (call: AwsCall, { action, prefix, caller }: Filter): boolean =>
  call.action === action &&
  (caller === undefined || call.caller === caller) &&
  (prefix === undefined || call.body.toString().includes(`"${prefix}`));

/** Interferes with the first call that matches, once; tells whether it came. */
function once(filter: Filter, interference: ReturnType<Interference>): { happened: boolean } {
  const state = { happened: false };
  world.runtime.aws.interference = (call) => {
    if (state.happened || !matches(call, filter)) return undefined;
    state.happened = true;
    return interference;
  };
  return state;
}
const always = (filter: Filter, answer: ReturnType<Interference>): void => {
  world.runtime.aws.interference = (call) => (matches(call, filter) ? answer : undefined);
};
const internalError = {
  status: 500,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: '{"__type":"InternalServerError","message":"down"}',
};

describe('an answer of DynamoDB that is lost on its way: the SDK’s retry recognises its own success', () => {
  it('at the rate window: one attempt is counted, not two', async () => {
    const { email } = await world.person();
    const lost = once({ action: 'UpdateItem', prefix: 'RATE#' }, 'lose-answer');
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
    expect(lost.happened).toBe(true);
  });

  it('at the creation of a request', async () => {
    const { email } = await world.person();
    const lost = once({ action: 'PutItem', prefix: 'REQUEST#', caller: 'backchannel-authentication' }, 'lose-answer');
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
    expect(lost.happened).toBe(true);
  });

  it('at a poll: pending, not slow_down', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    const lost = once({ action: 'UpdateItem', prefix: 'REQUEST#' }, 'lose-answer');
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
    expect(lost.happened).toBe(true);
  });

  it('at a poll that came too fast: the interval grows once', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    await world.poll(client, authReqId);
    const lost = { seen: 0 };
    world.runtime.aws.interference = (call) =>
      matches(call, { action: 'UpdateItem', prefix: 'REQUEST#' }) && ++lost.seen === 2 ? 'lose-answer' : undefined;
    expect((await world.poll(client, authReqId)).body).toMatchObject({ error: 'slow_down', interval: 10 });
    expect(lost.seen).toBe(3);
  });

  it('at a decision: the phone is told that it counted, and the client gets its tokens', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const lost = once({ action: 'UpdateItem', prefix: 'REQUEST#', caller: 'device' }, 'lose-answer');
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    expect(lost.happened).toBe(true);
    expectTokens(await world.poll(client, authReqId));
  });

  it('at the redemption: the client gets its tokens', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    const seen = { count: 0 };
    world.runtime.aws.interference = (call) =>
      matches(call, { action: 'UpdateItem', prefix: 'REQUEST#' }) && ++seen.count === 2 ? 'lose-answer' : undefined;
    expectTokens(await world.poll(client, authReqId));
    expect(seen.count).toBe(3);
  });

  it('at the first use of a jti: the device’s change counts', async () => {
    const { phone } = await world.person();
    const path = `devices/${phone.identity.deviceId}`;
    const lost = once({ action: 'PutItem', prefix: 'JTI#' }, 'lose-answer');
    const headers = { authorization: await phone.assertion('PATCH', path), 'content-type': 'application/json' };
    expect((await world.send(`/${path}`, { method: 'PATCH', headers, body: '{"name":"New"}' })).status).toBe(200);
    expect(lost.happened).toBe(true);
  });

  it('at the creation and the use of a ticket: the phone is enrolled', async () => {
    const { sub } = await world.user();
    const issue = once({ action: 'UpdateItem', prefix: 'PROFILE', caller: 'admin' }, 'lose-answer');
    const uri = await world.ticket(sub);
    const claim = once({ action: 'UpdateItem', prefix: 'PROFILE', caller: 'device' }, 'lose-answer');
    await Phone.enrol(uri, { name: 'P', pushToken: 't', now: () => world.runtime.now() });
    expect([issue.happened, claim.happened]).toEqual([true, true]);
  });

  it('at the creation of clients and users: they are there, and not said to be taken', async () => {
    const first = once({ action: 'PutItem', prefix: 'CLIENT#own' }, 'lose-answer');
    await world.client({ client_id: 'own' });
    expect(first.happened).toBe(true);
    const second = once({ action: 'PutItem', prefix: 'LOGIN#' }, 'lose-answer');
    await world.user({ email: 'lost@example.com' });
    expect(second.happened).toBe(true);
    const third = once({ action: 'PutItem', prefix: 'PROFILE' }, 'lose-answer');
    await world.user({ email: 'lost2@example.com' });
    expect(third.happened).toBe(true);
  });

  it('at changes and removals of clients and users: they count, and nothing is said to be missing', async () => {
    await world.client({ client_id: 'changed' });
    const changed = once({ action: 'PutItem', prefix: 'CLIENT#changed' }, 'lose-answer');
    const { status, body } = await world.admin('PATCH', '/admin/clients/changed', { new_secret: true });
    expect([status, changed.happened]).toEqual([200, true]);
    expect((await world.poll({ client_id: 'changed', client_secret: String(body['client_secret']) }, 'x')).status).toBe(
      400,
    );
    const removed = once({ action: 'DeleteItem', prefix: 'CLIENT#changed' }, 'lose-answer');
    expect((await world.admin('DELETE', '/admin/clients/changed')).status).toBe(204);
    expect(removed.happened).toBe(true);
    const { sub } = await world.user();
    const renamed = once({ action: 'PutItem', prefix: 'PROFILE' }, 'lose-answer');
    expect((await world.admin('PATCH', `/admin/users/${sub}`, { name: 'New' })).body['name']).toBe('New');
    const gone = once({ action: 'DeleteItem', prefix: 'PROFILE' }, 'lose-answer');
    expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(204);
    expect([renamed.happened, gone.happened]).toEqual([true, true]);
  });

  it('at the creation and the moves of signing keys', async () => {
    for (const action of ['PutItem', 'UpdateItem']) {
      const lost = once({ action, prefix: 'KEY#' }, 'lose-answer');
      await world.runtime.host.invoke('signing-keys', { action: 'rotate', force: true });
      expect(lost.happened).toBe(true);
    }
    const { body } = await world.send('/.well-known/jwks.json', {});
    expect(body['keys']).toHaveLength(12);
  });
});

describe('an outage is 5xx with a correlation id, never "not found", and the request stays usable', () => {
  const expectFault = async (answer: Awaited<ReturnType<World['poll']>>) => {
    expect(answer.status).toBe(500);
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
    expect(answer.body['error']).toBe('server_error');
    expect(answer.body['error_description']).toContain(answer.headers.get('x-correlation-id'));
    expect(answer.text).not.toContain('DynamoDB');
  };

  it.each([
    ['clients', { action: 'GetItem', prefix: 'CLIENT#' }],
    ['login identifiers', { action: 'GetItem', prefix: 'LOGIN#' }],
    ['users', { action: 'Query', prefix: 'USER#', caller: 'backchannel-authentication' }],
    ['rate windows', { action: 'UpdateItem', prefix: 'RATE#' }],
    ['requests', { action: 'PutItem', prefix: 'REQUEST#' }],
  ])('of DynamoDB for %s at /bc-authorize', async (_name, filter) => {
    const { email, phone } = await world.person();
    always(filter, internalError);
    await expectFault(await world.ask(client, { login_hint: email }));
    expect(world.runtime.push.deliveries.filter(({ token }) => token === phone.identity.pushToken)).toEqual([]);
  });

  it('of KMS and of DynamoDB at /token: an approval is not lost', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    // A warm function has the signing keys in memory.
    await world.runtime.host.cool();
    for (const filter of [
      { action: 'Query', prefix: 'KEY#' },
      { action: 'Decrypt' },
      { action: 'UpdateItem', prefix: 'REQUEST#' },
    ]) {
      always(filter, internalError);
      await expectFault(await world.poll(client, authReqId));
    }
    world.runtime.aws.interference = undefined;
    expectTokens(await world.poll(client, authReqId));
  });

  it('of DynamoDB at the device API: the phone may try again', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const { bytes } = await phone.read(requestId);
    always({ action: 'UpdateItem', prefix: 'REQUEST#' }, internalError);
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(500);
    always({ action: 'BatchGetItem', caller: 'device' }, internalError);
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(500);
    world.runtime.aws.interference = undefined;
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    expectTokens(await world.poll(client, authReqId));
  });

  it('of the audit store: what gives rights is refused with Retry-After, what takes them away is done', async () => {
    const { email, phone, sub } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const { bytes } = await phone.read(requestId);
    const out = jsonAnswer('1.1', { __type: 'ServiceUnavailableException', message: 'down' }, 503);
    world.runtime.aws.interference = ({ service }) => (service === 'firehose' ? out : undefined);
    const refused = { status: 503, error: 'temporarily_unavailable', reason: 'audit_unavailable' };
    const approval = await phone.answer(requestId, bytes, 'approve');
    expect(approval.status).toBe(503);
    expect(await approval.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect(approval.headers.get('retry-after')).toBe('5');
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
    await expectRefusal(world, await world.admin('POST', '/admin/users', { sub: 'unproven' }), refused);
    expect((await world.admin('GET', '/admin/users/unproven')).status).toBe(404);
    expect((await phone.answer(requestId, bytes, 'deny')).status).toBe(204);
    expect((await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true })).status).toBe(200);
    await expectRefusal(world, await world.admin('PATCH', `/admin/users/${sub}`, { blocked: false }), refused);
    world.runtime.aws.interference = undefined;
    world.runtime.advance(5);
    expect((await world.poll(client, authReqId)).body['error']).toBe('access_denied');
    const unconfirmed = () =>
      world.logs.filter((line) => line.includes('"unconfirmed":true')).map((line) => JSON.parse(line));
    // Three changes were refused, two were made, each with an intention and an outcome.
    await expect.poll(() => unconfirmed().length).toBe(10);
    for (const line of unconfirmed()) expect(line).toMatchObject({ message: 'audit', AuditUnconfirmed: 1 });
    expect(unconfirmed()[0].audit).toMatchObject({ event: 'decision_evidence', sealed: expect.any(String) });
  });

  it('of SNS: 503 with Retry-After, and the request that nobody was told of can never be approved', async () => {
    const { email, phone } = await world.person();
    const body = '<ErrorResponse><Error><Code>InternalError</Code><Message>down</Message></Error></ErrorResponse>';
    always({ action: 'Publish' }, { status: 500, headers: { 'content-type': 'text/xml' }, body });
    const answer = await world.ask(client, { login_hint: email });
    expect(answer.status).toBe(503);
    expect(answer.body['error']).toBe('temporarily_unavailable');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await world.reason(answer)).toBe('push_unavailable');
    expect(await phone.list()).toEqual([]);
  });

  it('of bookkeeping only: a dead device that can’t be marked does not fail a request that another device heard', async () => {
    const { sub, email, phone } = await world.person();
    await world.phone(sub);
    world.runtime.sns.disable(phone.identity.pushToken);
    always({ action: 'UpdateItem', prefix: 'USER#', caller: 'backchannel-authentication' }, internalError);
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
  });
});
