import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { KeySetServer } from '../../support/key-set-server.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { World } from '../../support/world.ts';
import { goodAccount } from '../doctor/doctor-deployment.ts';
import { FakeAws } from '../support/aws-account.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba as cibaAlone } from '../support/ciba-process.ts';
import { startSignedDeployment } from '../support/signed-deployment.ts';

type Check = { name: string; state: string; says: string; todo?: string; see?: string };
type Report = { client_id: string; healthy: boolean; checks: Check[] };

let world: World;
let folder: string;
let env: Record<string, string>;
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' };

beforeAll(async () => {
  world = await World.start({ clock: 'running' });
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  folder = await mkdtemp(join(tmpdir(), 'ciba-client-test-'));
  env = { CIBA_URL: world.runtime.url };
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true });
});

/** Tests a client. The exit code is 1 if something is broken or could not be checked. */
async function report(id: string, ...options: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await cibaInOne(['client', 'test', id, ...options, '--json'], { env });
  expect(stderr).toBe('');
  const found = JSON.parse(stdout) as Report;
  expect({ code, id: found.client_id }).toEqual({ code: found.healthy ? 0 : 1, id });
  return found;
}
const checkOf = async (name: string, id: string, ...options: readonly string[]) =>
  (await report(id, ...options)).checks.find((check) => check.name === name);

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function pingClient(url: string): Promise<string> {
  const metadata = { backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: url };
  return (await world.client(metadata)).client_id;
}

it('a client that works is all good, for people and for scripts', async () => {
  const { client_id } = await world.client({ client_name: 'Good Desk', scope: 'openid profile' });
  const { healthy, checks } = await report(client_id);
  expect(healthy).toBe(true);
  const names = ['Authentication', 'Secret', 'Credential', 'Grants', 'Algorithms', 'Scopes', 'Audiences', 'Users'];
  expect(checks.map(({ name }) => name)).toEqual([...names, 'Delivery']);
  expect(new Set(checks.map(({ state }) => state))).toEqual(new Set(['good', 'skipped']));
  const { code, stdout } = await cibaInOne(['client', 'test', client_id], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${client_id} \\(Good Desk\\)\n\n✓ Authentication  client_secret_basic`));
  expect(stdout).toMatch(/\n\nAll good: 1 not checked here\.\n$/);
});

it('says which client is unknown, and how to find it', async () => {
  const { code, stderr } = await cibaInOne(['client', 'test', 'nope'], { env });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'ciba: There is no client "nope". ciba client list shows all.\n',
  });
});

describe('keys at a jwks_uri', () => {
  const keyed = { token_endpoint_auth_method: 'private_key_jwt' };

  it('are fetched by the provider, and judged like registered ones', async () => {
    const server = await KeySetServer.start();
    const { client_id } = await world.client({ ...keyed, jwks_uri: server.url });
    expect(await checkOf('Keys', client_id)).toMatchObject({
      state: 'broken',
      says: expect.stringContaining('its certificate is self-signed'),
    });
    await world.runtime.trust(server.cert);
    server.publish(jwk);
    expect(await checkOf('Keys', client_id)).toEqual({ name: 'Keys', state: 'good', says: 'EC k1, for ES256.' });
    server.publish({ ...jwk, use: 'enc' });
    expect(await checkOf('Keys', client_id)).toMatchObject({
      state: 'broken',
      says: 'None of 1 is for RS256, PS256, ES256: every call of the client is refused.',
      todo: `Publish other keys at ${server.url}.`,
    });
    server.behave({ status: 200, body: '<html>' });
    expect(await checkOf('Keys', client_id)).toMatchObject({
      state: 'broken',
      says: `The provider gets no keys from ${server.url}: it is no JSON.`,
    });
    await server.close();
  });

  it('must be for signed requests too, also of a client with a secret', async () => {
    const signing = { backchannel_authentication_request_signing_alg: 'PS256', jwks: { keys: [jwk] } };
    const says = 'None of 1 is for PS256: every signed request is refused.';
    for (const metadata of [signing, { ...keyed, ...signing }]) {
      const { client_id } = await world.client(metadata);
      expect(await checkOf('Keys', client_id)).toMatchObject({ state: 'broken', says });
    }
  });
});

describe('the notification endpoint', () => {
  /** Starts an endpoint that the provider trusts. */
  async function trusted(own: Parameters<typeof NotificationEndpoint.start>[0] = { days: 90 }) {
    const endpoint = await NotificationEndpoint.start(own);
    await world.runtime.trust(endpoint.cert);
    return endpoint;
  }

  it('gets a POST that has the form of a ping, with a token and an auth_req_id that belong to no request', async () => {
    const endpoint = await trusted();
    endpoint.behave(401);
    const id = await pingClient(endpoint.url);
    const check = await checkOf('Endpoint', id);
    expect(check).toMatchObject({ state: 'good', says: expect.stringContaining('answered 401 to a made-up token') });
    expect(check?.says).toMatch(/TLSv1\.3\. The certificate is valid until \d{4}-/);
    const { method, headers, json } = await endpoint.next();
    expect({ method, type: headers['content-type'] }).toEqual({ method: 'POST', type: 'application/json' });
    const { auth_req_id: made } = json as { auth_req_id: string };
    expect(Object.keys(json as object)).toEqual(['auth_req_id']);
    expect(headers.authorization).toMatch(/^Bearer [\w-]{43}$/);
    // An endpoint that believes it gets nothing for it.
    const { client_secret } = await world.client();
    const answer = await world.poll({ client_id: id, client_secret }, made);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    await endpoint.close();
  });

  it.each([
    [204, 'warning', 'Whoever knows the address can send pings to it', 'Compare the bearer token'],
    [403, 'good', 'as it should', undefined],
    [302, 'broken', 'redirects are not followed', 'Register the address to which it redirects'],
    [404, 'broken', 'nothing takes a POST at this path', 'Check the path'],
    [500, 'broken', 'the endpoint fails', 'Look at the log of the endpoint'],
    [422, 'warning', '401 is the answer for it', 'check that this one is meant'],
  ])('that answers %i is %s', async (status, state, says, todo) => {
    const endpoint = await trusted();
    endpoint.behave(status);
    const check = await checkOf('Endpoint', await pingClient(endpoint.url));
    expect(check).toMatchObject({ state, says: expect.stringContaining(says) });
    if (todo !== undefined) expect(check?.todo).toContain(todo);
    // A redirect is not followed.
    expect(endpoint.received).toHaveLength(1);
    await endpoint.close();
  });

  it('that gives no answer within five seconds is broken', async () => {
    const endpoint = await trusted();
    endpoint.behave('hang');
    const check = await checkOf('Endpoint', await pingClient(endpoint.url));
    expect(check).toMatchObject({ state: 'broken', says: expect.stringContaining('within five seconds') });
    await endpoint.close();
  });

  it.each([
    ['has expired', { days: -1 }, 'its certificate has expired'],
    ['is for another name', { host: 'other.localhost' }, 'its certificate is for another name'],
  ])('whose certificate %s gets no ping, and no test', async (_, own, says) => {
    const endpoint = await trusted(own);
    const check = await checkOf('Endpoint', await pingClient(endpoint.url));
    expect(check).toMatchObject({ state: 'broken', says: expect.stringContaining(says), todo: expect.any(String) });
    expect(endpoint.received).toEqual([]);
    await endpoint.close();
  });

  it('whose certificate nobody trusts gets none, and the way out on this machine is named', async () => {
    const endpoint = await NotificationEndpoint.start();
    const check = await checkOf('Endpoint', await pingClient(endpoint.url));
    expect(check).toMatchObject({ state: 'broken', says: expect.stringContaining('self-signed') });
    expect(check?.todo).toContain('ciba listen');
    await endpoint.close();
  });

  it('whose certificate ends soon is a warning', async () => {
    const endpoint = await trusted({ days: 3 });
    endpoint.behave(401);
    const check = await checkOf('Endpoint', await pingClient(endpoint.url));
    expect(check).toMatchObject({ state: 'warning', todo: expect.stringContaining('Renew the certificate') });
    await endpoint.close();
  });

  it('that is not there, or has no name, is broken', async () => {
    const gone = await NotificationEndpoint.start();
    await gone.close();
    const unheard = await checkOf('Endpoint', await pingClient(gone.url));
    expect(unheard).toMatchObject({ state: 'broken', says: expect.stringContaining('nothing listens there') });
    const nameless = await checkOf('Endpoint', await pingClient('https://nobody.invalid/'));
    expect(nameless).toMatchObject({ state: 'broken', says: expect.stringContaining('its name is not in DNS') });
  });

  it('is tried at the address that is registered now, not at one that a function remembers', async () => {
    const [before, after] = [await trusted(), await trusted()];
    for (const endpoint of [before, after]) endpoint.behave(401);
    const id = await pingClient(before.url);
    await checkOf('Endpoint', id);
    await world.admin('PATCH', `/admin/clients/${id}`, { backchannel_client_notification_endpoint: after.url });
    expect((await checkOf('Endpoint', id))?.says).toContain(after.url);
    expect([before.received.length, after.received.length]).toEqual([1, 1]);
    await Promise.all([before.close(), after.close()]);
  });
});

describe('what else makes a client work', () => {
  it('a secret that ends soon is a warning, with the command that rotates it', async () => {
    const { client_id: id } = await world.client({ client_secret_days: 5 });
    const check = await checkOf('Secret', id);
    expect(check).toMatchObject({ state: 'warning', says: expect.stringMatching(/^It ends at \d{4}-/) });
    expect(check?.todo).toContain(`ciba client rotate-secret ${id} --overlap 7d`);
  });

  it('a client without the grant of CIBA may not ask', async () => {
    const { client_id: id } = await world.client({ grant_types: [] });
    expect(await checkOf('Grants', id)).toMatchObject({
      state: 'broken',
      todo: expect.stringContaining('--grant-type'),
    });
  });

  it('scopes without words, and words without a scope, are warnings', async () => {
    const mute = await world.client({ scope: 'openid pay' });
    expect(await checkOf('Scopes', mute.client_id)).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/^No words for pay/),
    });
    const surplus = await world.client({ scope: 'openid', scope_descriptions: { pya: 'Pay' } });
    const check = await checkOf('Scopes', surplus.client_id);
    expect(check).toMatchObject({ state: 'warning', says: expect.stringContaining('words for pya') });
  });

  it('an audience that is no URI is a warning', async () => {
    const { client_id: id } = await world.client({ audiences: ['orders'] });
    expect(await checkOf('Audiences', id)).toMatchObject({ state: 'warning', says: expect.stringContaining('orders') });
  });

  it('the only user of a client must be there, and not be blocked', async () => {
    const { sub } = await world.user();
    const { client_id: id } = await world.client({ only_sub: sub });
    expect(await checkOf('Users', id)).toMatchObject({ state: 'good' });
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    expect(await checkOf('Users', id)).toMatchObject({ state: 'broken', says: expect.stringContaining('is blocked') });
    await world.admin('DELETE', `/admin/users/${sub}`);
    expect(await checkOf('Users', id)).toMatchObject({
      state: 'broken',
      says: expect.stringContaining('does not exist'),
    });
  });

  it('keys: which there are, and that an assertion must say which one signed it', async () => {
    const keyed = { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined };
    const one = await world.client({ ...keyed, jwks: { keys: [jwk] } });
    expect(await checkOf('Keys', one.client_id)).toMatchObject({
      state: 'good',
      says: 'EC k1, for ES256.',
    });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const twice = await world.client({ ...keyed, jwks: { keys: [jwk, { ...other, kid: 'k1' }] } });
    expect(await checkOf('Keys', twice.client_id)).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/^Two keys have the kid k1/),
    });
  });
});

describe('with its credential, the client is tried itself', () => {
  it('a key or a secret that the provider takes is good', async () => {
    const keyed = await world.client({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } });
    const key = await file(
      'k.json',
      JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }),
    );
    const check = await checkOf('Credential', keyed.client_id, '--key-file', key);
    expect(check).toEqual({ name: 'Credential', state: 'good', says: 'The provider takes it (private_key_jwt).' });
    const { client_id, client_secret } = await world.client();
    const secret = await file('s.secret', client_secret);
    expect(await checkOf('Credential', client_id, '--secret-file', secret)).toMatchObject({ state: 'good' });
  });

  it('a wrong secret, or that of a strict client at the wrong place, is broken, and is never shown', async () => {
    const { client_id, client_secret } = await world.client({ strict_token_endpoint_auth_method: true });
    const wrong = await file('w.secret', 'not-the-secret');
    const check = await checkOf('Credential', client_id, '--secret-file', wrong);
    expect(check).toMatchObject({ state: 'broken', says: expect.stringContaining('invalid_client') });
    const right = await file('r.secret', client_secret);
    const { stdout } = await cibaInOne(['client', 'test', client_id, '--secret-file', right, '--secret-in', 'post'], {
      env,
    });
    expect(stdout).toMatch(/^✗ Credential/m);
    expect(stdout).not.toContain(client_secret);
  });

  it('a credential of a client without the grant is told from a wrong one', async () => {
    const { client_id, client_secret } = await world.client({ grant_types: [] });
    const path = await file('g.secret', client_secret);
    const check = await checkOf('Credential', client_id, '--secret-file', path);
    expect(check).toMatchObject({ state: 'broken', says: expect.stringContaining('unauthorized_client') });
  });
});

describe('at a deployment', () => {
  const url = 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';
  const key = { id: 'AKIDEXAMPLE', secret: 'secret' };

  it('the function that pings is invoked, with --stack, and the order names the client alone', async () => {
    const aws = new FakeAws(goodAccount());
    const deployment = await startSignedDeployment(world.runtime, { url, key, region: 'eu-central-1' });
    const endpoint = await NotificationEndpoint.start();
    const id = await pingClient(endpoint.url);
    const orders: unknown[] = [];
    aws.account.stack.outputs['FunctionClientNotification'] = 'client-notification-1';
    aws.account.functions['client-notification-1:live'] = async (payload) => {
      orders.push(payload);
      return world.runtime.host.invoke('client-notification', payload);
    };
    const own = { ...deployment.env, AWS_ENDPOINT_URL: await aws.listen(), AWS_REGION: 'eu-central-1' };
    const { stack } = aws.account;
    const words = ['client', 'test', id, '--json', '--url', url];
    const first = await cibaAlone([...words, '--stack', stack.name], { env: own });
    expect(first.stderr).toBe('');
    const named = JSON.parse(first.stdout) as Report;
    expect(orders).toEqual([{ test_endpoint_of: id }]);
    const found = named.checks.find((check) => check.name === 'Endpoint');
    expect(found).toMatchObject({ state: 'broken', says: expect.stringContaining('self-signed') });
    const unnamed = await cibaAlone(words, { env: own });
    const { checks } = JSON.parse(unnamed.stdout) as Report;
    expect(unnamed.code).toBe(1);
    expect(checks.find((check) => check.name === 'Endpoint')).toMatchObject({
      state: 'unknown',
      todo: expect.stringContaining('--stack'),
    });
    aws.account.functions['client-notification-1:live'] = async () => {
      throw new Error('an earlier version');
    };
    const old = JSON.parse((await cibaAlone([...words, '--stack', stack.name], { env: own })).stdout) as Report;
    expect(old.checks.find((check) => check.name === 'Endpoint')).toMatchObject({
      state: 'unknown',
      says: 'client-notification did not make the test.',
    });
    aws.account.denied.add('InvokeFunction');
    const denied = JSON.parse((await cibaAlone([...words, '--stack', stack.name], { env: own })).stdout) as Report;
    expect(denied.checks.find((check) => check.name === 'Endpoint')).toMatchObject({
      state: 'unknown',
      todo: expect.any(String),
    });
    await endpoint.close();
    deployment.close();
    aws.close();
  });
});
