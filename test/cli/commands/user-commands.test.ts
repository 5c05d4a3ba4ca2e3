import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainLine } from '../../../cli/command-line/text-layout.ts';
import { Phone } from '../../../local/demo/phone.ts';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba as cibaProcess, jsonOf } from '../support/ciba-process.ts';

let runtime: Runtime;
const ciba = (...args: readonly string[]) => cibaInOne(args, { env: { CIBA_URL: runtime.url } });
const api = async (path: string) => (await fetch(runtime.url + path)).text();
const noUser = (user: string) =>
  refusal(
    `There is no user "${user}". A user is named by sub, e-mail address, phone number or username: ciba user find looks for each, and ciba user list shows users. To add one: ciba user create.`,
  );
const refusal = (message: string) => ({ code: 1, stdout: '', stderr: `ciba: ${message}\n` });

beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  const names = ['--sub', 'crm|4711', '--email', 'Anna@Example.com', '--phone-number', '+49 (30) 901820'];
  await ciba('user', 'create', ...names, '--preferred-username', 'anna', '--name', 'Anna Example');
});
afterAll(() => runtime.close());

describe('user', () => {
  it('create shows the user as stored, --json the bytes of the API', async () => {
    const { code, stdout } = await ciba('user', 'create', '--email', 'Ben@Example.com', '--email-verified');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^User created\.\n\nsub +\S+\nstatus +active\nemail +ben@example\.com\nemail_verified +true\ncreated +\S+Z\n$/,
    );
    const carl = jsonOf<{ sub: string }>(await ciba('user', 'create', '--preferred-username', 'carl', '--json'));
    expect(await api(`/admin/users/${carl.sub}`)).toBe(JSON.stringify(carl));
  });

  it.concurrent.each(['crm|4711', 'ANNA@example.com', '+4930901820', '+49 30 90 18 20', 'Anna'])(
    'show finds a user by %s',
    async (name) => {
      const { stdout } = await ciba('user', 'show', name, '--json');
      expect(stdout).toBe(`${await api('/admin/users/crm%7C4711')}\n`);
    },
  );

  it('no name steers the terminal: the provider refuses it, and the layout would show it harmless', async () => {
    const { code, stderr } = await ciba('user', 'create', '--sub', 'red', '--name', 'Anna \u001B[31mExample');
    expect(code).toBe(1);
    expect(stderr).toContain('name must be at most 100 bytes of readable characters');
    expect(plainLine('Anna \u001B[31mExample')).toBe('Anna \uFFFD[31mExample');
  });

  it('a word that names two users is refused until --by says how it is meant', async () => {
    await ciba('user', 'create', '--sub', 'dora', '--email', 'first@example.com');
    await ciba('user', 'create', '--sub', 'other', '--preferred-username', 'dora');
    const message =
      '"dora" is the sub of one user and a login_hint of another, whose sub is other. Add --by sub or --by login_hint.';
    expect(await ciba('user', 'delete', 'dora', '--yes')).toEqual(refusal(message));
    expect(jsonOf(await ciba('user', 'show', 'dora', '--by', 'sub', '--json'))).toMatchObject({ sub: 'dora' });
    expect(jsonOf(await ciba('user', 'show', 'dora', '--by', 'login_hint', '--json'))).toMatchObject({ sub: 'other' });
  });

  it('update changes the claims given and keeps the others', async () => {
    const { code, stdout } = await ciba('user', 'update', 'anna', '--given-name', 'Anna', '--no-email-verified');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^User updated\.$/m);
    const { stdout: json } = await ciba('user', 'update', 'crm|4711', '--family-name', 'Example', '--json');
    const members = { given_name: 'Anna', family_name: 'Example', email_verified: false, email: 'anna@example.com' };
    expect(JSON.parse(json)).toMatchObject(members);
  });

  it('block and unblock decide whether the user can be asked', async () => {
    expect((await ciba('user', 'block', 'anna')).stdout).toBe('User crm|4711 blocked.\n');
    expect((await ciba('user', 'show', 'anna')).stdout).toMatch(/^status +blocked$/m);
    expect(jsonOf(await ciba('user', 'unblock', 'anna', '--json'))).not.toHaveProperty('blocked');
    expect((await ciba('user', 'show', 'anna')).stdout).toMatch(/^status +active$/m);
  });

  it('delete removes', async () => {
    await ciba('user', 'create', '--sub', 'eve', '--email', 'eve@example.com');
    expect((await ciba('user', 'delete', 'eve@example.com', '--yes')).stdout).toBe(
      'User eve and all their devices deleted.\n',
    );
    expect(await ciba('user', 'show', 'eve')).toEqual(noUser('eve'));
  });

  it('export prints everything that is kept, or writes it to a new file that only its owner can read', async () => {
    await ciba('user', 'create', '--sub', 'fay', '--email', 'fay@example.com');
    const { stdout } = await ciba('user', 'export', 'fay');
    expect(JSON.parse(stdout)).toMatchObject({ sub: 'fay', profile: { claims: { email: 'fay@example.com' } } });
    const folder = mkdtempSync(join(tmpdir(), 'ciba-export-'));
    const file = join(folder, 'fay.json');
    expect((await ciba('user', 'export', 'fay', '--out', file)).stdout).toBe(`Wrote ${file}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ sub: 'fay' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await ciba('user', 'export', 'fay', '--out', file)).toEqual(refusal(`${file} exists. Choose another name.`));
    rmSync(folder, { recursive: true });
    expect(await ciba('user', 'export', 'nobody')).toEqual(noUser('nobody'));
  });

  it('erase shows what it would erase, and erases only when the sub is confirmed', async () => {
    await ciba('user', 'create', '--sub', 'gus', '--email', 'gus@example.com');
    const asked = await ciba('user', 'erase', 'gus');
    expect(asked.code).toBe(1);
    expect(asked.stdout).toContain('email gus@example.com');
    expect(asked.stdout).toContain('Nothing was erased. To erase it, add --confirm gus or --yes');
    const other = 'The sub after --confirm is another one. Nothing was erased. Give the same sub twice.';
    expect(await ciba('user', 'erase', 'gus', '--confirm', 'fay')).toEqual(refusal(other));
    expect((await ciba('user', 'show', 'gus')).code).toBe(0);
    await ciba('user', 'create', '--sub', 'hal');
    expect(await ciba('user', 'erase', 'hal', '--confirm', 'fay', '--yes')).toEqual(refusal(other));
    expect((await ciba('user', 'erase', 'hal', '--yes')).stdout).toBe('User hal erased.\n');
    expect((await ciba('user', 'erase', 'gus', '--confirm', 'gus')).stdout).toBe('User gus erased.\n');
    expect(await ciba('user', 'erase', 'gus', '--confirm', 'gus')).toEqual(noUser('gus'));
  });

  it.concurrent.each([
    [
      'a name that is taken',
      ['user', 'create', '--email', 'anna@example.com'],
      'This email is taken. ciba user show "anna@example.com" says who has it.',
    ],
    [
      'a malformed number',
      ['user', 'create', '--phone-number', '12'],
      'phone_number must be an E.164 number as +4912345678. The help of the command says what each value must be.',
    ],
    [
      'an unknown device',
      ['device', 'remove', 'anna', 'nothing', '--yes'],
      'There is no device "nothing". ciba device list shows all devices of a user.',
    ],
  ])('%s is refused in the words of error_description, with what to do next: exit 1', async (_, args, message) => {
    expect(await ciba(...args)).toEqual(refusal(message));
  });

  it.concurrent.each([
    ['user', 'block'],
    ['ticket', 'create'],
    ['ticket', 'list'],
    ['ticket', 'end'],
    ['device', 'list'],
  ])('%s %s repeats the name of an unknown user', async (noun, name) => {
    expect(await ciba(noun, name, 'nobody')).toEqual(noUser('nobody'));
  });
});

describe('ticket and device', () => {
  it('ticket create tells ticket, URI and expiry; the QR code only when a person looks or asks', async () => {
    const { code, stdout } = await ciba('ticket', 'create', 'anna');
    expect(code).toBe(0);
    const [, ticket = ''] = /^ticket +([\w-]{43})$/m.exec(stdout) ?? [];
    expect(stdout).toContain(
      `uri      ciba://enrol?issuer=${encodeURIComponent(`${runtime.url}/`)}&ticket=${ticket}\n`,
    );
    expect(stdout).toMatch(/^expires +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, in 10 minutes$/m);
    expect(stdout).not.toContain('\u2588');
    const drawn = (await ciba('ticket', 'create', 'anna', '--qr')).stdout;
    expect(drawn.split('\n').filter((line) => line.includes('\u2588')).length).toBeGreaterThan(15);
  });

  it('ticket list shows the ticket without its secret; ticket end ends it', async () => {
    const { ticket, ticket_id } = jsonOf<Record<string, string>>(await ciba('ticket', 'create', 'anna', '--json'));
    const { stdout } = await ciba('ticket', 'list', 'anna');
    expect(stdout).toMatch(/^TICKET ID +ISSUED +EXPIRES +USED BY DEVICE$/m);
    expect(stdout).toMatch(new RegExp(`^${ticket_id} +\\d{4}-.+Z +\\d{4}-.+Z`, 'm'));
    expect(stdout).not.toContain(ticket);
    const json = (await ciba('ticket', 'list', 'anna', '--json')).stdout;
    expect(json).toBe(`${await api('/admin/users/crm%7C4711/tickets')}\n`);
    expect((await ciba('ticket', 'end', 'anna')).stdout).toBe(
      'No phone can enrol for user crm|4711 until you create a new ticket.\n',
    );
    expect((await ciba('ticket', 'list', 'anna')).stdout).toBe('No ticket that a phone can use.\n');
  });

  it('a phone enrols by the ticket, is listed, and is removed', async () => {
    expect((await ciba('device', 'list', 'anna')).stdout).toContain('No devices yet');
    const { uri } = jsonOf<{ uri: string }>(await ciba('ticket', 'create', 'anna', '--json'));
    const own = { name: "Anna's phone", pushToken: 'push-token-of-anna', now: () => runtime.now() };
    const { deviceId } = (await Phone.enrol(uri, own)).identity;
    const { stdout } = await ciba('device', 'list', 'anna@example.com');
    expect(stdout).toMatch(/^DEVICE ID +NAME +PLATFORM +PUSH +ENROLLED$/m);
    expect(stdout).toMatch(new RegExp(`^${deviceId} +Anna's phone +GCM +reachable +\\d{4}-.+Z$`, 'm'));
    const json = (await ciba('device', 'list', 'anna', '--json')).stdout;
    expect(json).toBe(`${await api('/admin/users/crm%7C4711/devices')}\n`);
    expect((await ciba('device', 'remove', 'anna', '--yes', '--', deviceId)).stdout).toBe(
      `Device ${deviceId} removed.\n`,
    );
    expect(jsonOf(await ciba('device', 'list', 'anna', '--json'))).toEqual({ devices: [] });
  });
});

describe('user code', () => {
  const setCode = (user: string, input: string) =>
    cibaProcess(['user', 'set-code', user], { env: { CIBA_URL: runtime.url }, input });

  it('is read from standard input, shown by nobody, and told by the instant when it was set', async () => {
    await ciba('user', 'create', '--sub', 'gil', '--name', 'Gil');
    const set = await setCode('gil', 'a secret of Gil\n');
    expect(set).toEqual({ code: 0, stdout: 'Clients need the user code to ask gil now.\n', stderr: '' });
    expect((await ciba('user', 'show', 'gil')).stdout).toMatch(/^user code +set \S+Z$/m);
    expect(await ciba('user', 'remove-code', 'gil', '--yes')).toMatchObject({ code: 0 });
    expect((await ciba('user', 'show', 'gil')).stdout).not.toContain('user code');
  });

  it('is no argument, and is refused if it is too short, without a word of it', async () => {
    await ciba('user', 'create', '--sub', 'emil', '--name', 'Emil');
    expect((await ciba('user', 'set-code', 'emil', '4711')).code).toBe(2);
    const { code, stderr } = await setCode('emil', '123');
    expect(code).toBe(1);
    expect(stderr).toContain('user_code must be 4 to 64 letters');
    expect(stderr).not.toContain('123');
  });

  it('that is not there cannot be removed', async () => {
    await ciba('user', 'create', '--sub', 'fay', '--name', 'Fay');
    const { code, stderr } = await ciba('user', 'remove-code', 'fay', '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('ciba user set-code')]);
  });
});
