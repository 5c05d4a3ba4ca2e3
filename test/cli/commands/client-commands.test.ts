import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba as cibaAlone, jsonOf } from '../support/ciba-process.ts';

type ClientJson = { client_id: string; client_secret?: string; [member: string]: unknown };
const WITH_SECRET = ['--token-endpoint-auth-method', 'client_secret_basic'];
const NOTE = 'Store client_secret now. The provider only keeps its hash and cannot show it again.';

let runtime: Runtime;
let folder: string;
const ciba = (args: readonly string[], input?: string) => {
  const env = { CIBA_URL: runtime.url };
  return input === undefined ? cibaInOne(args, { env }) : cibaAlone(args, { env, input });
};
const api = async (path: string) => (await fetch(runtime.url + path)).text();
/** Whether the token endpoint takes these credentials: it then complains about the grant, not about the client. */
const isAccepted = async (id: string, secret: string) => {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'x' });
  const response = await fetch(`${runtime.url}/token`, { method: 'POST', headers: { authorization }, body });
  return ((await response.json()) as { error: string }).error !== 'invalid_client';
};

beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'ciba-cli-'));
});
afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true });
});

it('client create tells a fresh secret once, with a note to store it, and the secret works', async () => {
  const words = ['--client-id', 'bank', '--client-name', 'Bänk', '--scope', 'openid profile pay'];
  const { code, stdout, stderr } = await ciba([
    'client',
    'create',
    ...words,
    ...WITH_SECRET,
    '--scope-description',
    'pay=Pay from your account',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Client created\.$/m);
  expect(stdout).toMatch(/^client_name {2,}Bänk$/m);
  expect(stdout).toMatch(/^scope_descriptions {2,}pay: Pay from your account$/m);
  expect(stdout).toContain(NOTE);
  const secret = /^client_secret +(\S+)$/m.exec(stdout)?.[1] ?? '';
  expect(stdout.split(secret)).toHaveLength(2);
  expect(await isAccepted('bank', secret)).toBe(true);
  const shown = await ciba(['client', 'show', 'bank']);
  expect(shown.stdout).toMatch(/^client_id {2,}bank$/m);
  expect(shown.stdout).not.toContain('client_secret ');
});

it('client create --json is the API answer with its secret, and --from reads a body that options win over', async () => {
  const token_endpoint_auth_method = 'client_secret_post';
  const audiences = ['https://api.example'];
  const body = { client_name: 'From a file', token_endpoint_auth_method, scope: 'openid', audiences };
  const file = join(folder, 'client.json');
  await writeFile(file, JSON.stringify(body));
  const words = ['client', 'create', '--from', file, '--scope', 'openid email', '--json'];
  const fromFile = jsonOf<ClientJson>(await ciba(words));
  expect(fromFile).toMatchObject({ ...body, scope: 'openid email', client_secret: expect.any(String) });
  const other = { ...body, client_name: 'From a pipe' };
  const piped = jsonOf<ClientJson>(await ciba(['client', 'create', '--from', '-', '--json'], JSON.stringify(other)));
  expect(piped).toMatchObject(other);
});

it('client create takes public keys as JWK Set, JWK or PEM, and never sends a private key', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const files = {
    set: JSON.stringify({ keys: [jwk] }),
    jwk: JSON.stringify(jwk),
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    secretJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
    secretPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    secretBody: JSON.stringify({ client_name: 'A', jwks: { keys: [privateKey.export({ format: 'jwk' })] } }),
    broken: 'not JSON, but secret',
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  const create = (name: string) => {
    const words = ['--client-name', name, '--json'];
    return ciba(['client', 'create', ...words, name === 'secretBody' ? '--from' : '--jwks', join(folder, name)]);
  };
  for (const name of ['set', 'jwk', 'pem']) {
    const client = jsonOf<ClientJson>(await create(name));
    expect(client).toMatchObject({ jwks: { keys: [jwk] }, token_endpoint_auth_method: 'private_key_jwt' });
    expect(client).not.toHaveProperty('client_secret');
  }
  for (const name of ['secretJwk', 'secretPem', 'secretBody']) {
    const { code, stderr } = await create(name);
    expect({ name, code }).toEqual({ name, code: 2 });
    expect(stderr).toContain('holds a private key; give the public key');
  }
  expect((await create('broken')).stderr).not.toContain('secret');
});

it('client show --json prints the bytes of the API', async () => {
  const { stdout } = await ciba(['client', 'show', 'bank', '--json']);
  expect(stdout).toBe(`${await api('/admin/clients/bank')}\n`);
});

it('client update changes the members given, keeps the others, and an empty audience empties the list', async () => {
  const audience = ['--audience', 'https://a.example', '--audience', 'https://b.example'];
  const { code, stdout } = await ciba(['client', 'update', 'bank', ...audience, '--requests-per-minute', '60']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^audiences +https:\/\/a\.example\n +https:\/\/b\.example$/m);
  expect(stdout).not.toContain('client_secret ');
  const emptied = jsonOf<ClientJson>(await ciba(['client', 'update', 'bank', '--audience', '', '--json']));
  expect(emptied).toMatchObject({ audiences: [], requests_per_minute: 60, scope: 'openid profile pay' });
});

it('client update ties a client to one user, and refuses what can be no sub', async () => {
  const tied = jsonOf<ClientJson>(await ciba(['client', 'update', 'bank', '--only-sub', 'crm|4711', '--json']));
  expect(tied).toMatchObject({ only_sub: 'crm|4711' });
  const { code, stderr } = await ciba(['client', 'update', 'bank', '--only-sub', 'a/b']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'ciba: only_sub must be the sub of a user. ciba client create --help says what each member must be.\n',
  });
});

it('client new-secret tells a new secret and ends the old one', async () => {
  const created = jsonOf<ClientJson>(
    await ciba(['client', 'create', '--client-name', 'A', '--client-id', 'a', ...WITH_SECRET, '--json']),
  );
  const { stdout } = await ciba(['client', 'new-secret', 'a', '--yes']);
  const secret = /^client_secret +(\S+)$/m.exec(stdout)?.[1] ?? '';
  expect(stdout).toContain(NOTE);
  expect(await isAccepted('a', secret)).toBe(true);
  expect(await isAccepted('a', created.client_secret ?? '')).toBe(false);
});

it('client rotate-secret tells a new secret, both work, and it says until when; end-old-secret ends the old one', async () => {
  const create = ['client', 'create', '--client-name', 'B', '--client-id', 'b', ...WITH_SECRET, '--json'];
  const old = jsonOf<ClientJson>(await ciba(create)).client_secret ?? '';
  const { stdout } = await ciba(['client', 'rotate-secret', 'b', '--overlap', '30m']);
  const end = runtime.now() + 1800;
  const until = /^New secret made\. The old one works until (\S+)\.$/m.exec(stdout)?.[1] ?? '';
  expect(Math.abs(Date.parse(until) / 1000 - end)).toBeLessThan(60);
  expect(stdout).toContain(NOTE);
  const secret = /^client_secret +(\S+)$/m.exec(stdout)?.[1] ?? '';
  expect([await isAccepted('b', old), await isAccepted('b', secret)]).toEqual([true, true]);
  expect((await ciba(['client', 'show', 'b'])).stdout).toContain(`old_secret_expires_at`);
  const third = await ciba(['client', 'rotate-secret', 'b']);
  expect(third).toMatchObject({ code: 1, stdout: '' });
  expect(third.stderr).toContain('end the old one first');
  const replaced = jsonOf<ClientJson>(await ciba(['client', 'rotate-secret', 'b', '--again', '--json']));
  expect(Math.abs(Number(replaced['old_secret_expires_at']) - end)).toBeLessThan(60);
  expect(replaced.client_secret).not.toBe(secret);
  expect([await isAccepted('b', old), await isAccepted('b', replaced.client_secret ?? '')]).toEqual([true, true]);
  expect((await ciba(['client', 'end-old-secret', 'b', '--yes'])).stdout).toMatch(/^Old secret ended\./);
  expect((await ciba(['client', 'show', 'b'])).stdout).not.toContain('old_secret_expires_at');
  const again = jsonOf<ClientJson>(await ciba(['client', 'rotate-secret', 'b', '--json']));
  expect(Math.abs(Number(again['old_secret_expires_at']) - runtime.now() - 86_400)).toBeLessThan(60);
});

it.each([['rotate-secret'], ['rotate-secret', '--again'], ['end-old-secret', '--yes'], ['new-secret', '--yes']])(
  'client %s of a client with keys says how its keys change',
  async (command, ...options) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const path = join(folder, `${command}.pub.json`);
    await writeFile(path, JSON.stringify(publicKey.export({ format: 'jwk' })));
    const id = `keyed-${command}-${options.length}-${options[0]?.slice(2)}`;
    await ciba(['client', 'create', '--client-id', id, '--client-name', id, '--jwks', path]);
    const { code, stdout, stderr } = await ciba(['client', command ?? '', id, ...options]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^ciba: The client "${id}" has no secret: it authenticates with a key`));
    expect(stderr).toContain(`ciba client update ${id} --jwks FILE`);
  },
);

it('client create, list and show say when a secret ends, and rotate-secret sets the new end', async () => {
  const words = ['--client-name', 'C', '--client-id', 'c', ...WITH_SECRET, '--client-secret-days', '30'];
  const in30Days = /^\S+Z$/;
  const created = await ciba(['client', 'create', ...words]);
  const end = /^client_secret_expires_at +(\S+)$/m.exec(created.stdout)?.[1] ?? '';
  expect(end).toMatch(in30Days);
  expect(Math.abs(Date.parse(end) / 1000 - runtime.now() - 30 * 86_400)).toBeLessThan(60);
  expect((await ciba(['client', 'list'])).stdout).toMatch(
    new RegExp(`^c +C +works +client_secret_basic +poll +${end} +openid$`, 'm'),
  );
  expect((await ciba(['client', 'list'])).stdout).toMatch(/^a +A +works +client_secret_basic +poll +never +openid$/m);
  expect((await ciba(['client', 'show', 'c'])).stdout).toContain(end);
  await ciba(['client', 'update', 'c', '--client-secret-days', '60']);
  const rotated = jsonOf<ClientJson>(await ciba(['client', 'rotate-secret', 'c', '--json']));
  expect(Math.abs(Number(rotated['client_secret_expires_at']) - runtime.now() - 60 * 86_400)).toBeLessThan(60);
});

it.each([
  ['1day', '"1day" is no duration: give a number with s, m, h or d, for example 30m, 24h or 7d'],
  ['24', '"24" is no duration: give a number with s, m, h or d, for example 30m, 24h or 7d'],
  ['31d', '--overlap is too long: give at most 30d'],
  ['59s', '--overlap is too short: give at least 60s. To end the old secret now, use new-secret'],
])('client rotate-secret --overlap %s says what to give instead', async (overlap, message) => {
  const { code, stderr } = await ciba(['client', 'rotate-secret', 'bank', '--overlap', overlap]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it('client rotate-secret --again takes no --overlap: the old secret keeps its end', async () => {
  const { code, stderr } = await ciba(['client', 'rotate-secret', 'bank', '--again', '--overlap', '24h']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--again keeps the end: leave --overlap out')]);
});

it('client delete removes; --json then prints nothing, as the API answers nothing', async () => {
  for (const id of ['many-00', 'many-01'])
    await ciba(['client', 'create', '--client-id', id, '--client-name', id, ...WITH_SECRET]);
  expect((await ciba(['client', 'delete', 'many-00', '--yes'])).stdout).toBe('Client many-00 deleted.\n');
  expect(await ciba(['client', 'delete', 'many-01', '--yes', '--json'])).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await api('/admin/clients/many-00')).toContain('not_found');
});

it.concurrent.each([
  ['an unknown client', ['client', 'show', 'nobody'], 'There is no client "nobody". ciba client list shows all.'],
  [
    'an id that is taken',
    ['client', 'create', '--client-id', 'bank', '--client-name', 'Another bank', ...WITH_SECRET],
    'This client_id is taken.',
  ],
  ['a default audience of no audience', ['client', 'update', 'bank', '--default-audience', 'x'], 'one of audiences'],
])('%s is refused in the words of error_description: exit 1', async (_, args, message) => {
  const { code, stdout, stderr } = await ciba(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^ciba: .+\n$/);
  expect(stderr).toContain(message);
});

it('client new-secret of a client without a secret is refused', async () => {
  const { clients } = JSON.parse(await api('/admin/clients')) as { clients: ClientJson[] };
  const keyed = clients.find((client) => client['token_endpoint_auth_method'] === 'private_key_jwt')?.client_id ?? '';
  const { code, stderr } = await ciba(['client', 'new-secret', '--yes', '--', keyed]);
  expect(code).toBe(1);
  expect(stderr).toContain('private_key_jwt');
});
