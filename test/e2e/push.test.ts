import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { NotificationEndpoint, type Ping } from '../support/notification-endpoint.ts';
import { type LogLine, type TestClient, World } from '../support/world.ts';

// The whole way of a push: a real https endpoint, the real functions, and stand-ins for AWS. The rules and every crash
// are tested in test/flows/notifying.

const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';
const AUTH_REQ_ID_CLAIM = 'urn:openid:params:jwt:claim:auth_req_id';

let endpoint: NotificationEndpoint;
let world: World;
let client: TestClient;

beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  const trustedCertificates = [endpoint.cert];
  world = await World.start({ clock: 'running', trustedCertificates });
  client = await world.client({
    backchannel_token_delivery_mode: 'push',
    backchannel_client_notification_endpoint: endpoint.url,
    grant_types: [],
    scope: 'openid email',
  });
});
beforeEach(() => endpoint.behave(204));
afterEach(() => {
  world.runtime.aws.interference = undefined;
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});

async function asked(form: Record<string, string> = {}) {
  const person = await world.person();
  const scopes = { scope: 'openid email', client_notification_token: TOKEN };
  const answer = await world.ask(client, { login_hint: person.email, ...scopes, ...form });
  const { txn } = await world.line(answer);
  const authReqId = String(answer.body['auth_req_id']);
  const requestId = createHash('sha256').update(authReqId).digest('base64url');
  return { ...person, answer, txn, authReqId, requestId };
}

const pushesFor = (authReqId: string) => endpoint.received.filter(({ body }) => body.includes(`"${authReqId}"`));

async function pushFor(authReqId: string): Promise<Ping & { json: Record<string, unknown> }> {
  await expect.poll(() => pushesFor(authReqId)).not.toEqual([]);
  return pushesFor(authReqId)[0] as Ping & { json: Record<string, unknown> };
}

const linesOf = (txn: unknown, reason: string): LogLine[] =>
  world.logs
    .filter((line) => line.includes('"client-notification"') && line.includes('"message":"request"'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line['txn'] === txn && line['reason'] === reason);

async function lineOf(txn: unknown, reason: string): Promise<LogLine> {
  await expect.poll(() => linesOf(txn, reason)).not.toEqual([]);
  return linesOf(txn, reason)[0] as LogLine;
}

const storedRequest = (requestId: string) =>
  world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
const storedNotification = (requestId: string) =>
  world.stored('Transactions', { pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });

/** Neither tokens nor what leads to them is kept. */
async function expectForgotten(requestId: string): Promise<void> {
  expect(Object.keys((await storedRequest(requestId)) ?? {})).not.toContain('sealed_tokens');
  const kept = Object.keys((await storedNotification(requestId)) ?? {});
  expect(kept).not.toContain('auth_req_id');
  expect(kept).not.toContain('token');
}

describe('a client in push mode', () => {
  it('gets no interval (A4), and gets the tokens with its own bearer token after the approval (CIBA §10.3.1)', async () => {
    const { answer, sub, email, phone, authReqId, requestId, txn } = await asked();
    expect(answer.body).toEqual({ auth_req_id: authReqId, expires_in: 120 });
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    const { method, headers, json } = await pushFor(authReqId);
    expect(method).toBe('POST');
    expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' });
    const { access_token, id_token, ...rest } = json;
    expect(rest).toEqual({ auth_req_id: authReqId, token_type: 'Bearer', expires_in: 900, scope: 'openid email' });
    const keys = createRemoteJWKSet(new URL(`${world.issuer}.well-known/jwks.json`));
    const currentDate = new Date(world.runtime.now() * 1000);
    const { payload } = await jwtVerify(String(id_token), keys, {
      issuer: world.issuer,
      audience: client.client_id,
      currentDate,
    });
    const hash = createHash('sha256').update(String(access_token)).digest();
    expect(payload).toMatchObject({ sub, email, [AUTH_REQ_ID_CLAIM]: authReqId });
    expect(payload['at_hash']).toBe(hash.subarray(0, 16).toString('base64url'));
    expect(payload).not.toHaveProperty('urn:openid:params:jwt:claim:rt_hash');
    const access = await jwtVerify(String(access_token), keys, { issuer: world.issuer, typ: 'at+jwt', currentDate });
    expect(access.payload).toMatchObject({ sub, client_id: client.client_id });
    expect(await lineOf(txn, 'notified')).toMatchObject({ pushed: 'tokens', detail: 'accepted', Logins: 1 });
    await expectForgotten(requestId);
    const issued = world.trail(requestId).filter(({ event }) => event === 'tokens_issued');
    expect(issued).toMatchObject([{ jti: access.payload.jti, sub }]);
    for (const secret of [access_token, id_token, authReqId, TOKEN].map(String))
      expect(world.logs.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('that polls gets unauthorized_client, before and after the decision (CIBA §11)', async () => {
    const { phone, authReqId, requestId, txn } = await asked();
    const refused = { status: 400, error: 'unauthorized_client', reason: 'tokens_are_pushed' } as const;
    await expectRefusal(world, await world.poll(client, authReqId), refused);
    await world.answer(phone, requestId, 'approve');
    await lineOf(txn, 'notified');
    await expectRefusal(world, await world.poll(client, authReqId), refused);
  });

  it('is refused without a client_notification_token (B6)', async () => {
    const { answer } = await asked({ client_notification_token: '' });
    expect(answer.body['error']).toBe('invalid_request');
  });

  it('is told access_denied after a denial, and expired_token after the expiry (CIBA §12)', async () => {
    const denied = await asked();
    const expired = await asked();
    await world.answer(denied.phone, denied.requestId, 'deny');
    expect((await pushFor(denied.authReqId)).json).toMatchObject({ error: 'access_denied' });
    await lineOf(expired.txn, 'expiry_watched');
    world.runtime.advance(200);
    expect((await pushFor(expired.authReqId)).json).toMatchObject({ error: 'expired_token' });
    await lineOf(expired.txn, 'notified');
    await expectForgotten(expired.requestId);
    expect(pushesFor(denied.authReqId)).toHaveLength(1);
  });

  it('is a message group of its own in the queue, so that a slow client delays nobody else', async () => {
    const { phone, requestId, txn } = await asked();
    await lineOf(txn, 'expiry_watched');
    await world.answer(phone, requestId, 'deny');
    await lineOf(txn, 'notified');
    const about = world.runtime.aws.calls.filter(({ body }) => body.includes(requestId));
    const announced = about.filter(({ action, body }) => action === 'Publish' && body.includes('correlation_id'));
    const groups = announced.map(({ body }) => new URLSearchParams(String(body)).get('MessageGroupId'));
    const later = about.filter(({ action }) => action === 'SendMessage');
    expect(groups).toEqual([client.client_id, client.client_id]);
    expect(later.map(({ body }) => JSON.parse(String(body)).MessageGroupId)).toEqual([client.client_id]);
  });

  it('is told access_denied if the user is blocked between the approval and the push', async () => {
    const { sub, phone, authReqId, requestId, txn } = await asked();
    world.runtime.aws.interference = ({ caller, action, body }) =>
      caller === 'client-notification' && action === 'GetItem' && body.includes(requestId)
        ? { status: 500, body: '{"__type":"InternalServerError"}' }
        : undefined;
    await world.answer(phone, requestId, 'approve');
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    world.runtime.aws.interference = undefined;
    world.runtime.advance(31);
    expect((await pushFor(authReqId)).json).toMatchObject({ error: 'access_denied' });
    expect(await lineOf(txn, 'notified')).toMatchObject({ pushed: 'access_denied' });
    expect(world.trail(requestId)).toContainEqual(expect.objectContaining({ event: 'approval_taken_back' }));
  });
});

describe('an endpoint that is out', () => {
  it('is tried again with the same bytes, which wait sealed', async () => {
    const { phone, authReqId, requestId, txn } = await asked();
    endpoint.behave([503, 'drop', 204], ({ body }) => body.includes(authReqId));
    await world.answer(phone, requestId, 'approve');
    await lineOf(txn, 'endpoint_unreachable');
    const { json } = await pushFor(authReqId);
    const waiting = JSON.stringify((await storedRequest(requestId)) ?? {});
    expect(waiting).toContain('sealed_tokens');
    expect(waiting).not.toContain(String(json['access_token']));
    world.runtime.advance(30);
    await expect.poll(() => linesOf(txn, 'endpoint_unreachable').length).toBeGreaterThan(1);
    world.runtime.advance(30);
    await lineOf(txn, 'notified');
    expect(pushesFor(authReqId)).toHaveLength(3);
    expect(new Set(pushesFor(authReqId).map(({ body }) => body)).size).toBe(1);
    await expectForgotten(requestId);
  });

  it('leaves a dead letter without tokens, and nothing else, when half of the access token’s life is over', async () => {
    const { phone, authReqId, requestId, txn } = await asked();
    endpoint.behave(500, ({ body }) => body.includes(authReqId));
    await world.answer(phone, requestId, 'approve');
    await lineOf(txn, 'endpoint_unreachable');
    world.runtime.advance(451);
    await lineOf(txn, 'notification_given_up');
    await expectForgotten(requestId);
    const letters = world.runtime.aws.calls.filter(
      ({ action, body }) => action === 'SendMessage' && body.includes('dead-letters') && body.includes(requestId),
    );
    expect(letters).toHaveLength(1);
    expect(letters[0]?.body).not.toContain(authReqId);
  });

  it('delivered ten times at once, an announcement leads to one set of tokens', async () => {
    const { phone, authReqId, requestId, txn } = await asked();
    await world.answer(phone, requestId, 'approve');
    await world.announceAtOnce(requestId, 10);
    await lineOf(txn, 'notified');
    expect(pushesFor(authReqId)).toHaveLength(1);
    expect(world.trail(requestId).filter(({ event }) => event === 'tokens_issued')).toHaveLength(1);
  });
});
