import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { vi } from 'vitest';
import type { Phone } from '../../../local/demo/phone.ts';
import type { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { PATIENCE_MILLISECONDS } from '../../support/patience.ts';
import { sendAnswer } from '../../support/signed-answer.ts';
import { CIBA_GRANT, type World } from '../../support/world.ts';

/** Walks every path of every function that makes an AWS call of its own: what roles must allow, and all they may. */
export async function walkEveryPath(world: World, endpoint: NotificationEndpoint): Promise<void> {
  await walkAdmin(world);
  await walkLogin(world);
  await walkPing(world, endpoint);
  await walkPush(world, endpoint);
  await walkDenials(world);
  await walkAttempts(world);
  await walkDevices(world);
  await walkExpiry(world);
  await walkSigningKeys(world);
}

async function walkLogin(world: World): Promise<void> {
  const client = await world.client({ requests_per_minute: 100 });
  const { email, phone } = await world.person();
  const { authReqId, requestId } = await world.asked(client, { login_hint: email });
  await world.poll(client, authReqId);
  await world.poll(client, authReqId);
  await phone.list();
  await world.answer(phone, requestId, 'approve');
  const { body } = await world.poll(client, authReqId);
  await world.post('/revoke', client, { token: String(body['access_token']) });
  const { body: asked } = await world.ask(client, { id_token_hint: String(body['id_token']) });
  await world.post('/bc-authorize/withdraw', client, { auth_req_id: String(asked['auth_req_id']) });
  await assertClient(world, email);
  await world.send('/.well-known/jwks.json', {});
}

/** A client that is pinged, and whose endpoint hangs up the first time. */
async function walkPing(world: World, endpoint: NotificationEndpoint): Promise<void> {
  const client = await world.client({
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: endpoint.url,
  });
  const { email, phone } = await world.person();
  const form = { login_hint: email, client_notification_token: 'a'.repeat(28) };
  const { authReqId, requestId } = await world.asked(client, form);
  endpoint.behave('drop');
  await world.answer(phone, requestId, 'approve');
  await endpoint.next();
  endpoint.behave(204);
  await endpoint.next();
  // Its message goes when the function has answered.
  const isDeleted = () => world.runtime.aws.calls.some(({ action }) => action === 'DeleteMessage');
  await vi.waitUntil(isDeleted, { timeout: PATIENCE_MILLISECONDS, interval: 10 });
  await world.poll(client, authReqId);
}

/** A client in push mode: one request expires, one is approved while its endpoint is out. */
async function walkPush(world: World, endpoint: NotificationEndpoint): Promise<void> {
  const client = await world.client({
    backchannel_token_delivery_mode: 'push',
    backchannel_client_notification_endpoint: endpoint.url,
  });
  const { email, phone } = await world.person();
  const form = { login_hint: email, client_notification_token: 'a'.repeat(28) };
  const sent = (text: string) =>
    world.runtime.aws.calls.some(({ action, body }) => action === 'SendMessage' && body.includes(text));
  const options = { timeout: PATIENCE_MILLISECONDS, interval: 10 };
  endpoint.behave(503);
  const { requestId } = await world.asked(client, form);
  await vi.waitUntil(() => sent(requestId), options);
  await world.answer(phone, requestId, 'approve');
  await endpoint.next();
  // Half of the access token's life is over: what waits becomes a dead letter.
  world.runtime.advance(451);
  await vi.waitUntil(() => sent('undelivered'), options);
}

/** A long request, whose client has the phones rung again, and of which they are reminded before it ends. */
async function walkAttempts(world: World): Promise<void> {
  const client = await world.client();
  const { sub, email } = await world.person();
  await world.phone(sub, { platform: 'APNS_SANDBOX' });
  const { authReqId, requestId } = await world.asked(client, { login_hint: email, requested_expiry: '1900' });
  world.runtime.advance(45);
  await world.post('/bc-authorize/resend', client, { auth_req_id: authReqId });
  const options = { timeout: PATIENCE_MILLISECONDS, interval: 10 };
  const waits = () => {
    const { calls } = world.runtime.aws;
    const sent = calls.findIndex(({ action, body }) => action === 'SendMessage' && body.includes(requestId));
    return sent >= 0 && calls.slice(sent).some(({ action }) => action === 'DeleteMessage');
  };
  await vi.waitUntil(waits, options);
  await world.send('/.well-known/jwks.json', {});
  world.runtime.advance(1600);
  const isReminded = ({ caller, body }: { caller: string; body: Buffer }) =>
    caller === 'client-notification' && body.includes(requestId) && body.includes('accepted');
  await vi.waitUntil(() => world.runtime.aws.calls.some(isReminded), options);
}

/** A client that a user denies, approves and reports, and that then names unknown users; an operator ends its block. */
async function walkDenials(world: World): Promise<void> {
  const client = await world.client();
  const { sub, email, phone } = await world.person();
  for (const claims of [{ decision: 'deny' }, { decision: 'approve' }, { decision: 'deny', reason: 'fraud' }]) {
    const { requestId } = await world.asked(client, { login_hint: email });
    const { bytes } = await phone.read(requestId);
    await sendAnswer(world, phone, { requestId, bytes, claims });
    world.runtime.advance(15);
  }
  await world.ask(client, { login_hint: email });
  await world.ask(client, { login_hint: 'nobody@example.com' });
  await world.admin('GET', `/admin/users/${sub}/blocks`);
  await world.admin('DELETE', `/admin/users/${sub}/blocks/${client.client_id}`);
}

/** A client that signs, at each endpoint: the `jti` is remembered by each function. */
async function assertClient(world: World, email: string): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { client_id } = await world.client({
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [await exportJWK(publicKey)] },
  });
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  for (const [path, form] of [
    ['/bc-authorize', { scope: 'openid', login_hint: email }],
    ['/bc-authorize/resend', { auth_req_id: 'x' }],
    ['/bc-authorize/withdraw', { auth_req_id: 'x' }],
    ['/bc-authorize/number', { auth_req_id: 'x', number: '07' }],
    ['/token', { grant_type: CIBA_GRANT, auth_req_id: 'x' }],
    ['/revoke', { token: 'x' }],
  ] as const) {
    const exp = world.runtime.now() + 60;
    const client_assertion = await new SignJWT({
      iss: client_id,
      sub: client_id,
      aud: world.issuer,
      exp,
      jti: randomUUID(),
    })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    await world.post(path, undefined, { ...form, client_assertion_type, client_assertion });
  }
}

async function walkDevices(world: World): Promise<void> {
  const client = await world.client();
  const { sub, email } = await world.user();
  const phone = await world.phone(sub, { pushToken: 'tour-1' });
  const iphone = await world.phone(sub, { pushToken: 'tour-2', platform: 'APNS_SANDBOX' });
  // A third phone: the others are told of it, the iPhone too.
  await world.phone(sub, { pushToken: 'tour-4' });
  await world.asked(client, { login_hint: email });
  await change(world, phone, { name: 'New name' });
  world.runtime.sns.disable('tour-1');
  // The request before is over, so the client may open another one.
  world.runtime.advance(121);
  await world.ask(client, { login_hint: email });
  await change(world, phone, { push_token: 'tour-1' });
  await change(world, phone, { push_token: 'tour-3' });
  for (const token of ['tour-3', 'tour-2', 'tour-4']) world.runtime.sns.disable(token);
  world.runtime.advance(121);
  await world.ask(client, { login_hint: email });
  await call(world, phone, 'DELETE', `devices/${phone.identity.deviceId}`);
  await world.admin('DELETE', `/admin/users/${sub}/devices/${iphone.identity.deviceId}`);
}

async function walkAdmin(world: World): Promise<void> {
  await world.admin('PUT', '/admin/log-level', { level: 'info' });
  await world.client({ client_id: 'tour' });
  await world.admin('GET', '/admin/clients');
  await world.admin('GET', '/admin/users');
  await world.admin('PATCH', '/admin/clients/tour', { client_name: 'New' });
  await world.admin('DELETE', '/admin/clients/tour');
  const { sub } = await world.person({ email: 'tour@example.com' });
  await world.admin('GET', `/admin/users/${sub}/tickets`);
  await world.admin('DELETE', `/admin/users/${sub}/tickets`);
  await world.find('tour@example.com');
  await world.admin('PATCH', `/admin/users/${sub}`, { email: 'tour2@example.com' });
  // Another user asks for a name that is taken: its owner is looked at once the name is a minute old.
  world.runtime.advance(61);
  await world.admin('POST', '/admin/users', { email: 'tour2@example.com' });
  await world.admin('DELETE', `/admin/users/${sub}`);
  await walkRecords(world);
}

/** Export and erasure of a user with everything, and of one whose subject somebody had before. */
async function walkRecords(world: World): Promise<void> {
  const client = await world.client();
  const sub = 'tour-records';
  for (let person = 0; person < 2; person += 1) {
    const { email, phone } = await world.person({ sub });
    const { requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    await world.ticket(sub);
    await world.admin('GET', `/admin/users/${sub}/requests`);
    await world.admin('GET', `/admin/users/${sub}/export`);
    await world.admin('GET', `/admin/users/${sub}/evidence-keys`);
    await world.admin(person === 0 ? 'DELETE' : 'POST', `/admin/users/${sub}${person === 0 ? '' : '/erase'}`);
  }
}

/** A request that nobody answers, until others were told. */
async function walkExpiry(world: World): Promise<void> {
  const { email } = await world.person();
  const { requestId } = await world.asked(await world.client(), { login_hint: email });
  const sent = (action: string) =>
    world.runtime.aws.calls.filter((call) => call.action === action && call.body.includes(requestId));
  const options = { timeout: PATIENCE_MILLISECONDS, interval: 10 };
  await vi.waitUntil(() => sent('SendMessage').length > 0, options);
  world.runtime.advance(200);
  await vi.waitUntil(() => sent('PutEvents').some(({ body }) => body.includes('authentication_expired')), options);
}

async function walkSigningKeys(world: World): Promise<void> {
  await world.runtime.host.invoke('signing-keys', { action: 'rotate', force: true });
  const { body } = await world.send('/.well-known/jwks.json', {});
  const [first] = body['keys'] as { kid: string }[];
  await world.runtime.host.invoke('signing-keys', { action: 'revoke', kid: first?.kid });
  // Three months later no hint can carry the signature of the revoked key: what is left of it is deleted.
  world.runtime.advance(91 * 86_400);
  await world.runtime.host.invoke('signing-keys', { action: 'rotate' });
  // A week after its successor was made, a key that seals tokens is deleted.
  world.runtime.advance(8 * 86_400);
  await world.runtime.host.invoke('signing-keys', { action: 'rotate' });
}

function change(world: World, phone: Phone, body: unknown): Promise<unknown> {
  return call(world, phone, 'PATCH', `devices/${phone.identity.deviceId}`, body);
}

async function call(world: World, phone: Phone, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { authorization: await phone.assertion(method, path), 'content-type': 'application/json' };
  return world.send(`/${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
