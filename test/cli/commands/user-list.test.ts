import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba as cibaProcess, jsonOf } from '../support/ciba-process.ts';

let runtime: Runtime;
const logs: string[] = [];
const ciba = (...args: readonly string[]) => cibaInOne(args, { env: { CIBA_URL: runtime.url } });
const create = (...options: readonly string[]) => ciba('user', 'create', ...options);
type Listed = { readonly users: readonly { readonly sub: string }[]; readonly next?: string };

beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0, onLog: (_name, line) => logs.push(line) });
  for (const sub of ['list-a', 'list-b', 'list-c']) await create('--sub', sub, '--email', `${sub}@example.com`);
  await create('--sub', 'nameless', '--preferred-username', 'list-a');
  await ciba('user', 'block', 'list-b', '--by', 'sub');
});
afterAll(() => runtime.close());

describe('user list', () => {
  it('shows users in a table, and says how to go on', async () => {
    const { code, stdout, stderr } = await ciba('user', 'list', '--sub-prefix', 'list-', '--limit', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^SUB +NAME +KNOWN AS +STATUS +PHONES +CREATED\nlist-a +- +list-a@example\.com +active +0 +\S+Z\nlist-b .* blocked .*\n$/,
    );
    expect(stderr).toBe('ciba: There are more users. Go on with --after list-b, or show them all with --all.\n');
    const next = await ciba('user', 'list', '--sub-prefix', 'list-', '--after', 'list-b');
    expect([next.stdout.split('\n').length, next.stderr]).toEqual([3, '']);
  });

  it('prints the answer of the API with --json, and with --all one with everybody', async () => {
    const page = jsonOf<Listed>(await ciba('user', 'list', '--sub-prefix', 'list-', '--limit', '1', '--json'));
    expect(page).toMatchObject({ users: [{ sub: 'list-a', devices: 0 }], next: 'list-a' });
    const all = jsonOf<Listed>(await ciba('user', 'list', '--sub-prefix', 'list-', '--all', '--json'));
    expect([all.users.length, all.next]).toEqual([3, undefined]);
  });

  it.each([
    [['--blocked'], ['list-b']],
    [['--no-blocked'], ['list-a', 'list-c']],
    [['--has-device'], []],
    [
      ['--created-after', '1h', '--no-has-device'],
      ['list-a', 'list-b', 'list-c'],
    ],
    [['--created-after', '2100-01-01'], []],
    [['--email-prefix', 'LIST-C'], ['list-c']],
  ])('takes the filters %j', async (filters, subs) => {
    const { users } = jsonOf<Listed>(await ciba('user', 'list', '--sub-prefix', 'list-', ...filters, '--json'));
    expect(users.map(({ sub }) => sub)).toEqual(subs);
  });

  it('says that there are none', async () => {
    expect(await ciba('user', 'list', '--sub-prefix', 'zzz')).toEqual({ code: 0, stdout: 'No users.\n', stderr: '' });
  });

  it.each([
    [['--limit', '0'], '--limit must be 1 or more'],
    [['--limit', 'many'], '--limit must be a whole number, not "many"'],
    [['--all', '--limit', '3'], '--all and --limit exclude each other'],
    [['--created-after', 'yesterday'], '"yesterday" is no instant'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await ciba('user', 'list', ...options);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses to find the empty word, in words of its own', async () => {
    const { code, stderr } = await ciba('user', 'find', '');
    expect([code, stderr]).toEqual([2, expect.stringContaining('WORD is empty')]);
    expect(stderr).not.toContain('login_hint');
  });

  it('reads on where a page has nobody, because the filter left everybody out', async () => {
    const pages = [
      { users: [], next: 'a' },
      { users: [], next: 'b' },
      { users: [{ sub: 'c', devices: 0 }], next: 'c' },
      { users: [{ sub: 'd', devices: 0 }] },
    ];
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () => {
          asked.push(JSON.parse(body));
          response.setHeader('content-type', 'application/json').end(JSON.stringify(pages.shift()));
        });
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port))),
    );
    const env = { CIBA_URL: `http://127.0.0.1:${port}` };
    const list = await cibaInOne(['user', 'list', '--blocked', '--limit', '2', '--json'], { env });
    server.close();
    expect(jsonOf<Listed>(list)).toEqual({
      users: [
        { sub: 'c', devices: 0 },
        { sub: 'd', devices: 0 },
      ],
    });
    expect(asked).toEqual([
      { blocked: true, limit: 2 },
      { blocked: true, limit: 2, after: 'a' },
      { blocked: true, limit: 2, after: 'b' },
      { blocked: true, limit: 1, after: 'c' },
    ]);
  });
});

describe('user find', () => {
  it.each(['list-c', 'LIST-C@example.com'])('finds a user by %s, exactly', async (word) => {
    const { users } = jsonOf<Listed>(await ciba('user', 'find', word, '--json'));
    expect(users.map(({ sub }) => sub)).toEqual(['list-c']);
    expect((await ciba('user', 'find', word)).stdout).toMatch(
      /^sub +list-c\nstatus +active\nemail +list-c@example\.com\n/,
    );
  });

  it('shows both users where a word is the sub of one and a name of the other', async () => {
    const { users } = jsonOf<Listed>(await ciba('user', 'find', 'list-a', '--json'));
    expect(users).toMatchObject([
      { sub: 'list-a', found_by: 'sub' },
      { sub: 'nameless', found_by: 'login_hint' },
    ]);
  });

  it('repeats a word that names nobody, and says what to do', async () => {
    const { code, stderr } = await ciba('user', 'find', 'list-');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ciba: There is no user "list-"\. .*ciba user list shows users/);
  });
});

describe('user create', () => {
  it('wants a name by which somebody can name the user', async () => {
    const { code, stderr } = await create('--name', 'Nobody');
    expect(code).toBe(2);
    expect(stderr).toContain('Give --email, --phone-number or --preferred-username, or --sub');
  });
});

describe('user invite', () => {
  type Invitation = { readonly user: { readonly sub: string }; readonly created: boolean; readonly uri: string };

  it('makes a link for a user, whatever names them, and says how long it is valid', async () => {
    const { code, stdout, stderr } = await ciba('user', 'invite', 'list-c@example.com');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^ciba:\/\/enrol\?issuer=\S+&ticket=\S+\n\nlist-c@example\.com can enrol one phone with it\. It expires in 10 minutes\.\n$/,
    );
    expect(stdout).not.toContain('\u001B');
    expect((await ciba('user', 'invite', 'list-c', '--qr')).stdout).toContain('\u001B[97;40m');
  });

  it('has the user, the link and its end as JSON', async () => {
    const invitation = jsonOf<Invitation>(await ciba('user', 'invite', 'list-c', '--json'));
    expect(invitation).toEqual({
      user: expect.objectContaining({ sub: 'list-c' }),
      created: false,
      uri: expect.stringContaining('ticket='),
      ticket_id: expect.any(String),
      expires_at: expect.any(Number),
    });
    const ticket = new URL(invitation.uri).searchParams.get('ticket') ?? '';
    expect(logs.filter((line) => line.includes(ticket))).toEqual([]);
  });

  it.each([
    ['new@example.com', { email: 'new@example.com' }],
    ['+49 30 123456', { phone_number: '+4930123456' }],
    ['newcomer', { preferred_username: 'newcomer' }],
  ])('creates a user named %s with --create alone', async (word, claims) => {
    const refused = await ciba('user', 'invite', word);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `ciba: There is no user "${word}". To create and invite them: add --create.\n`,
    ]);
    const made = jsonOf<Invitation>(await ciba('user', 'invite', word, '--create', '--name', 'New', '--json'));
    expect(made).toMatchObject({ user: { ...claims, name: 'New' }, created: true });
    const again = jsonOf<Invitation>(await ciba('user', 'invite', word, '--create', '--json'));
    expect(again).toMatchObject({ user: { sub: made.user.sub }, created: false });
  });
});

describe('an invitation by sub', () => {
  it('creates a user with this sub', async () => {
    const made = jsonOf(await ciba('user', 'invite', 'crm-9', '--create', '--by', 'sub', '--json'));
    expect(made).toMatchObject({ user: { sub: 'crm-9' }, created: true });
  });
});

describe('completion', () => {
  it('offers the subs that begin with what is typed, from any deployment', async () => {
    const asked = await cibaProcess(['__complete', 'user', 'show', 'list-'], { env: { CIBA_URL: runtime.url } });
    expect(asked).toEqual({ code: 0, stdout: 'list-a\nlist-b\nlist-c\n', stderr: '' });
  });
});
