import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { freePort } from '../../support/page-terminals.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba as cibaProcess } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';

let runtime: Runtime;
let folder: string;
const ciba = (...args: readonly string[]) => cibaInOne(args, { env: { CIBA_URL: runtime.url } });
beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'ciba-import-'));
});
afterAll(async () => {
  await runtime?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Report = {
  readonly lines: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  readonly unverified_left_out: number;
  readonly dry_run: boolean;
  readonly complete: boolean;
};
type Page = { readonly users: readonly { readonly sub: string }[] };
const reportIn = ({ stdout }: { stdout: string }): Report => JSON.parse(stdout);
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const subsWith = async (prefix: string): Promise<string[]> => {
  const { stdout } = await ciba('user', 'list', '--all', '--sub-prefix', prefix, '--json');
  return (JSON.parse(stdout) as Page).users.map(({ sub }) => sub);
};
const show = async (sub: string) => JSON.parse((await ciba('user', 'show', sub, '--json')).stdout);
/** A CSV file with users whose subjects begin with this, and a mistake on every hundredth line. */
function usersFile(prefix: string, count: number): { path: string; good: string[] } {
  const subs = Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(6, '0')}`);
  const isBad = (at: number) => at % 100 === 50;
  const rows = subs.map((sub, at) => `${sub},${isBad(at) ? 'no address' : `${sub}@import.example`},true,"Name, ${at}"`);
  const path = file(`${prefix}.csv`, `sub,email,email_verified,name\n${rows.join('\n')}\n`);
  return { path, good: subs.filter((_, at) => !isBad(at)) };
}

describe('user import', () => {
  it('creates users from CSV, tells what it rejected, and exits with 7', async () => {
    const path = file(
      'first.csv',
      'sub,email,email_verified,phone_number,preferred_username,name,blocked\ncrm-1,Ann@import.example,true,+49 30 901820,ann,"Smith, Ann",\ncrm-2,,,,,,true\n,bo@import.example,,,,Bo,\ncrm-4,no address,,,,,\n',
    );
    const { code, stdout, stderr } = await ciba('user', 'import', path);
    expect([code, stderr]).toEqual([7, '']);
    expect(stdout).toMatch(/^Read 4 of 4 lines\.\n\ncreated +3\nupdated +0\nunchanged +0\nskipped +0\nrejected +1\n/);
    expect(stdout).toMatch(/LINE +REJECTED BECAUSE\n5 +email must be an e-mail address\.\n/);
    expect(await show('crm-1')).toMatchObject({
      email: 'ann@import.example',
      email_verified: true,
      phone_number: '+4930901820',
      preferred_username: 'ann',
      name: 'Smith, Ann',
    });
    expect(await show('crm-2')).toMatchObject({ blocked: true });
    expect(await show('bo@import.example')).toMatchObject({ name: 'Bo' });
  });

  it('says with --dry-run what would happen, and changes nothing', async () => {
    await ciba('user', 'create', '--sub', 'dry-1', '--email', 'dry@import.example', '--name', 'Old');
    const lines = ['{"sub":"dry-1","name":"New"}', '{"sub":"dry-2"}', '{"sub":"dry-3","email":"dry@import.example"}'];
    const path = file('dry.jsonl', lines.join('\n'));
    const planned = await ciba('user', 'import', path, '--dry-run', '--update', '--json');
    expect([planned.code, reportIn(planned)]).toEqual([
      7,
      {
        ...{ lines: 3, created: 1, updated: 1, unchanged: 0, skipped: 0, dry_run: true, complete: true },
        unverified_left_out: 0,
        rejected: [{ line: 3, reason: 'The email is that of the user dry-1.' }],
      },
    ]);
    expect((await ciba('user', 'import', path, '--dry-run')).stdout).toMatch(
      /^Checked 3 lines\. Nothing was changed\./,
    );
    expect(await subsWith('dry-')).toEqual(['dry-1']);
    expect(await show('dry-1')).toMatchObject({ name: 'Old' });
    const done = await ciba('user', 'import', path, '--update', '--json');
    expect([done.code, reportIn(done)]).toMatchObject([7, { created: 1, updated: 1, rejected: [{ line: 3 }] }]);
    expect(await show('dry-1')).toMatchObject({ name: 'New', email: 'dry@import.example' });
  });

  it('leaves users alone who exist with other values, unless --update', async () => {
    await ciba('user', 'create', '--sub', 'there', '--email', 'there@import.example', '--name', 'Old');
    const text = '{"sub":"there","name":"New"}\n{"email":"THERE@import.example","name":"Other"}\n';
    const skipped = await ciba('user', 'import', file('there.jsonl', text), '--json');
    expect([skipped.code, reportIn(skipped)]).toMatchObject([0, { created: 0, skipped: 2 }]);
    expect(await show('there')).toMatchObject({ name: 'Old' });
    const one = file('one.jsonl', '{"email":"THERE@import.example","name":"New","blocked":true}\n');
    expect(reportIn(await ciba('user', 'import', one, '--update', '--json'))).toMatchObject({ updated: 1 });
    expect(reportIn(await ciba('user', 'import', one, '--update', '--json'))).toMatchObject({ unchanged: 1 });
    expect(await show('there')).toMatchObject({ name: 'New', blocked: true });
  });

  it('leaves out addresses that nobody verified, says how many, and takes them with --unverified', async () => {
    const text =
      'sub,email,email_verified,phone_number,phone_number_verified,name\n' +
      'nv-1,victim@import.example,false,+4930555001,false,Eve\n' +
      'nv-2,nv2@import.example,true,+4930555002,false,Bo\n' +
      'nv-3,nv3@import.example,,,,Cy\n';
    const path = file('unverified.csv', text);
    const planned = reportIn(await ciba('user', 'import', path, '--dry-run', '--json'));
    expect(planned).toMatchObject({ created: 3, unverified_left_out: 3, rejected: [] });
    const { code, stdout } = await ciba('user', 'import', path);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(
        'Left out: 3 e-mail addresses and phone numbers that nobody verified. A wrong one would ring another person. --unverified takes them.',
      ),
    ]);
    expect(await show('nv-1')).toEqual({ sub: 'nv-1', name: 'Eve', created_at: expect.any(Number) });
    expect(await show('nv-2')).toMatchObject({ email: 'nv2@import.example', email_verified: true });
    expect(await show('nv-2')).not.toHaveProperty('phone_number');
    expect(await show('nv-3')).toMatchObject({ email: 'nv3@import.example' });
    // The address is free for the person who has it.
    expect((await ciba('user', 'create', '--email', 'victim@import.example', '--email-verified')).code).toBe(0);
    const taken = await ciba('user', 'import', path, '--update', '--unverified', '--json');
    expect([taken.code, reportIn(taken)]).toMatchObject([
      7,
      { updated: 1, unchanged: 1, rejected: [{ line: 2 }], unverified_left_out: 0 },
    ]);
    expect(await show('nv-2')).toMatchObject({ phone_number: '+4930555002', phone_number_verified: false });
  });

  it('takes with --update no address from a user whose line has it unverified, and changes the rest', async () => {
    await ciba('user', 'create', '--sub', 'keeps', '--email', 'keeps@import.example', '--email-verified');
    const line = { sub: 'keeps', email: 'keeps@import.example', email_verified: false, name: 'New' };
    const other = { ...line, email: 'other@import.example', name: 'Newer' };
    for (const { name, ...one } of [line, other]) {
      const path = file('keeps.jsonl', JSON.stringify({ name, ...one }));
      const ended = await ciba('user', 'import', path, '--update', '--json');
      expect(reportIn(ended)).toMatchObject({ updated: 1, unverified_left_out: 1 });
      expect(await show('keeps')).toMatchObject({ email: 'keeps@import.example', email_verified: true, name });
    }
  });

  it('reads standard input, of another system', async () => {
    const input = JSON.stringify({ id: 'kc-1', username: 'kc.ann', enabled: true, attributes: {} });
    const env = { CIBA_URL: runtime.url };
    const { code } = await cibaProcess(['user', 'import', '-', '--source', 'keycloak'], { env, input });
    expect(code).toBe(0);
    expect(await show('kc-1')).toMatchObject({ preferred_username: 'kc.ann' });
  });

  it('writes a report of rejected lines that only its owner can read, replaces its own, and nothing else', async () => {
    const { path, good } = usersFile('report-', 101);
    const report = join(folder, 'rejected.csv');
    const first = await ciba('user', 'import', path, '--rejected', report);
    expect([first.code, first.stdout]).toEqual([7, expect.stringContaining(`All of them are in ${report}.`)]);
    const text = readFileSync(report, 'utf8');
    expect(text).toMatch(
      /^sub,email,email_verified,name,rejected_line,rejected_because\n\S+,no address,true,"Name, 50",52,/,
    );
    expect(statSync(report).mode & 0o777).toBe(0o600);
    chmodSync(report, 0o644);
    expect((await ciba('user', 'import', path, '--rejected', report)).code).toBe(7);
    expect(statSync(report).mode & 0o777).toBe(0o600);
    const corrected = file('corrected.csv', text.replace('no address', 'right@import.example'));
    expect(reportIn(await ciba('user', 'import', corrected, '--json'))).toMatchObject({ created: 1, rejected: [] });
    expect(await subsWith('report-')).toHaveLength(good.length + 1);
    const { code, stderr } = await ciba('user', 'import', path, '--rejected', path);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is no report of rejected lines')]);
  });

  it.each([
    ['a file that is not there', ['nowhere.csv'], "can't be read: there is no such file"],
    ['a source that is none', ['-', '--source', 'okta'], '--source must be auth0 or keycloak, not "okta"'],
    ['too many calls at once', ['-', '--concurrency', '65'], '--concurrency must be from 1 to 64, not 65'],
  ])('refuses %s', async (_, words, message) => {
    const { code, stderr } = await ciba('user', 'import', ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('shows a file of somebody else, and lets it control no terminal', async () => {
    const controls = '\u001B]0;title\u0007\u009B2J';
    const path = file('controls.csv', `sub,${controls}\na,b\n`);
    const { code, stderr } = await ciba('user', 'import', path);
    expect([code, stderr]).toEqual([2, expect.stringContaining(']0;title')]);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
  });

  it('is stopped by Ctrl-C in the middle, and goes on when it is run again: nobody is made twice or missing', async () => {
    const { path, good } = usersFile('stopped-', 300);
    const env = { CIBA_URL: runtime.url };
    const running = startCiba(['user', 'import', path, '--concurrency', '4', '--json'], { env });
    const isUnderWay = async () => (await subsWith('stopped-')).length > 20;
    await expect.poll(isUnderWay).toBe(true);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('Run the same command again: it goes on and creates no user twice.');
    const first = reportIn(ended);
    expect(first).toMatchObject({ complete: false });
    expect(await subsWith('stopped-')).toHaveLength(first.created);
    const again = await ciba('user', 'import', path, '--json');
    expect(again.code).toBe(7);
    expect(reportIn(again)).toMatchObject({
      unchanged: first.created,
      created: good.length - first.created,
      skipped: 0,
    });
    expect(reportIn(again).rejected.map(({ line }) => line)).toEqual([52, 152, 252]);
    expect(await subsWith('stopped-')).toEqual(good);
  });
});

describe('a provider that does not take every call', () => {
  /** Passes calls on to the provider, but some it answers itself, or not at all. */
  async function between(refuse: (count: number, path: string) => number | 'hang up' | undefined) {
    let count = 0;
    const server = createServer((incoming, response) => {
      count += 1;
      const refused = refuse(count, incoming.url ?? '');
      if (refused === 'hang up') return void incoming.socket.destroy();
      if (refused !== undefined) return void response.writeHead(refused).end('{"message":"Too Many Requests"}');
      const { port } = new URL(runtime.url);
      const { method, url: path, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(onward);
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port))),
    );
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { url: `http://127.0.0.1:${port}`, close };
  }
  const importThrough = async (url: string, path: string) =>
    cibaInOne(['user', 'import', path, '--json'], { env: { CIBA_URL: url } });

  it('and throttles: the import slows down and loses no line', async () => {
    const { path, good } = usersFile('throttled-', 60);
    const proxy = await between((count) => (count % 20 === 0 ? 429 : undefined));
    const ended = await importThrough(proxy.url, path);
    proxy.close();
    expect([ended.code, reportIn(ended)]).toMatchObject([7, { created: good.length, complete: true }]);
    expect(await subsWith('throttled-')).toEqual(good);
  });

  it('and loses answers: a creation that was made all the same is not made twice', async () => {
    const { path, good } = usersFile('lost-', 30);
    const env = { CIBA_URL: runtime.url };
    let isLost = true;
    const proxy = await between((_, url) => {
      if (url !== '/admin/users' || !isLost) return undefined;
      isLost = false;
      return 'hang up';
    });
    const ended = await importThrough(proxy.url, path);
    proxy.close();
    expect([ended.code, reportIn(ended)]).toMatchObject([0, { created: good.length, complete: true }]);
    expect(await subsWith('lost-')).toEqual(good);
    expect((await cibaInOne(['user', 'import', path], { env })).code).toBe(0);
  });

  it('and refuses this identity: the import ends at once, and says so', async () => {
    const { path } = usersFile('denied-', 30);
    let calls = 0;
    const proxy = await between(() => {
      calls += 1;
      return 403;
    });
    const { code, stderr } = await importThrough(proxy.url, path);
    proxy.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining('The import is not complete')]);
    expect(calls).toBeLessThan(10);
  });

  it('or is not there: the import ends at once', async () => {
    const { path } = usersFile('absent-', 3);
    const absent = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await importThrough(absent, path);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`No answer from ${absent}: nothing listens there`)]);
    expect(stderr).not.toContain('tries again');
  });
});
