import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { demo, json, login, start, stop, stopAll } from '../support/npm-start.ts';

afterEach(stopAll);

describe('npm start with options', () => {
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
