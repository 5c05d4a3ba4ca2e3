import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { basic, type TestClient } from '../support/world.ts';

type Started = { readonly url: string; readonly process: ChildProcess; readonly output: () => string };
const running: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(stop));
});

/** `npm start` as a user runs it, until it is ready or has ended. */
async function start(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--import', './local/check-node.mjs', 'local/start.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /^ready (http:\S+)$/m.exec(output)?.[1];
      if (url && output.includes('Each call')) resolve({ url, process: child, output: () => output });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code) => reject(new Error(`exit ${code}: ${output}`)));
  });
}

function stop(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  return ended;
}

/** `npm run demo` until it ends. */
const demo = (...args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', './local/check-node.mjs', 'local/demo/demo.ts', ...args]);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => resolve({ code, output }));
  });

const json = async (url: string, init?: RequestInit) =>
  (await (await fetch(url, init)).json()) as Record<string, never>;
async function login(url: string, action: string): Promise<number | string> {
  const told = (await json(`${url}/local/demo`)) as unknown as TestClient & { login_hint: string };
  const post = (path: string, form: Record<string, string>) =>
    json(url + path, { method: 'POST', headers: { authorization: basic(told) }, body: new URLSearchParams(form) });
  const { auth_req_id } = await post('/bc-authorize', { scope: 'openid', login_hint: told.login_hint });
  await fetch(`${url}/local/decide?auth_req_id=${auth_req_id}&action=${action}`, { method: 'POST' });
  const tokens = await post('/token', {
    grant_type: 'urn:openid:params:grant-type:ciba',
    auth_req_id: auth_req_id ?? '',
  });
  return tokens['error'] ?? (tokens['id_token'] ? 200 : 0);
}

describe('npm start', () => {
  it('says ready, tells scripts all they need, and decides unattended', async () => {
    const { url } = await start('--port', '0');
    const told = await json(`${url}/local/demo`);
    const members = ['issuer', 'client_id', 'client_secret', 'login_hint'];
    for (const member of members) expect(told[member]).toEqual(expect.any(String));
    for (const member of members) expect(told['other']?.[member]).toEqual(expect.any(String));
    expect(told['other']?.['client_id']).not.toBe(told['client_id']);
    expect(await login(url, 'allow')).toBe(200);
    expect(await login(url, 'deny')).toBe('access_denied');
    const ticket = await json(`${url}/local/ticket?login_hint=ana@example.com`, { method: 'POST' });
    expect(ticket['uri']).toContain(ticket['ticket']);
    expect((await fetch(`${url}/local/ticket?login_hint=nobody@example.com`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/local/decide?auth_req_id=x&action=maybe`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${url}/local/decide?auth_req_id=x&action=allow`, { method: 'POST' })).status).toBe(404);
    const page = await fetch(`${url}/demo`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await fetch(`${url}/demo/..%2Fstart.ts`)).status).toBe(404);
  });

  it('speaks at once, tells each step, then each call in one line, and says what it keeps at the end', async () => {
    const started = await start('--port', '0');
    const { url, process: child, output } = started;
    const steps = [
      'Serverless CIBA',
      'starting the stand-ins',
      'making the signing keys',
      'creating 3 clients',
      'ready',
    ];
    const places = steps.map((step) => output().indexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(output()).toContain(`export CIBA_URL=${url}`);
    expect(await login(url, 'allow')).toBe(200);
    await stop(child);
    const told = output();
    expect(told).toMatch(/\d\d:\d\d:\d\d {2}200 {2}POST \/bc-authorize +call-centre +push accepted for 1 of 1 phone/);
    expect(told).toMatch(/204 {2}POST \/device\/requests\/\{request_id\}\/response +phone \S+ +approved/);
    expect(told).toMatch(/200 {2}POST \/token +call-centre +tokens, \d+ s after the request/);
    expect(told).toContain('Stopped. Nothing is kept');
    expect(told).not.toMatch(/eyJ|auth_req_id|client_secret"/);
  });

  it('prints what other systems are told with --events, and nothing of it without', async () => {
    const started = await start('--port', '0', '--events');
    expect(await login(started.url, 'allow')).toBe(200);
    const told = () =>
      [...started.output().matchAll(/^\[event\] (.+)$/gm)].map(
        ([, line = '']) => (JSON.parse(line) as { 'detail-type': string })['detail-type'],
      );
    await expect.poll(told, { timeout: 30_000 }).toContain('authentication_approved');
    expect(told()).toEqual(expect.arrayContaining(['client_created', 'device_enrolled', 'authentication_requested']));
    const silent = await start('--port', '0');
    expect(await login(silent.url, 'allow')).toBe(200);
    expect(silent.output()).not.toContain('[event]');
  });

  it('refuses its own routes to other origins of the same browser', async () => {
    const { url } = await start('--port', '0');
    const headers = { origin: 'https://evil.example' };
    for (const [method, path] of [
      ['GET', 'demo'],
      ['POST', 'ticket?login_hint=ana@example.com'],
      ['POST', 'decide?auth_req_id=x&action=allow'],
    ] as const) {
      expect((await fetch(`${url}/local/${path}`, { method, headers })).status).toBe(403);
    }
  });

  it('keeps state between runs with --data, tokens and devices included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ciba-data-'));
    const first = await start('--port', '0', '--data', folder);
    const { port } = new URL(first.url);
    const before = await json(`${first.url}/local/demo`);
    const keys = await json(`${first.url}/.well-known/jwks.json`);
    expect(await login(first.url, 'allow')).toBe(200);
    await stop(first.process);
    const second = await start('--port', port, '--data', folder);
    expect(await json(`${second.url}/local/demo`)).toEqual(before);
    expect(await json(`${second.url}/.well-known/jwks.json`)).toEqual(keys);
    expect(await login(second.url, 'allow')).toBe(200);
    await stop(second.process);
    await rm(folder, { recursive: true });
  });

  it('takes own clients, users and devices from a seed file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ciba-seed-'));
    const file = join(folder, 'seed.json');
    const seed = {
      clients: [{ client_id: 'mine', client_name: 'Mine', token_endpoint_auth_method: 'client_secret_basic' }],
      users: [{ sub: 'u1', preferred_username: 'me', devices: [{ name: 'Mine' }] }],
    };
    await writeFile(file, JSON.stringify(seed));
    const { url } = await start('--port', '0', '--seed', file);
    expect(await json(`${url}/local/demo`)).toMatchObject({ client_id: 'mine', login_hint: 'me' });
    expect(await login(url, 'allow')).toBe(200);
    await rm(folder, { recursive: true });
  });

  it('takes the seed file that the documentation shows, and npm run demo logs in with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ciba-doc-'));
    const file = join(folder, 'seed.json');
    const [, shown = ''] =
      /```json\n(\{\n {2}"clients"[\s\S]*?)```/.exec(await readFile('docs/local.md', 'utf8')) ?? [];
    await writeFile(file, shown);
    const { url } = await start('--port', '0', '--seed', file);
    const { code, output } = await demo('--url', url);
    expect(output).toContain('one login, end to end');
    expect(code).toBe(0);
    await rm(folder, { recursive: true });
  });

  it('says what to do when the data folder is in use, damaged, a file, of another port or of another engine', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ciba-lock-'));
    const first = await start('--port', '0', '--data', folder);
    await expect(start('--port', '0', '--data', folder)).rejects.toThrow('is in use by another "npm start"');
    await stop(first.process);
    await expect(start('--port', '0', '--data', folder)).rejects.toThrow(
      /belongs to http:\/\/localhost:\d+\/: start it with --port/,
    );
    const { port } = new URL(first.url);
    await expect(start('--port', port, '--data', folder, '--dynamodb', 'dynamodb-local')).rejects.toThrow(
      'was made with --dynamodb dynalite: start it with that engine, or choose another folder',
    );
    await writeFile(join(folder, 'local.json'), '{');
    await expect(start('--port', '0', '--data', folder)).rejects.toThrow('is damaged');
    await expect(start('--port', '0', '--data', join(folder, 'local.json'))).rejects.toThrow(
      'it is a file, not a folder',
    );
    await expect(start('--port', '0', '--data', '')).rejects.toThrow('--data needs a folder');
    await rm(folder, { recursive: true });
  });

  it('has no limits with --limits off', async () => {
    const { url } = await start('--port', '0', '--limits', 'off');
    for (let count = 0; count < 7; count += 1) expect(await login(url, 'allow')).toBe(200);
  });

  it('says what to do when the port is taken, an option or a seed is wrong', async () => {
    const { url } = await start('--port', '0');
    await expect(start('--port', new URL(url).port)).rejects.toThrow(
      /exit 1: .*port \d+ is in use by another program.*npm start -- --port \d+.*export CIBA_URL=http:\/\/localhost:\d+/s,
    );
    await expect(start('--prot', '1')).rejects.toThrow(
      /exit 1: .*There is no option --prot\. Did you mean --port\?.*--port N/s,
    );
    await expect(start('--port', 'x')).rejects.toThrow('--port must be a number');
    await expect(start('--limits', 'no')).rejects.toThrow('--limits must be on or off');
    await expect(start('--seed', '/nowhere.json')).rejects.toThrow(
      "the seed file /nowhere.json can't be read: there is no such file",
    );
    const folder = await mkdtemp(join(tmpdir(), 'ciba-bad-'));
    const bad = {
      'syntax.json': '{',
      'list.json': '[1]',
      'alike.json': JSON.stringify({
        clients: [
          { client_id: 'x', client_name: 'Harbor', token_endpoint_auth_method: 'client_secret_basic' },
          { client_id: 'y', client_name: 'H\u0430rbor', token_endpoint_auth_method: 'client_secret_basic' },
        ],
        users: [{ sub: 'u', preferred_username: 'me' }],
      }),
      'shape.json': '{"clients":[]}',
      'twice.json': JSON.stringify({
        clients: [
          { client_id: 'x', client_name: 'x', token_endpoint_auth_method: 'client_secret_basic' },
          { client_id: 'x', client_name: 'y', token_endpoint_auth_method: 'client_secret_basic' },
        ],
        users: [{ sub: 'u' }],
      }),
      'metadata.json': JSON.stringify({
        clients: [{ client_id: 'x', client_name: 'x', nope: 1 }],
        users: [{ sub: 'u', preferred_username: 'me' }],
      }),
    };
    const messages = {
      'syntax.json': 'is not valid JSON',
      'list.json': 'must hold an object with clients and users',
      'alike.json': 'the seed was refused at clients[1]: Another client has a name that is the same or looks the same.',
      'shape.json': 'is wrong: clients must be a list with one entry or more, not an empty list.',
      'twice.json': 'clients[1].client_id is "x", the same as in clients[0].',
      'metadata.json': 'clients[0].nope is not known.',
    };
    for (const [name, content] of Object.entries(bad)) {
      await writeFile(join(folder, name), content);
      await expect(start('--port', '0', '--seed', join(folder, name))).rejects.toThrow(
        messages[name as keyof typeof messages],
      );
    }
    await rm(folder, { recursive: true });
  });
});

describe('npm run demo', () => {
  it('ends with 0 after one login, end to end', async () => {
    const { url } = await start('--port', '0');
    const { code, output } = await demo('--url', url);
    expect(output).toContain('one login, end to end');
    expect(code).toBe(0);
    const pinged = await demo('--url', url, '--delivery', 'ping');
    expect(pinged.output).toMatch(/pinged; POST \S+\/token: the tokens are here[\s\S]*one login, end to end/);
    const pushed = await demo('--url', url, '--delivery', 'push');
    expect(pushed.output).toMatch(/pushed: the tokens themselves are here[\s\S]*claim:auth_req_id/);
    expect([pinged.code, pushed.code]).toEqual([0, 0]);
  });

  it('ends with 1 for an unknown way of delivery', async () => {
    const { code, output } = await demo('--delivery', 'post');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('must be poll, ping or push') });
  });

  it('ends with 1 and says what to do when nothing answers', async () => {
    const { code, output } = await demo('--url', 'http://localhost:9');
    expect(output).toContain('npm start');
    expect(code).toBe(1);
  });
});
