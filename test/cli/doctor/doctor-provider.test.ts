import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { demoSeed } from '../../../local/demo/seed-file.ts';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba } from '../support/ciba-process.ts';

type Check = { name: string; state: string; says: string; todo?: string };

async function examine(url: string) {
  const { code, stdout, stderr } = await cibaInOne(['doctor', '--json', '--url', url]);
  expect(stderr).toBe('');
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return { code, checks, found: (name: string) => checks.find((check) => check.name === name) };
}

describe('the local runtime', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startRuntime({ ...prepared(), port: 0 });
    const world = new DemoWorld(runtime);
    runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
    await world.createFrom(demoSeed);
  });
  afterAll(() => runtime.close());

  it('is all good: what is of AWS is not applicable, and the unattended phone approves a login', async () => {
    const { code, stdout, stderr } = await ciba(['doctor'], { env: { CIBA_URL: runtime.url } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of [
      'Stack',
      'ACM certificates',
      'Key rotation',
      'Key policies',
      'CloudTrail',
      'Push platforms',
      'Pings',
      'Dead letters',
      'Alarms',
      'Alarm recipients',
    ])
      expect(stdout).toMatch(new RegExp(`^– ${name} +Not applicable to the local runtime\\.$`, 'm'));
    expect(stdout).toMatch(/^✓ WWW-Authenticate +Arrives/m);
    expect(stdout).toMatch(/^✓ Admin API +Answers calls from this machine\. Clients: 3\.$/m);
    expect(stdout).toMatch(
      /^✓ Push rights +Proved by backchannel-authentication, device, client-notification, admin\.$/m,
    );
    expect(stdout).toMatch(/^✓ A login +A complete login succeeded: request, approval, tokens\.$/m);
    expect(stdout).toMatch(/\nAll good: 21 not checked here\.\n$/);
  });

  it('asks the first user too often: not a fault, and not known to be good', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => examine(runtime.url)));
    const limited = runs.find(({ code }) => code === 1);
    expect(limited?.found('A login')).toMatchObject({
      state: 'unknown',
      says: 'Could not be checked: the first user was asked too often; try again in a minute, or in an hour at most.',
    });
  });

  it('that is not running, or has nobody to log in, is said so', async () => {
    const other = await startRuntime({ ...prepared(), port: 0 });
    const { code, found } = await examine(other.url);
    await other.close();
    expect(code).toBe(1);
    expect(found('A login')?.says).toContain('no client and user were seeded');
    const gone = await examine(other.url);
    expect(gone.code).toBe(1);
    expect(gone.found('Discovery')).toMatchObject({ state: 'broken', todo: expect.stringContaining('npm start') });
    expect(gone.checks.filter(({ state }) => state === 'broken')).toHaveLength(1);
  });
});

describe('a provider with something wrong', () => {
  /** Answers by method and path; tests change one. */
  type Answers = Record<string, { status?: number; headers?: Record<string, string>; body: unknown }>;
  let answers: Answers;
  let url: string;
  const server = createServer((request: IncomingMessage, response) => {
    const {
      status = 200,
      headers = {},
      body,
    } = answers[`${request.method} ${request.url}`] ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  const keys = (...algorithms: string[]) => ({
    body: { keys: algorithms.map((alg) => ({ kty: 'x', kid: 'k', alg })) },
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    const metadata = { issuer: `${url}/`, id_token_signing_alg_values_supported: ['RS256', 'ES256'] };
    answers = {
      'GET /.well-known/openid-configuration': { body: metadata },
      'GET /.well-known/jwks.json': keys('RS256', 'RS256', 'ES256', 'ES256'),
      'POST /token': { status: 401, headers: { 'www-authenticate': 'Basic' }, body: { error: 'invalid_client' } },
      'GET /admin/clients': { body: { clients: [] } },
    };
  });
  afterAll(() => server.close());

  it.each([
    ['x-amzn-remapped-www-authenticate', 'Arrives renamed (x-amzn-remapped-www-authenticate)'],
    ['x-other', 'Does not arrive'],
  ])('WWW-Authenticate that becomes %s is a warning', async (header, says) => {
    answers['POST /token'] = { status: 401, headers: { [header]: 'Basic' }, body: { error: 'invalid_client' } };
    expect((await examine(url)).found('WWW-Authenticate')).toMatchObject({
      state: 'warning',
      says: expect.stringContaining(says),
    });
  });

  it('a client that does not exist and is not refused is broken', async () => {
    answers['POST /token'] = { status: 500, body: { error: 'server_error' } };
    expect((await examine(url)).found('WWW-Authenticate')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining('with 500 instead of 401'),
    });
  });

  it('an algorithm without a key is broken; one without a next key is a warning', async () => {
    answers['GET /.well-known/jwks.json'] = keys('RS256', 'RS256');
    expect((await examine(url)).found('Signing keys')).toMatchObject({
      state: 'broken',
      says: "No key is published for ES256: tokens can't be signed.",
    });
    answers['GET /.well-known/jwks.json'] = keys('RS256', 'RS256', 'ES256');
    expect((await examine(url)).found('Signing keys')).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('Only one key is published for ES256'),
    });
    answers['GET /.well-known/jwks.json'] = { status: 500, body: { error: 'server_error' } };
    expect((await examine(url)).found('Signing keys')?.state).toBe('broken');
  });

  it('a secret that ends within 14 days, or has ended, is a warning that names its client', async () => {
    const now = Math.floor(Date.now() / 1000);
    const client = (client_id: string, days: number) => ({
      client_id,
      client_secret_expires_at: now + days * 86_400,
    });
    const clients = [client('far', 20), client('near', 10), client('gone', -1), { client_id: 'keyed' }];
    answers['GET /admin/clients'] = { body: { clients } };
    const found = (await examine(url)).found('Client secrets');
    expect(found).toMatchObject({ state: 'warning', todo: expect.stringContaining('ciba client rotate-secret') });
    expect(found?.says).toMatch(/^The secret of near ends at \S+Z\. The secret of gone ended at \S+Z\.$/);
  });

  it('another issuer is broken, and control characters in it do not reach the terminal', async () => {
    answers['GET /.well-known/openid-configuration'] = { body: { issuer: 'https://\u001B[2Jother/' } };
    const { stdout } = await ciba(['doctor', '--url', url]);
    expect(stdout).toContain('Answers for the issuer https://\uFFFD[2Jother/');
    expect(stdout).not.toContain('\u001B');
  });

  it('a key set and documents of any other shape crash nothing', async () => {
    answers['GET /.well-known/openid-configuration'] = { body: { id_token_signing_alg_values_supported: 7 } };
    answers['GET /.well-known/jwks.json'] = { body: { keys: [null, 'x'] } };
    answers['GET /admin/clients'] = { body: {} };
    const { code, found } = await examine(url);
    expect(code).toBe(1);
    expect(found('Signing keys')?.state).toBe('broken');
    expect(found('Admin API')).toMatchObject({
      state: 'unknown',
      says: expect.stringMatching(/^Could not be checked: /),
    });
  });
});
