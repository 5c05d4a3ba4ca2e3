import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { JWT_BEARER_ASSERTION } from '../../../provider/core/client/client.ts';
import { ciba as cibaIn } from '../support/ciba-process.ts';

let runtime: Runtime;
let folder: string;
let file: string;
const ciba = (args: readonly string[], input = '') => cibaIn(args, { env: { CIBA_URL: runtime.url }, input });
const create = (name: string, ...more: string[]) => ciba(['client', 'create', '--client-name', name, ...more]);
const withFile = (name: string, ...more: string[]) => create(name, '--key-file', file, ...more);
const clients = async () => (await fetch(`${runtime.url}/admin/clients`)).text();

/** The error of the token endpoint for a client that signs with this key. */
async function errorFor(clientId: string, key: JWK): Promise<unknown> {
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
  const signingKey = await crypto.subtle.importKey('jwk', key, ecdsa, false, ['sign']);
  const assertion = new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: String(key.kid) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(`${runtime.url}/`)
    .setIssuedAt(runtime.now())
    .setExpirationTime(runtime.now() + 60);
  const body = new URLSearchParams({
    grant_type: 'urn:openid:params:grant-type:ciba',
    auth_req_id: 'x',
    client_assertion_type: JWT_BEARER_ASSERTION,
    client_assertion: await assertion.sign(signingKey),
  });
  const answer = await fetch(`${runtime.url}/token`, { method: 'POST', body });
  return ((await answer.json()) as { error: unknown }).error;
}

/** Starts a server that hangs up on every call. */
async function startSilent(): Promise<{ url: string; close(): void }> {
  const server = createServer(({ socket }) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

beforeAll(async () => {
  runtime = await startRuntime({ port: 0 });
});
afterAll(() => runtime?.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ciba-key-'));
  file = join(folder, 'key.jwk.json');
  return () => rm(folder, { recursive: true });
});

describe('client create without a method and without keys makes a key pair', () => {
  it('writes the private key to a file that only its owner can read, sends the public half, and names the file', async () => {
    const { code, stdout, stderr } = await withFile('Bank', '--client-id', 'bank');
    expect(code).toBe(0);
    const key = JSON.parse(await readFile(file, 'utf8')) as JWK;
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', d: expect.any(String) });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { d, ...publicKey } = key;
    const registered = JSON.parse(await (await fetch(`${runtime.url}/admin/clients/bank`)).text());
    expect(registered).toMatchObject({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicKey] } });
    expect(stdout).not.toContain('client_secret');
    expect(stderr).toContain(`The private key is in ${file}, which only you can read. It was not sent`);
    expect(stdout + stderr + (await clients())).not.toContain(d);
    // The client is authenticated: what is wrong is only the request.
    expect(await errorFor('bank', key)).toBe('invalid_grant');
  });

  it('gives the client an id, and --json prints the answer alone', async () => {
    const { stdout, stderr } = await withFile('Shop', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ client_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(stderr).toContain(file);
  });

  it('never replaces a file, and then makes no client', async () => {
    await writeFile(file, 'mine');
    const { code, stderr } = await withFile('Kiosk', '--client-id', 'kiosk');
    expect([code, stderr]).toEqual([1, `ciba: ${file} exists. Choose another name.\n`]);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await clients()).not.toContain('kiosk');
  });

  it('leaves no key behind when the provider refuses the client', async () => {
    const { code, stderr } = await withFile('Desk', '--default-audience', 'x');
    expect([code, stderr]).toEqual([
      1,
      'ciba: default_audience must be one of audiences. ciba client create --help says what each member must be.\n',
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps the key when no answer came, because the client may exist', async () => {
    const silent = await startSilent();
    const { code, stderr } = await withFile('Lost', '--url', silent.url);
    silent.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`The client may exist. Its private key is in ${file}`);
    expect(await readdir(folder)).toEqual(['key.jwk.json']);
  });

  it('leaves no key behind when nothing listens', async () => {
    const { url, close } = await startSilent();
    close();
    expect((await withFile('Nowhere', '--url', url)).stderr).toContain('nothing listens there');
    expect(await readdir(folder)).toEqual([]);
  });
});

it('client create with a secret makes no key', async () => {
  const { code, stdout } = await create('Plain', '--token-endpoint-auth-method', 'client_secret_basic');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^client_secret +\S{43}$/m);
});

it.each([
  [['--token-endpoint-auth-method', 'client_secret_post'], '--key-file needs private_key_jwt, not client_secret_post'],
  [['--jwks', 'package.json'], '--key-file or --jwks, not both'],
  [['--jwks-uri', 'https://bank.example/jwks.json'], '--key-file or --jwks-uri, not both'],
  [['--client-id', '../bank'], 'client_id must be 1 to 64 letters, digits, dots, dashes or underscores'],
  [['--backchannel-authentication-request-signing-alg', 'PS256'], 'For PS256, give the public key with --jwks'],
  [['--token-endpoint-auth-signing-alg', 'RS256'], 'For RS256, give the public key with --jwks'],
])('client create --key-file with %j says what to give instead', async (words, message) => {
  const { code, stderr } = await withFile('Wrong', ...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(await readdir(folder)).toEqual([]);
});
