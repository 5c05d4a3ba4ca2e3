import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../cli/asking/outcome.ts';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import { World } from '../../support/world.ts';
import { ciba } from '../support/ciba-process.ts';
import { type RunningCiba, startCiba } from '../support/ciba-running.ts';

const TOKEN = 'a-notification-token-of-the-client';
let world: World;
let env: Record<string, string>;
// Pings wait in a queue by themselves.
beforeAll(async () => {
  world = await World.start({ clock: 'running' });
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  env = { CIBA_URL: world.runtime.url };
});
afterAll(() => world?.close());

async function listen(...args: readonly string[]): Promise<{ run: RunningCiba; url: string }> {
  const run = startCiba(['listen', '--port', '0', ...args], { env });
  const [, url = ''] = await run.said(/^Listening on (https:\S+)$/m);
  await run.said(/trusts its certificate until it ends/);
  return { run, url };
}

const clientIn = (mode: 'ping' | 'push', url: string) =>
  world.client({ backchannel_token_delivery_mode: mode, backchannel_client_notification_endpoint: url });
const pingClient = (url: string) => clientIn('ping', url);

type Application = { server: Server; url: string; calls: Promise<string[]>; next: () => Promise<string[]> };

/** An application of a developer, which answers with a status. `calls`: what the first call has; `next`: what the next has. */
async function application(status: number): Promise<Application> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const next = () =>
    once(server, 'request').then(async ([request, response]) => {
      const { headers } = request as IncomingMessage;
      let body = '';
      for await (const chunk of request) body += chunk;
      response.writeHead(status).end();
      return [String(headers.authorization), String(headers['content-type']), body];
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`;
  return { server, url, calls: next(), next };
}

/** Calls the endpoint as a stranger may, and returns the status. */
function call(url: string, { method = 'POST', token = TOKEN, body = '{"auth_req_id":"r"}' } = {}): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(url, { method, headers, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end(body);
  });
}

describe('ciba listen', () => {
  it('gets the pings of the local provider without a certificate from anybody, and forwards them as they came', async () => {
    const app = await application(202);
    const { run, url } = await listen('--forward', app.url, '--token', TOKEN, '--count', '1', '--json');
    const client = await pingClient(url);
    const { email, phone } = await world.person();
    const form = { login_hint: email, client_notification_token: TOKEN };
    const { authReqId, requestId } = await world.asked(client, form);
    await world.answer(phone, requestId, 'approve');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    const forwarded = { to: app.url, status: 202 };
    expect(JSON.parse(stdout)).toEqual({ at: expect.any(String), kind: 'ping', request_id: requestId, forwarded });
    expect(await app.calls).toEqual([
      `Bearer ${TOKEN}`,
      'application/json',
      JSON.stringify({ auth_req_id: authReqId }),
    ]);
    for (const secret of [authReqId, TOKEN]) expect(stdout + stderr).not.toContain(secret);
    app.server.close();
  });

  it('verifies pushed tokens, and refuses those of another request or with another access token (CIBA §10.3.1)', async () => {
    const { run, url } = await listen('--token', TOKEN, '--count', '3', '--json');
    const app = await application(204);
    const beside = await listen('--forward', app.url, '--count', '2', '--json');
    const client = await clientIn('push', beside.url);
    const { email, phone } = await world.person();
    const form = { login_hint: email, client_notification_token: TOKEN };
    const { authReqId, requestId } = await world.asked(client, form);
    await world.answer(phone, requestId, 'approve');
    const [, , body = ''] = await app.calls;
    const holds = { kind: 'push', pushed: 'tokens', checked: { holds: true, client_id: client.client_id } };
    const forwarded = { to: app.url, status: 204 };
    const members: Record<string, string> = JSON.parse(body);
    const later = app.next();
    await world.answer(phone, (await world.asked(client, form)).requestId, 'approve');
    const [, , laterBody = ''] = await later;
    const { access_token }: Record<string, string> = JSON.parse(laterBody);
    const [told = ''] = (await beside.run.ended).stdout.split('\n');
    expect(JSON.parse(told)).toMatchObject({ ...holds, request_id: requestId, forwarded });
    app.server.close();
    expect(await call(url, { body })).toBe(204);
    expect(await call(url, { body: JSON.stringify({ ...members, auth_req_id: 'another' }) })).toBe(400);
    expect(await call(url, { body: JSON.stringify({ ...members, access_token }) })).toBe(400);
    const { stdout, stderr } = await run.ended;
    const [first, second, third] = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(first).toMatchObject({ ...holds, request_id: requestId });
    expect(second).toMatchObject({ checked: { holds: false, why: 'the ID token names another request' } });
    expect(third).toMatchObject({ checked: { holds: false, why: 'at_hash does not belong to this access token' } });
    for (const secret of [authReqId, TOKEN, members['id_token'] ?? '-', members['access_token'] ?? '-'])
      expect(stdout + stderr).not.toContain(secret);
  });

  it.concurrent('takes a call with its token alone, and says what it refuses', async () => {
    const { run, url } = await listen('--token', TOKEN, '--count', '5');
    expect(await call(url, { token: `${TOKEN}x` })).toBe(401);
    expect(await call(url, { body: 'nonsense' })).toBe(400);
    expect(await call(url, { method: 'GET', body: '' })).toBe(405);
    expect(await call(url, { body: JSON.stringify({ auth_req_id: 'r', more: 'x'.repeat(70_000) }) })).toBe(413);
    expect(await call(url)).toBe(204);
    const forged = { auth_req_id: 'r', access_token: 'seeded-token', id_token: 'e30.e30.forged' };
    expect(await call(url, { body: JSON.stringify(forged) })).toBe(400);
    expect(await call(url, { body: JSON.stringify({ auth_req_id: 'r', error: 'access_denied' }) })).toBe(204);
    const lines = (await run.ended).stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}refused with 401: another token than that of --token$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}refused with 400: no JSON with an auth_req_id$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}ping for request [\w-]{43}$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}push of tokens for request [\w-]{43} {2}NOT verified: aud .*$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}push of access_denied for request [\w-]{43}$/),
    ]);
  });

  it.concurrent('answers 502 when the application does not answer, and ends by a signal', async () => {
    const { server, url: gone } = await application(200);
    server.close();
    const { run, url } = await listen('--forward', gone);
    expect(await call(url)).toBe(502);
    await run.said(/did not answer \(ECONNREFUSED\), so the provider gets 502/);
    run.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });

  it.concurrent('says that a deployment needs a public address', async () => {
    const run = startCiba(['listen', '--port', '0', '--url', 'https://login.example']);
    await run.said(/https:\/\/login\.example cannot reach this address: put a public https address in front/);
    run.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });

  it.concurrent('says so when the port is taken', async () => {
    const { server, url } = await application(200);
    const { code, stderr } = await ciba(['listen', '--port', new URL(url).port], { env });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain('something else listens there. Choose another port');
  });

  it.concurrent.each([
    ['an application elsewhere', ['--forward', 'https://app.example/'], '--forward must be a URL on this machine'],
    ['no port', ['--port', '70000'], 'A port is a number from 0 to 65535'],
    ['no number', ['--count', 'two'], '--count must be a whole number, not "two"'],
  ])('wrong usage: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await ciba(['listen', ...args], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('ciba ask --listen', () => {
  it('waits for the ping and fetches the tokens once, instead of polling (CIBA §10.2)', async () => {
    const free = await application(200);
    const { port } = new URL(free.url);
    free.server.close();
    const client = await pingClient(`https://localhost:${port}/`);
    const { email, phone } = await world.person();
    const options = [
      '--client',
      client.client_id,
      '--secret',
      '-',
      '--listen',
      port,
      '--requested-expiry',
      '300',
      '--json',
    ];
    const run = startCiba(['ask', email, ...options], { env, input: client.client_secret });
    await run.said(/^3\. Waiting for the ping of the provider$/m);
    const [request] = await phone.list();
    await world.answer(phone, String(request?.request_id), 'approve');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    const { outcome, delivery, polls } = JSON.parse(stdout) as Outcome;
    expect({ outcome, delivery, polls }).toEqual({ outcome: 'approved', delivery: 'ping', polls: 1 });
    expect(stderr).toContain('Pinged: there is an answer.');
  });
});

describe('ciba ask --listen of a client in push mode (CIBA §10.3.1)', () => {
  async function askByPush(...more: readonly string[]) {
    const free = await application(200);
    const { port } = new URL(free.url);
    free.server.close();
    const client = await clientIn('push', `https://localhost:${port}/`);
    const { email, phone } = await world.person();
    const options = ['--client', client.client_id, '--secret', '-', '--listen', port, ...more, '--json'];
    const run = startCiba(['ask', email, ...options], { env, input: client.client_secret });
    await run.said(/^3\. Waiting for the push of the provider/m);
    const [request] = await phone.list();
    const requestId = String(request?.request_id);
    const ended = run.ended.then(({ code, stdout, stderr }) => ({
      code,
      outcome: JSON.parse(stdout) as Outcome,
      stderr,
    }));
    return { requestId, phone, ended };
  }

  it('gets the tokens by the push, checks them, and never polls', async () => {
    const { requestId, phone, ended } = await askByPush('--show-tokens');
    await world.answer(phone, requestId, 'approve');
    const { code, outcome, stderr } = await ended;
    expect(code).toBe(0);
    expect(outcome).toMatchObject({ outcome: 'approved', delivery: 'push', polls: 0, request_id: requestId });
    expect(outcome).not.toHaveProperty('interval');
    const claim = outcome.tokens?.id_token?.claims['urn:openid:params:jwt:claim:auth_req_id'];
    expect(createHash('sha256').update(String(claim)).digest('base64url')).toBe(requestId);
    expect(stderr).toContain('Pushed: the answer itself is here.');
    const isNotified = (line: string) => line.includes('"reason":"notified"') && line.includes(`${outcome.txn}`);
    const notified = () => world.logs.filter(isNotified).map((line): unknown => JSON.parse(line));
    await expect.poll(notified).toMatchObject([{ pushed: 'tokens', detail: 'accepted' }]);
  });

  it('is told of a denial: exit 3, and no status, because it was pushed', async () => {
    const { requestId, phone, ended } = await askByPush();
    await world.answer(phone, requestId, 'deny');
    const { code, outcome } = await ended;
    expect(code).toBe(3);
    const refusal = { error: 'access_denied', means: expect.stringMatching(/^The user said no/) };
    expect(outcome).toMatchObject({ outcome: 'denied', delivery: 'push', polls: 0, refusal });
    expect(outcome.refusal).not.toHaveProperty('status');
  });

  it('says what to do when it is asked for without --listen', async () => {
    const client = await clientIn('push', 'https://localhost:9/');
    const { email } = await world.person();
    const run = startCiba(['ask', email, '--client', client.client_id, '--secret', '-'], {
      env,
      input: client.client_secret,
    });
    const { code, stdout } = await run.ended;
    expect(code).toBe(5);
    expect(stdout).toContain('Refused: 400 unauthorized_client');
    expect(stdout).toContain('--listen PORT');
  });
});

describe('ciba ask --listen, when the ping is lost', () => {
  /** A client whose pings go where nobody listens, and a command that listens elsewhere. */
  async function askWithoutPings(...more: readonly string[]) {
    const [gone, free] = [await application(200), await application(200)];
    for (const { server } of [gone, free]) server.close();
    const client = await pingClient(`https://localhost:${new URL(gone.url).port}/`);
    const { email, phone } = await world.person();
    const credential = ['--client', client.client_id, '--secret', '-'];
    const options = ['--listen', new URL(free.url).port, '--patience', '1', ...more, '--json'];
    const run = startCiba(['ask', email, ...credential, ...options], { env, input: client.client_secret });
    await run.said(/^3\. Waiting for the ping of the provider$/m);
    return { run, phone, client };
  }

  it('polls once after its patience, and says that it did and how to find out why', async () => {
    const { run, phone, client } = await askWithoutPings('--requested-expiry', '300');
    const [request] = await phone.list();
    await world.answer(phone, String(request?.request_id), 'approve');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    const { outcome, delivery } = JSON.parse(stdout) as Outcome;
    expect({ outcome, delivery }).toEqual({ outcome: 'approved', delivery: 'poll' });
    expect(stderr).toContain('No ping came within 1 s. It may be lost, so this polls once.');
    // It polls before or after the answer, as the machine is fast or slow.
    if (!stderr.includes('Waiting for the ping again.'))
      expect(stderr).toContain(`its ping did not arrive: ciba client test ${client.client_id} says why.`);
  });

  it('goes on waiting if there is no answer yet, and polls again at the end', async () => {
    const { run } = await askWithoutPings('--requested-expiry', '10');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'expired', delivery: 'poll', polls: 2 });
    const told = [
      'No ping came within 1 s',
      'No answer yet.',
      'Waiting for the ping again.',
      'No ping came while the request lived.',
    ];
    const places = told.map((text) => stderr.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });
});

describe('POST /local/trust', () => {
  const trust = (body: string) => fetch(`${world.runtime.url}/local/trust`, { method: 'POST', body });
  it.each([
    ['for another host', selfSigned('example.com', new Date(Date.now() + 86_400_000)).cert],
    ['for more than this machine', selfSigned('localhost', new Date(Date.now() + 86_400_000), ['a.example']).cert],
    ['that is none', 'nonsense'],
  ])('trusts no certificate %s', async (_, body) => {
    expect((await trust(body)).status).toBe(400);
  });
});
