import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTicketUri } from '../../local/demo/phone.ts';
import { CIBA_GRANT, World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

const PHONE_NUMBERS = { info: '+4915511112222', debug: '+4915511113333' } as const;

// A function reads the level along with its next calls of AWS, so it is known before the calls that count.
async function setLevel(level: 'info' | 'debug'): Promise<void> {
  expect((await world.admin('PUT', '/admin/log-level', { level })).status).toBe(200);
  await world.runtime.advance(60);
}

describe.each(['info', 'debug'] as const)('at the level %s', (level) => {
  it('no secret, token, hint, name, message or push token ever stands in a log line', async () => {
    await setLevel(level);
    const secrets: Record<string, string> = {};
    const client = await world.client({ scope: 'openid profile email', backchannel_user_code_parameter: true });
    const { sub, email } = await world.user({ name: 'Seeded Name', phone_number: PHONE_NUMBERS[level] });
    const uri = await world.ticket(sub);
    secrets['ticket'] = parseTicketUri(uri).ticket;
    const { Phone } = await import('../../local/demo/phone.ts');
    const phone = await Phone.enrol(uri, {
      name: 'SeededDevice',
      pushToken: 'seeded-push-token',
      now: () => world.runtime.now(),
    });
    const asked = await world.asked(client, { login_hint: email, binding_message: 'SeededMessage' });
    await world.poll(client, asked.authReqId);
    await world.poll(client, asked.authReqId);
    await world.answer(phone, asked.requestId, 'approve');
    const tokens = (await world.poll(client, asked.authReqId)).body;
    await world.poll(client, asked.authReqId);
    await world.post('/revoke', client, { token: String(tokens['access_token']) });
    await world.post('/revoke', client, { token: String(tokens['id_token']) });
    await world.post(
      '/token',
      { ...client, client_secret: 'seeded-wrong-secret' },
      { grant_type: CIBA_GRANT, auth_req_id: 'x' },
    );
    await world.ask(client, { login_hint: 'seeded-unknown@example.com' });
    await world.admin('PUT', `/admin/users/${sub}/user-code`, { user_code: 'seeded code' });
    await world.ask(client, { login_hint: email, user_code: 'seeded wrong code' });
    await world.ask(client, { login_hint: email, user_code: 'seeded\u0000bad code' });
    await world.ask(client, { login_hint: email, user_code: 'seeded code' });
    await world.ask(client, { login_hint: email, binding_message: 'Seeded\u202Ebad' });
    await world.post('/bc-authorize', client, 'seeded-parameter=1&seeded-parameter=2&scope=openid');
    await world.admin('POST', '/admin/clients', { client_name: 'x', scope_descriptions: { 'seeded-scope': 1 } });
    await world.admin('POST', '/admin/users', { 'seeded-member': 1 });
    const assertion = await sendAssertion();
    const deviceAssertion = await phone.assertion('GET', 'device/requests');
    await world.send('/device/requests', { headers: { authorization: deviceAssertion } });
    world.runtime.aws.interference = () => ({
      status: 500,
      body: '{"__type":"InternalServerError","message":"seeded-fault-text"}',
    });
    await world.ask(client, { login_hint: email });
    world.runtime.aws.interference = undefined;
    const last = await world.ask(client, { login_hint: 'done' });
    await world.line(last);

    Object.assign(secrets, {
      client_secret: client.client_secret,
      'wrong secret': 'seeded-wrong-secret',
      auth_req_id: asked.authReqId,
      access_token: String(tokens['access_token']),
      id_token: String(tokens['id_token']),
      'signature of the access token': String(tokens['access_token']).split('.')[2] ?? 'none',
      assertion: assertion,
      'device assertion': deviceAssertion,
      'push token': 'seeded-push-token',
      login_hint: email,
      'unknown hint': 'seeded-unknown',
      'phone number': PHONE_NUMBERS[level].slice(3),
      'user name': 'Seeded Name',
      'binding message': 'SeededMessage',
      'bad binding message': 'Seeded\u202Ebad',
      'user code': 'seeded code',
      'wrong user code': 'seeded wrong code',
      'bad user code': 'bad code',
      'device name': 'SeededDevice',
      'parameter name': 'seeded-parameter',
      'described scope': 'seeded-scope',
      'member name': 'seeded-member',
      'text of a fault': 'seeded-fault-text',
    });
    // The audit trail keeps the signed evidence on purpose; it is its own store. Everything else is the log.
    const log = world.logs.filter((line) => !line.includes('"message":"audit"'));
    const calls = log.filter((line) => line.includes('"message":"aws_call"'));
    expect(calls.length > 20).toBe(level === 'debug');
    const audit = world.logs.filter((line) => line.includes('"message":"audit"'));
    expect(log.length).toBeGreaterThan(10);
    const leaked = Object.entries(secrets).filter(
      ([, secret]) => secret.length < 4 || log.some((line) => line.includes(secret)),
    );
    expect(leaked).toEqual([]);
    const neverInAudit = [
      'client_secret',
      'auth_req_id',
      'access_token',
      'id_token',
      'push token',
      'ticket',
      'user code',
    ];
    expect(neverInAudit.filter((name) => audit.some((line) => line.includes(secrets[name] ?? '')))).toEqual([]);
  });
});

it('one line a request, with its reason and a correlation id that the caller has too', async () => {
  const client = await world.client();
  const answer = await world.ask(client, { login_hint: 'nobody@example.com' });
  const line = await world.line(answer);
  expect(line).toMatchObject({
    service: 'backchannel-authentication',
    route: 'POST /bc-authorize',
    status: 400,
    error: 'unknown_user_id',
    reason: 'unknown_user',
    detail: 'no_such_identifier',
    client_id: client.client_id,
    correlation_id: answer.headers.get('x-correlation-id'),
  });
  expect(world.logs.filter((text) => text.includes(String(line['correlation_id'])))).toHaveLength(1);
});

it('every line of the admin API says who called: reads, refused calls and faults too', async () => {
  const { sub } = await world.user();
  const lineOf = async (method: string, path: string, body?: object) =>
    world.line(await world.admin(method, path, body));
  const by = 'arn:aws:iam::000000000000:user/local-operator';
  expect(await lineOf('GET', `/admin/users/${sub}`)).toMatchObject({
    route: 'GET /admin/users/{sub}',
    status: 200,
    by,
  });
  expect(await lineOf('GET', `/admin/users/${sub}/devices`)).toMatchObject({ status: 200, by });
  expect(await lineOf('POST', '/admin/users/search', { login_hint: 'nobody' })).toMatchObject({ status: 404, by });
  expect(await lineOf('DELETE', '/admin/clients/synthetic-login')).toMatchObject({ reason: 'reserved_id', by });
  expect(await lineOf('POST', '/admin/clients', {})).toMatchObject({ reason: 'invalid_client_metadata', by });
  world.runtime.aws.interference = () => ({ status: 500, body: '{"__type":"InternalServerError"}' });
  const fault = await world.admin('GET', `/admin/users/${sub}`);
  world.runtime.aws.interference = undefined;
  const id = String(fault.headers.get('x-correlation-id'));
  const faults = () => world.logs.filter((line) => line.includes(id)).map((line) => JSON.parse(line));
  await expect.poll(faults).toMatchObject([{ message: 'fault', route: 'GET /admin/users/{sub}', by }]);
});

it('no line of a client or a phone has an operator in it', async () => {
  const client = await world.client();
  const { email, phone } = await world.person();
  const { requestId } = await world.asked(client, { login_hint: email });
  await world.answer(phone, requestId, 'approve');
  await world.line(await world.poll(client, 'unknown'));
  const lines = world.logs.filter((line) => !line.includes('"message":"audit"')).map((line) => JSON.parse(line));
  const routesWithOperator = lines.filter((line) => 'by' in line).map((line) => String(line['route']));
  expect(routesWithOperator.filter((route) => !route.includes(' /admin/'))).toEqual([]);
});

async function sendAssertion(): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = { keys: [await exportJWK(publicKey)] };
  const { client_id } = await world.client({ token_endpoint_auth_method: 'private_key_jwt', jwks });
  const now = world.runtime.now();
  const client_assertion = await new SignJWT({
    iss: client_id,
    sub: client_id,
    aud: world.issuer,
    exp: now + 60,
    jti: randomUUID(),
  })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(privateKey);
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  await world.post('/token', undefined, {
    grant_type: CIBA_GRANT,
    auth_req_id: 'x',
    client_assertion_type,
    client_assertion,
  });
  return client_assertion;
}
