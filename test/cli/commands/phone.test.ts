import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { expectTokens } from '../../support/assertions.ts';
import { PATIENCE_MILLISECONDS } from '../../support/patience.ts';
import { World } from '../../support/world.ts';
import { ciba, jsonOf, type Outcome } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

let world: World;
let folder: string;
// The command dates what it signs by the clock of the machine.
beforeAll(async () => {
  world = await World.start({ clock: 'running' });
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  folder = mkdtempSync(join(tmpdir(), 'ciba-phone-'));
});
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

const key = (name: string) => join(folder, `${name}.phone.json`);
const phone = (...args: readonly string[]): Promise<Outcome> =>
  ciba(['phone', ...args], { env: { CIBA_URL: world.runtime.url } });

/** A user with a phone in the terminal, and a client that has asked. */
async function asked(name: string, form: Record<string, string> = {}) {
  const user = await world.user();
  const client = await world.client({ scope: 'openid email' });
  const enrolled = jsonOf(await enrolQuietly(name, user.email));
  const request = await world.asked(client, { login_hint: user.email, scope: 'openid email', ...form });
  return { ...user, ...request, client, deviceId: enrolled['device_id'] };
}

async function enrolQuietly(name: string, email: string): Promise<Outcome> {
  const outcome = await phone('enrol', '--key', key(name), '--user', email, '--json');
  return { ...outcome, stderr: outcome.code === 0 ? '' : outcome.stderr };
}

describe('ciba phone', () => {
  it.concurrent('enrols with a user of this machine, and keeps the key in a file for its owner alone', async () => {
    const { email, sub } = await world.user();
    const { code, stdout, stderr } = await phone('enrol', '--key', key('new'), '--user', email, '--name', 'Desk phone');
    expect(code).toBe(0);
    expect(stdout).toBe(
      `The key of device ${/device (\S+)/.exec(stdout)?.[1]} of user ${sub} at ${world.issuer} is in ${key('new')}.\n`,
    );
    expect(stderr).toContain(`Enrolled device `);
    expect(statSync(key('new')).mode & 0o777).toBe(0o600);
    const { body } = await world.admin('GET', `/admin/users/${sub}/devices`);
    expect(body['devices']).toMatchObject([{ name: 'Desk phone' }]);
    // The file is reused, and never replaced.
    expect((await phone('list', '--key', key('new'))).stdout).toBe('Nothing waits.\n');
    const again = await phone('enrol', '--key', key('new'), '--user', email);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('has a phone already') });
  });

  it.concurrent('lists, shows everything that an answer would sign, and approves exactly that', async () => {
    const login = await asked('approve', { binding_message: 'Call 7 with Sam' });
    const { requestId, authReqId, client } = login;
    const list = jsonOf<{ requests: { request_id: string }[] }>(await phone('list', '--key', key('approve'), '--json'));
    expect(list.requests).toEqual([
      {
        request_id: requestId,
        times_rung: 1,
        issued_at: expect.any(Number),
        expires_at: expect.any(Number),
        client_id: client.client_id,
        client_name: expect.stringMatching(/^Harbor Bank/),
        binding_message: 'Call 7 with Sam',
      },
    ]);
    expect((await phone('list', '--key', key('approve'))).stdout).toMatch(
      /^REQUEST ID +WHO ASKS +MESSAGE +ASKED +EXPIRES +RUNG\n\S+ +Harbor Bank.* +Call 7 with Sam +\S+Z +\S+Z +1\n$/,
    );
    const shown = (await phone('show', requestId, '--key', key('approve'))).stdout;
    expect(shown).toMatch(/^Harbor Bank.* asks \(client \S+\):\n {2}"Call 7 with Sam"\n {2}- Confirm who you are\n/);
    expect(shown).toContain(`  for       ${world.issuer} (the provider itself)`);
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
    const approved = jsonOf(await phone('approve', requestId, '--key', key('approve'), '--json'));
    expect(approved).toMatchObject({ request_id: requestId, decision: 'approve' });
    expect(shown).toContain(String(approved['details_hash']));
    expectTokens(await world.poll(client, authReqId));
  });

  it.concurrent('denies with a reason, which blocks the client for this user', async () => {
    const { requestId, authReqId, client, sub } = await asked('deny');
    const { code, stdout } = await phone('deny', requestId, '--key', key('deny'), '--reason', 'fraud');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nDenied\.\n$/);
    expect((await world.poll(client, authReqId)).body['error']).toBe('access_denied');
    const decision = world.trail(sub).find(({ event }) => event === 'decision_recorded');
    expect(decision).toMatchObject({ decision: 'deny' });
    expect(JSON.stringify(world.trail(sub))).toContain('fraud');
  });

  it.concurrent('says what to do about a request that is over or is none', async () => {
    const { requestId } = await asked('over');
    await phone('deny', requestId, '--key', key('over'));
    const decided = await phone('approve', requestId, '--key', key('over'));
    expect(decided.code).toBe(1);
    expect(decided.stderr).toMatch(/Forget the request: another phone of the user was first, or this one decided/);
    const unknown = await phone('show', 'A'.repeat(43), '--key', key('over'));
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(
      /Forget the request\. ciba phone list shows what waits\. More: docs\/device-api\.md/,
    );
  });

  it.concurrent('says so when its device was removed', async () => {
    const { sub, deviceId } = await asked('removed');
    await world.admin('DELETE', `/admin/users/${sub}/devices/${deviceId}`);
    const { code, stderr } = await phone('list', '--key', key('removed'));
    expect(code).toBe(1);
    expect(stderr).toContain('The enrolment is gone, or the user is blocked.');
  });

  it.concurrent('watches without a terminal: one JSON object for each request, and no answer', async () => {
    const { requestId, authReqId, client } = await asked('watch');
    const env = { CIBA_URL: world.runtime.url };
    const run = startCiba(['phone', 'watch', '--key', key('watch'), '--json'], { env, input: 'a\n' });
    const [line] = await run.said(/^\{.*\}$/m);
    expect(JSON.parse(line)).toMatchObject({ request_id: requestId, details: { request_id: requestId } });
    run.kill('SIGTERM');
    const { code, stdout } = await run.ended;
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 1 });
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
  });
});

describe('ciba phone watch in a terminal', () => {
  it('shows a request, takes only a typed answer, and removes the phone at the end', async () => {
    const { email, sub } = await world.user();
    const client = await world.client();
    const typed = [
      { after: 'this was not me? ', keys: '\r' },
      { after: 'Type a, d or f.', keys: 'a\r' },
      { after: 'Approved.', keys: '\u0003' },
    ];
    const shown = inTerminal(`${CIBA} phone --user ${email}`, { env: { CIBA_URL: world.runtime.url }, typed });
    const devices = async () => (await world.admin('GET', `/admin/users/${sub}/devices`)).body['devices'];
    await expect.poll(devices, { timeout: PATIENCE_MILLISECONDS }).toHaveLength(1);
    const { authReqId } = await world.asked(client, { login_hint: email, binding_message: 'Call 8 with Sam' });
    const { code, screen } = await shown;
    expect(screen).toContain('"Call 8 with Sam"');
    expect(code).toBe(0);
    expect(await devices()).toEqual([]);
    // The device that approved is gone, so the approval counts no more.
    expect((await world.poll(client, authReqId)).body['error']).toBe('access_denied');
  });
});

describe('ciba phone refuses', () => {
  it('a ticket of another provider, and asks nobody about it (docs/device-api.md, rule 8)', async () => {
    const uri = 'ciba://enrol?issuer=https%3A%2F%2Fevil.example%2F&ticket=t';
    const { code, stderr } = await phone('enrol', '--key', key('evil'), '--ticket', uri);
    expect(code).toBe(1);
    expect(stderr).toContain(`This ticket is of https://evil.example/, not of ${world.issuer}. No phone was enrolled.`);
    expect(existsSync(key('evil'))).toBe(false);
  });

  it('a key file that others can read, or that is of another provider', async () => {
    const { email } = await world.user();
    await phone('enrol', '--key', key('open'), '--user', email);
    const elsewhere = await phone('list', '--key', key('open'), '--url', 'http://127.0.0.1:1234');
    expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining('This phone is enrolled at') });
    chmodSync(key('open'), 0o644);
    const { code, stderr } = await phone('list', '--key', key('open'));
    expect(code).toBe(1);
    expect(stderr).toContain('can be read by others (mode 644)');
  });

  it('a mistyped report of fraud, which would be another reason and block nobody', async () => {
    const { code, stderr } = await phone('deny', 'a'.repeat(43), '--key', key('any'), '--reason', 'fruad');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'ciba: --reason "fruad"; did you mean fraud?\nSee ciba phone deny --help\n',
    });
  });

  it('a ticket that is spent, with what to do', async () => {
    const { sub } = await world.user();
    const uri = await world.ticket(sub);
    const env = { CIBA_URL: world.runtime.url };
    const first = await ciba(['phone', 'enrol', '--key', key('first'), '--ticket', '-'], { env, input: `${uri}\n` });
    // A ticket of standard input is in no list of processes, and is not repeated.
    expect(first.code).toBe(0);
    expect(first.stdout + first.stderr).not.toContain(uri);
    const { code, stderr } = await phone('enrol', '--key', key('second'), '--ticket', uri);
    expect(code).toBe(1);
    expect(stderr).toContain('Get a new ticket: each works once');
    expect(existsSync(key('second'))).toBe(false);
  });

  it.each([
    ['no phone', ['list'], '--key is missing'],
    ['no ticket', ['list', '--key', '/nope'], 'There is no /nope: give --ticket URI or --user USER'],
    ['two ways', ['enrol', '--key', '/nope', '--user', 'a', '--ticket', 'b'], '--ticket or --user, not both'],
    ['no ticket URI', ['enrol', '--key', '/nope', '--ticket', 'https://a.example'], 'A ticket looks like this'],
    ['a ticket with more', ['enrol', '--key', '/nope', '--ticket', 'ciba://enrol?issuer=a&ticket=b&x=1'], 'looks like'],
    ['a reason that is none', ['deny', 'R', '--key', '/nope', '--reason', 'No!'], '--reason must be'],
  ])('wrong usage: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await phone(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('wrong usage: a file that is no key file, without quoting it', async () => {
    writeFileSync(key('none'), '{"privateKey":"topsecret"}', { mode: 0o600 });
    const { code, stderr } = await phone('list', '--key', key('none'));
    expect(code).toBe(2);
    expect(stderr).toContain('is no key file of ciba phone');
    expect(stderr).not.toContain('topsecret');
  });
});
