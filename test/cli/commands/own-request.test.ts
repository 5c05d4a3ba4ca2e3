import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTerminals } from '../../support/engines.ts';
import { type TestClient, World } from '../../support/world.ts';
import { ciba } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

// What a client does with a request of its own: it takes it back, and has its phones rung again.

/** After how many seconds a request may be resent. */
const PAUSE = 45;
let world: World;
let env: Record<string, string>;
let folder: string;
let client: TestClient;
let credential: readonly string[];
beforeAll(async () => {
  world = await World.start();
  env = { CIBA_URL: world.runtime.url };
  folder = mkdtempSync(join(tmpdir(), 'ciba-own-request-'));
  client = await world.client();
  const path = join(folder, 'secret');
  writeFileSync(path, client.client_secret);
  credential = ['--client', client.client_id, '--secret-file', path];
});
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function asked() {
  const person = await world.person();
  return { ...person, ...(await world.asked(client, { login_hint: person.email })) };
}

describe('ciba withdraw', () => {
  it('ends the request, which the phone no longer has, and the client no longer gets tokens for', async () => {
    const { authReqId, phone } = await asked();
    const { code, stdout, stderr } = await ciba(['withdraw', authReqId, ...credential], { env });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('Withdrawn, if it was an open request of this client. Its tokens can no longer be fetched.\n');
    expect(await phone.list()).toEqual([]);
    expect((await world.poll(client, authReqId)).body['error']).toBe('access_denied');
  });

  it('reads the id from standard input, and with --json prints nothing', async () => {
    const { authReqId, phone } = await asked();
    const { code, stdout } = await ciba(['withdraw', '-', ...credential, '--json'], { env, input: `${authReqId}\n` });
    expect([code, stdout, await phone.list()]).toEqual([0, '', []]);
  });

  it('says the same of an unknown id', async () => {
    const { code, stdout } = await ciba(['withdraw', 'unknown', ...credential], { env });
    expect([code, stdout]).toEqual([0, expect.stringContaining('if it was an open request')]);
  });

  it('says what to check when the secret is wrong', async () => {
    const path = join(folder, 'wrong');
    writeFileSync(path, 'wrong');
    const wrong = ['--client', client.client_id, '--secret-file', path];
    const { code, stdout, stderr } = await ciba(['withdraw', 'unknown', ...wrong], { env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^ciba: invalid_client\. .* Check --client/);
  });

  it('refuses to read two things from standard input, and an empty id', async () => {
    const both = ['withdraw', '-', '--client', client.client_id, '--secret', '-'];
    expect(await ciba(both, { env, input: 'x' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Only one'),
    });
    const { code, stderr } = await ciba(['withdraw', '-', ...credential], { env, input: '\n' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('auth_req_id is empty')]);
  });

  it('says when nothing answers', async () => {
    const nobody = { CIBA_URL: 'http://localhost:2' };
    const { code, stderr } = await ciba(['withdraw', 'unknown', ...credential], { env: nobody });
    expect([code, stderr]).toEqual([1, expect.stringContaining('nothing listens there')]);
  });
});

describe('ciba resend', () => {
  it('has the phones rung again once the pause is over, and says until when to wait before', async () => {
    const { authReqId, phone } = await asked();
    const early = await ciba(['resend', authReqId, ...credential], { env });
    expect([early.code, early.stdout]).toEqual([1, '']);
    expect(early.stderr).toMatch(/^ciba: access_denied\. .* Run it again in 45 s: docs\/resend\.md#resend\.\n$/);
    world.runtime.advance(PAUSE);
    const { code, stdout } = await ciba(['resend', authReqId, ...credential], { env });
    expect([code, stdout]).toEqual([0, 'The phones were rung again. 75 s are left to answer, and 2 more times.\n']);
    expect(await phone.list()).toMatchObject([{ times_rung: 2 }]);
    world.runtime.advance(PAUSE);
    const { stdout: json } = await ciba(['resend', authReqId, ...credential, '--json'], { env });
    expect(JSON.parse(json)).toEqual({ expires_in: 30, resends_left: 1 });
  });

  it('says that a request is over', async () => {
    const { authReqId, phone, requestId } = await asked();
    await world.answer(phone, requestId, 'deny');
    const { code, stderr } = await ciba(['resend', authReqId, ...credential], { env });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^ciba: invalid_grant\. .* Check the id and --client\./)]);
  });
});

describe.skipIf(!hasTerminals())('ciba ask in a terminal', () => {
  it('has the phone rung again after r and Enter', async () => {
    const { email, phone } = await world.person();
    const words = ['ask', email, ...credential, '--scope', 'openid'].map((word) => `'${word}'`).join(' ');
    const running = inTerminal(`${CIBA} ${words}`, {
      env,
      typed: [
        { after: 'r and Enter rings the phone again.', keys: 'r\r' },
        { after: 'Try again in 45 s.', keys: 'no word\rr\r' },
        { after: 'Try again in 45 s.', keys: '\x03' },
      ],
    });
    const { code, screen } = await running;
    expect(code).toBe(130);
    expect(screen).toMatch(/ {3}Not rung again: access_denied\. .* Try again in 45 s\.\n/);
    expect(screen).toContain('was withdrawn, and its prompt vanishes from the phone.');
    expect(await phone.list()).toEqual([]);
  });
});

describe('ciba ask', () => {
  it('reads no line of standard input where nobody is at the keyboard, so that a loop of a shell keeps its own', async () => {
    const { email, phone } = await world.person();
    const run = startCiba(['ask', email, ...credential, '--scope', 'openid', '--json'], { env, input: 'r\n' });
    await run.said(/^2\. Asked/m);
    const [request] = await phone.list();
    await world.answer(phone, String(request?.request_id), 'deny');
    const { code, stderr } = await run.ended;
    expect(code).toBe(3);
    expect(stderr).not.toContain('rings the phone');
    expect(stderr).not.toContain('rung again');
  });
});

describe('ciba phone watch', () => {
  it('says that a request rings again, and prints it once', async () => {
    // The command dates what it signs by the clock of the machine.
    const running = await World.start({ clock: 'running' });
    try {
      const { sub, email } = await running.user();
      const own = { env: { CIBA_URL: running.runtime.url } };
      const key = ['--key', join(folder, 'watching.json')];
      expect((await ciba(['phone', 'enrol', ...key, '--ticket', await running.ticket(sub)], own)).code).toBe(0);
      const ringing = await running.client();
      const { authReqId, requestId } = await running.asked(ringing, { login_hint: email });
      const run = startCiba(['phone', 'watch', ...key, '--json'], { ...own, input: '' });
      await run.said(/details_hash/);
      running.runtime.advance(PAUSE);
      expect((await running.post('/bc-authorize/resend', ringing, { auth_req_id: authReqId })).status).toBe(200);
      await run.said(new RegExp(`^Request ${requestId} rings again, 2 times by now\\.$`, 'm'));
      run.kill('SIGTERM');
      expect((await run.ended).stdout.trim().split('\n')).toHaveLength(1);
    } finally {
      await running.close();
    }
  });
});
