import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../cli/asking/outcome.ts';
import type { AwsCall } from '../../../local/aws/server.ts';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { meaningOfClaim } from '../../../local/demo/pages/client/claims.js';
import { hasTerminals } from '../../support/engines.ts';
import { World } from '../../support/world.ts';
import { ciba } from '../support/ciba-process.ts';
import { type RunningCiba, startCiba } from '../support/ciba-running.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

let world: World;
let env: Record<string, string>;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  env = { CIBA_URL: world.runtime.url };
  folder = mkdtempSync(join(tmpdir(), 'ciba-ask-'));
  const demo = new DemoWorld(world.runtime);
  world.runtime.gateway.localRoutes = createLocalRoutes(demo, world.runtime);
  const client = { client_id: 'desk', client_name: 'Harbor Desk', token_endpoint_auth_method: 'client_secret_basic' };
  await demo.createFrom({
    clients: [{ ...client, scope: 'openid profile email' }],
    users: [{ sub: 'ana', email: 'ana@example.com', name: 'Ana Lindqvist', devices: [] }],
  });
});
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Waits until the request is made, and returns what the phone needs to answer it. */
async function requestOf(run: RunningCiba, phone: { list(): Promise<readonly { request_id: string }[]> }) {
  await run.said(/^2\. Asked .* \(txn [0-9a-f]{16}\)$/m);
  const [request] = await phone.list();
  return String(request?.request_id);
}

/** What was printed has no secret: no token, no auth_req_id, no secret of a client. */
function expectNoSecrets({ output }: RunningCiba, ...secrets: readonly string[]): void {
  const all = output.stdout + output.stderr;
  expect(all).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  for (const secret of secrets) expect(all).not.toContain(secret);
}

describe('ciba ask', () => {
  it.concurrent('withdraws the request after Ctrl-C, so that nothing waits on the phone, and ends with 130', async () => {
    const { email, phone } = await world.person();
    const run = startCiba(['ask', email], { env });
    const id = await requestOf(run, phone);
    run.kill('SIGINT');
    const { code, stderr, stdout } = await run.ended;
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain(`ciba: Interrupted. The request ${id} was withdrawn, and its prompt vanishes`);
    expect(await phone.list()).toEqual([]);
    expectNoSecrets(run, await secretOfDesk());
  });

  it('says after Ctrl-C how to follow a request that could not be withdrawn, and ends with 130', async () => {
    const { email, phone } = await world.person();
    const run = startCiba(['ask', email], { env });
    const id = await requestOf(run, phone);
    const txn = /\(txn ([0-9a-f]{16})\)/.exec(run.output.stderr)?.[1] ?? 'none';
    const isWithdrawal = ({ caller, action }: AwsCall) =>
      caller === 'backchannel-authentication' && action === 'UpdateItem';
    world.runtime.aws.interference = (call) => (isWithdrawal(call) ? { status: 500, body: '' } : undefined);
    run.kill('SIGINT');
    const { code, stderr, stdout } = await run.ended;
    world.runtime.aws.interference = undefined;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^ciba: Interrupted\. The request \S+ could not be withdrawn\. It stays open until/m);
    expect(stderr).toContain(`ciba trace ${txn}`);
    expect(await world.answer(phone, id, 'deny')).toBe(204);
  });

  it.concurrent('shows the number that the user types on the phone', async () => {
    const { email, phone } = await world.person();
    const { client_id, client_secret } = await world.client({ number_matching: 'phone_enters' });
    const secret = ['--secret-file', file(`${client_id}.secret`, client_secret)];
    const run = startCiba(['ask', email, '--client', client_id, ...secret, '--json'], { env });
    const id = await requestOf(run, phone);
    const [, number = ''] = await run.said(/^ {3}The user types this number on the phone: ([0-9]{2})$/m);
    await phone.send(id, (await phone.read(id)).bytes, { number });
    const { code, stdout } = await run.ended;
    const outcome: Outcome = JSON.parse(stdout);
    expect([code, outcome.tokens?.id_token?.claims['amr']]).toEqual([0, ['user', 'mca']]);
  });

  it.concurrent('enters the number that the phone shows, with a secret and with a key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = file('number.jwk', JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'k' }));
    const number_matching = 'client_enters';
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'k' }] };
    const signing = await world.client({ number_matching, token_endpoint_auth_method: 'private_key_jwt', jwks });
    const desk = await world.client({ number_matching });
    const secret = file(`${desk.client_id}.secret`, desk.client_secret);
    for (const [client, ...credential] of [
      [desk.client_id, '--secret-file', secret],
      [signing.client_id, '--key-file', key],
    ]) {
      const { email, phone } = await world.person();
      const run = startCiba(['ask', email, '--client', String(client), ...credential, '--enter-number', '--json'], {
        env,
      });
      const id = await requestOf(run, phone);
      await run.said(/^ {3}Type the number that the phone shows after the approval:$/m);
      const number = await phone.send(id, (await phone.read(id)).bytes, 'approve');
      run.type('7\n');
      await run.said(/A number has two digits/);
      run.type(`${number === '00' ? '01' : '00'}\n`);
      await run.said(/^ {3}invalid_number\. The number is wrong\./m);
      run.type(`${number}\n`);
      await run.said(/^ {3}The number is right\.$/m);
      expect((await run.ended).code).toBe(0);
    }
  });

  it.concurrent('reads one thing from standard input', async () => {
    const { code, stderr } = await ciba(['ask', 'ana@example.com', '--enter-number', '--user-code', '-'], { env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--enter-number and --user-code both read standard input'),
    ]);
  });

  it.concurrent('asks with the client of the demo if none is named, says so, and explains each claim', async () => {
    const phone = await world.phone('ana');
    const run = startCiba(['ask', 'ana@example.com', '--binding-message', 'Call 1 with Sam'], { env });
    const requestId = await requestOf(run, phone);
    expect((await phone.read(requestId)).shown.binding_message).toBe('Call 1 with Sam');
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stderr.split('\n').map((line) => line.replace(/\(txn .*\)/, '(txn …)'))).toEqual([
      `Client desk: the client of the demo, because --client is not given. ${world.runtime.url}/local/demo has its secret.`,
      `1. Discovered ${world.issuer}`,
      '2. Asked ana@example.com, who has 120 s to answer on a phone (txn …)',
      '3. Waiting for the answer: polling every 5 s',
      '4. The user approved, and the tokens are here.',
      '5. Verified both tokens with the published keys.',
      '',
    ]);
    expect(stdout).toMatch(/^Approved\.$/m);
    // Each with the words of the demo page.
    const line = (text: string) =>
      stdout
        .split('\n')
        .map((one) => one.trim().replaceAll(/ {2,}/g, ' | '))
        .includes(text);
    expect(line(`sub | ana | ${meaningOfClaim('sub', 'claims')}`)).toBe(true);
    expect(line(`typ | at+jwt | ${meaningOfClaim('typ', 'header')}`)).toBe(true);
    expect(line(`name | Ana Lindqvist | ${meaningOfClaim('name', 'claims')}`)).toBe(true);
    expectNoSecrets(run, await secretOfDesk());
  });

  // Early, because the provider's clock stands still, and an assertion that is dated too late is refused.
  it('prints one JSON document, with a client that has a key of its own', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }] };
    const metadata = { client_id: 'keyed', jwks, audiences: ['https://api.example'] };
    await world.client({ ...metadata, token_endpoint_auth_method: 'private_key_jwt', scope: 'openid profile' });
    const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' });
    const { email, phone, sub } = await world.person();
    const key = file('keyed.jwk.json', jwk);
    const options = ['--client', 'keyed', '--key-file', key, '--audience', 'https://api.example', '--scope', 'openid'];
    const run = startCiba(['ask', email, ...options, '--requested-expiry', '60', '--json'], { env });
    const requestId = await requestOf(run, phone);
    await world.answer(phone, requestId, 'approve');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    const { tokens, ...outcome } = JSON.parse(stdout) as Outcome;
    const request = { request_id: requestId, txn: (await run.said(/txn ([0-9a-f]+)/))[1], expires_in: 60, interval: 5 };
    const about = { issuer: world.issuer, client_id: 'keyed', login_hint: email, delivery: 'poll' };
    expect(outcome).toEqual({ outcome: 'approved', ...about, ...request, polls: 1 });
    expect(tokens).toMatchObject({
      token_type: 'bearer',
      scope: 'openid',
      id_token: { header: { alg: 'RS256' }, claims: { sub, aud: 'keyed' } },
      access_token: { header: { typ: 'at+jwt' }, claims: { sub, aud: 'https://api.example', client_id: 'keyed' } },
      has_refresh_token: false,
    });
    expect(tokens).not.toHaveProperty('values');
    expectNoSecrets(run, jwk);
  });

  it.concurrent('prints the tokens only with --show-tokens', async () => {
    const client = await world.client({ token_endpoint_auth_method: 'client_secret_post' });
    const { email, phone, sub } = await world.person();
    const options = ['--client', client.client_id, '--secret', '-', '--secret-in', 'post', '--show-tokens', '--json'];
    const run = startCiba(['ask', email, ...options], { env, input: `${client.client_secret}\n` });
    await world.answer(phone, await requestOf(run, phone), 'approve');
    const { tokens } = JSON.parse((await run.ended).stdout) as Outcome;
    expect(decodeJwt(String(tokens?.values?.['access_token'])).sub).toBe(sub);
    expect(run.output.stdout).not.toContain(client.client_secret);
  });

  it.concurrent('names the user by the ID token of the last login, which is not shown (CIBA §7.1)', async () => {
    const client = await world.client();
    const { email, phone, sub } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await world.answer(phone, requestId, 'approve');
    const { body } = await world.poll(client, authReqId);
    const secret = file('hinted.secret', client.client_secret);
    const options = ['--client', client.client_id, '--secret-file', secret, '--id-token-hint', '-', '--json'];
    const run = startCiba(['ask', ...options], { env, input: `${body['id_token']}\n` });
    await run.said(/^2\. Asked the user of an ID token, who has 120 s to answer on a phone/m);
    await world.answer(phone, await requestOf(run, phone), 'approve');
    const outcome = JSON.parse((await run.ended).stdout) as Outcome;
    expect(outcome).toMatchObject({ outcome: 'approved', tokens: { id_token: { claims: { sub } } } });
    expect(outcome).not.toHaveProperty('login_hint');
    expectNoSecrets(run, String(body['id_token']));
  });

  it.concurrent('signs the request with the key of the client, which must sign (CIBA §7.1.1)', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 's1' }] };
    const signing = { backchannel_authentication_request_signing_alg: 'ES256', require_signed_request_object: true };
    await world.client({ client_id: 'signing', jwks, token_endpoint_auth_method: 'private_key_jwt', ...signing });
    const { email, phone } = await world.person();
    const key = file('signing.jwk.json', JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 's1' }));
    const options = ['--client', 'signing', '--key-file', key, '--binding-message', 'W4SCT'];
    expect((await ciba(['ask', email, ...options], { env })).stdout).toContain('must be claims of a signed JWT');
    const run = startCiba(['ask', email, ...options, '--signed'], { env });
    const requestId = await requestOf(run, phone);
    expect((await phone.read(requestId)).shown.binding_message).toBe('W4SCT');
    await world.answer(phone, requestId, 'approve');
    expect((await run.ended).code).toBe(0);
    expectNoSecrets(run);
  });

  it.concurrent('sends the user code from standard input, without which the user is not asked (CIBA §7.1.2)', async () => {
    const client = await world.client({ backchannel_user_code_parameter: true });
    const { email, sub } = await world.user();
    const secret = file('coded.secret', client.client_secret);
    const options = ['--client', client.client_id, '--secret-file', secret];
    const code = (input: string) => ciba(['ask', email, ...options, '--user-code', '-'], { env, input });
    expect((await ciba(['user', 'set-code', email], { env, input: 'tulip-4711\n' })).stderr).toBe('');
    expect((await ciba(['ask', email, ...options], { env })).stdout).toContain('400 missing_user_code');
    expect((await code('rose-4711\n')).stdout).toContain('400 invalid_user_code');
    // Whoever has the code learns that there is no phone.
    expect((await code('tulip-4711\n')).stdout).toContain('The user has no phone');
    expect((await ciba(['user', 'remove-code', sub, '--yes'], { env })).code).toBe(0);
    expect((await ciba(['ask', email, ...options], { env })).stdout).toContain('The user has no phone');
  });

  it.concurrent('takes an access token alone, where the client need not ask for openid', async () => {
    const client = await world.client({ scope: 'pay', require_openid_scope: false });
    const { email, phone } = await world.person();
    const secret = file('plain.secret', client.client_secret);
    const options = ['--client', client.client_id, '--secret-file', secret, '--scope', 'pay'];
    const run = startCiba(['ask', email, ...options], { env });
    await world.answer(phone, await requestOf(run, phone), 'approve');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('5. Verified the access token with the published keys.');
    expect(stdout).toMatch(/^No ID token, because openid was not asked for\.$/m);
    expect(stdout).toContain('Granted: pay.');
  });

  it.concurrent('exits 3 when the user denies, and tells what the client should do', async () => {
    const client = await world.client();
    const { email, phone } = await world.person();
    const secret = file('denied.secret', client.client_secret);
    const run = startCiba(['ask', email, '--client', client.client_id, '--secret-file', secret], { env });
    await world.answer(phone, await requestOf(run, phone), 'deny');
    const { code, stdout } = await run.ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Denied: 400 access_denied\. The end-user denied the authorization request\.$/m);
    expect(stdout).toMatch(/^ {2}means {4}The user said no on the phone/m);
    expect(stdout).toMatch(/^ {2}read {5}docs\/tutorial\.md#7-say-no$/m);
    expectNoSecrets(run, client.client_secret);
  });

  it.concurrent.each([
    ['an unknown user', ['nobody@example.com'], '400 unknown_user_id', 'No user of this provider has this name'],
    ['a user without a phone', ['phoneless@example.com'], '400 invalid_request', 'The user has no phone'],
    ['a message that no phone shows', ['ana', '--binding-message', '\u{1F600}'], '400 invalid_binding_message', ''],
    ['a malformed scope', ['ana', '--scope', 'openid  x'], '400 invalid_scope', 'The scope is missing, malformed, or'],
    ['an API that the client may not use', ['ana', '--audience', 'https://x.example'], '400 invalid_target', ''],
    ['no openid', ['ana', '--scope', 'profile'], '400 invalid_request', 'A parameter is missing'],
  ])('exits 5 when the provider refuses %s, and prints no token', async (_, args, answered, means) => {
    if (args[0] === 'phoneless@example.com') await world.user({ email: args[0] });
    const { code, stdout } = await ciba(['ask', ...args], { env });
    expect(code).toBe(5);
    expect(stdout).toMatch(new RegExp(`^Refused: ${answered}\\. \\S`));
    expect(stdout).toContain(`  means    ${means}`);
    expect(stdout).toMatch(/^ {2}do {7}\S.*\n {2}read {5}\S+$/m);
  });

  it.concurrent('exits 5 with a wrong secret, in the words of the provider, which the client library hides', async () => {
    const { client_id } = await world.client();
    const secret = file('wrong.secret', 'not-the-secret');
    const { code, stdout } = await ciba(['ask', 'ana', '--client', client_id, '--secret-file', secret], { env });
    expect(code).toBe(5);
    expect(stdout).toMatch(/^Refused: 401 invalid_client\. Client authentication failed\.$/m);
  });
});

describe('ciba ask leaves the user in peace', () => {
  it('and says for how long, after a denial', async () => {
    const strict = await World.start({ variables: { REQUEST_LIMITS: '{}' } });
    try {
      const client = await strict.client();
      const { email, phone } = await strict.person();
      const { requestId } = await strict.asked(client, { login_hint: email });
      await strict.answer(phone, requestId, 'deny');
      const options = ['--client', client.client_id, '--secret', '-', '--url', strict.runtime.url, '--json'];
      const { code, stdout } = await ciba(['ask', email, ...options], { input: client.client_secret });
      expect(code).toBe(5);
      const { refusal } = JSON.parse(stdout) as Outcome;
      expect(refusal).toMatchObject({ error: 'access_denied', status: 403, next: expect.stringMatching(/^Wait /) });
      expect(refusal?.retry_after_seconds).toBe(15);
    } finally {
      await strict.close();
    }
  });
});

describe.skipIf(!hasTerminals())('ciba ask in a terminal', () => {
  it('asks for the user code, and does not show what is typed', async () => {
    const typed = [{ after: 'User code: ', keys: 'tulip-4711\r' }];
    const { code, screen } = await inTerminal(`${CIBA} ask nobody@example.com --user-code -`, { env, typed });
    expect(code).toBe(5);
    expect(screen).toContain('unknown_user_id');
    expect(screen).not.toContain('tulip');
  });
});

describe('ciba ask: wrong usage exits 2', () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  it.concurrent.each([
    ['a secret on the command line', ['--client', 'a', '--secret', 's3cret'], 'stays in the history of the shell'],
    ['two credentials', ['--client', 'a', '--secret', '-', '--key-file', 'k'], '--secret or --key-file, not both'],
    ['an empty secret', ['--client', 'a', '--secret', '-'], 'standard input holds no secret'],
    ['a secret without its client', ['--secret', '-'], '--client is missing'],
    ['no credential', ['--client', 'unknown'], 'Give the key or the secret of the client'],
    [
      'a file that is not there',
      ['--client', 'a', '--key-file', '/nope'],
      "/nope can't be read: there is no such file",
    ],
    ['a wrong place', ['--client', 'a', '--secret', '-', '--secret-in', 'url'], '--secret-in must be basic or post'],
    ['a user who is named twice', ['--id-token-hint', '-'], 'Name the user once: by USER, --id-token-hint or'],
    ['a user code on the command line', ['--user-code', '4711'], 'stays in the history of the shell'],
    ['no user code', ['--user-code', '-'], 'The user code is empty'],
    ['two things in standard input', ['--user-code', '-', '--secret', '-'], 'Only one of --secret and --user-code can'],
    ['a signature without a key', ['--client', 'desk', '--secret', '-', '--signed'], '--signed needs --key-file'],
    ['no client of a deployment', ['--url', 'https://login.example'], '--client is missing'],
  ])('%s', async (_, args, message) => {
    const input =
      args.includes('url') || args.includes('--signed') || message === '--client is missing' ? 'secret' : '';
    const { code, stdout, stderr } = await ciba(['ask', 'ana', ...args], { env, input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('s3cret');
    expect(stderr).not.toContain('4711');
  });

  it.concurrent.each([
    ['no user', [], 'Name the user: USER, --id-token-hint or --login-hint-token'],
    ['an empty token', ['--id-token-hint', '-'], 'Standard input holds no token'],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await ciba(['ask', ...args], { env, input: '' });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it.concurrent('a key file without a usable key, which is never quoted', async () => {
    for (const [name, text] of [
      ['none.pem', 'topsecret'],
      ['ed.pem', String(pem)],
      ['public.json', '{"kty":"EC"}'],
    ] as const) {
      const { code, stderr } = await ciba(['ask', 'ana', '--client', 'a', '--key-file', file(name, text)], { env });
      expect(code).toBe(2);
      expect(stderr).toContain(`${name} holds no`);
      expect(stderr).not.toContain('topsecret');
    }
  });
});

async function secretOfDesk(): Promise<string> {
  const { clients } = (await (await fetch(`${world.runtime.url}/local/demo`)).json()) as {
    clients: { client_secret: string }[];
  };
  return String(clients[0]?.client_secret);
}
