import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Run = { readonly code: number | null; readonly output: string };

const children = new Set<ChildProcessWithoutNullStreams>();
let url = '';

/** Starts a script of the repository, as the examples' help shows it. */
function script(path: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path, ...args], { env: { ...process.env, CIBA_URL: url, ...environment } });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise<Run>((resolve) =>
    child.once('close', (code) => {
      children.delete(child);
      resolve({ code, output });
    }),
  );
  const says = (text: RegExp): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const look = () => text.test(output) && resolve(undefined);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      child.once('close', () => reject(new Error(`it ended without ${text}: ${output}`)));
      look();
    });
  return { child, ended, says, output: () => output };
}

const run = (path: string, args: readonly string[], environment?: Record<string, string>): Promise<Run> =>
  script(path, args, environment).ended;

beforeAll(async () => {
  const start = script('local/start.ts', ['--port', '0', '--limits', 'off']);
  await start.says(/^ready http:\S+$/m);
  url = /^ready (http:\S+)$/m.exec(start.output())?.[1] ?? '';
});
afterAll(() => {
  for (const child of children) child.kill('SIGTERM');
});

const EXAMPLES = ['call-centre', 'kiosk', 'bank-transfer', 'ping-client', 'push-client', 'long-approval'] as const;
const ENDINGS = {
  'call-centre': { allow: 'Confirmed: this is Ana Lindqvist', deny: 'The user denied.' },
  kiosk: { allow: 'The bike API: unlocked for ana', deny: 'The bike stays locked: the user denied.' },
  'bank-transfer': { allow: 'Sent: approved', deny: 'Nothing was sent. The user denied.' },
  'ping-client': { allow: 'Pinged, and fetched the tokens of Ana Lindqvist with one call.', deny: 'The user denied.' },
  'long-approval': { allow: 'every 120 s.\nSigned by Ana Lindqvist.', deny: 'There are 72 hours to answer' },
  'push-client': { allow: 'Pushed: the tokens of ana, checked.', deny: 'Pushed: access_denied.' },
};

describe('an example', () => {
  it.each(EXAMPLES)('%s ends in what it is for, and a denial ends as plainly', async (name) => {
    const environment = { PORT: '0' };
    const allowed = await run(`examples/${name}.ts`, ['--answer', 'allow'], environment);
    const denied = await run(`examples/${name}.ts`, ['--answer', 'deny'], environment);
    expect(allowed.output).toContain(ENDINGS[name].allow);
    expect(allowed.code).toBe(0);
    expect(denied.output).toContain(ENDINGS[name].deny);
    expect(denied.code).toBe(1);
  });

  it('number-matching shows both directions, and the tokens say that two channels were used', async () => {
    const { code, output } = await run('examples/number-matching.ts', ['--answer', 'allow']);
    expect(output).toMatch(/Type \d\d on your phone\.[\s\S]*The phone shows \d\d, and the client sends it\./);
    expect(output.match(/The numbers matched: amr is .*mca/g)).toHaveLength(2);
    expect(code).toBe(0);
  });

  it.each([[], ['--answer', 'allow']])(
    'withdrawal %j takes a request back, and a late poll gets no tokens',
    async (...args) => {
      const { code, output } = await run('examples/withdrawal.ts', args);
      expect(output).toContain('the prompt is gone');
      expect(output).toContain('A late poll gets access_denied: The client withdrew the authorization request.');
      expect(code).toBe(0);
    },
  );

  it.each([
    ['call-centre', ['--help'], {}, 0, /^A call centre verifies[\s\S]*--answer/],
    ['kiosk', ['--anwser', 'allow'], {}, 1, /^There is no option --anwser\./],
    ['bank-transfer', ['--answer', 'perhaps'], {}, 1, '--answer must be allow or deny, not "perhaps".'],
    ['call-centre', ['--url', 'nonsense'], {}, 1, '--url or CIBA_URL must be a URL'],
    ['call-centre', [], { CIBA_URL: 'http://localhost:9' }, 1, 'No provider answers at http://localhost:9.'],
    ['kiosk', [], { LOGIN_HINT: 'nobody' }, 1, 'No user is registered under this name.'],
    ['ping-client', ['--help'], {}, 0, /^A client that is pinged/],
    ['push-client', [], { PORT: '0', LOGIN_HINT: 'nobody' }, 1, 'No user is registered under this name.'],
    ['phone', ['--help'], {}, 0, /^A phone in the terminal/],
    ['phone', ['--ulr', 'x'], {}, 1, /^There is no option --ulr\./],
    ['phone', ['nobody@example.com'], {}, 1, 'There is no user nobody@example.com'],
    ['phone', ['ciba:x'], {}, 1, 'A ticket looks like this: ciba://enrol'],
    ['phone', [], { CIBA_URL: 'http://localhost:9' }, 1, 'No provider answers at http://localhost:9.'],
  ])('%s %j %j ends with %i and one sentence', async (name, args, environment, code, sentence) => {
    const ended = await run(`examples/${name}.ts`, args, environment);
    expect(ended.output).toMatch(sentence);
    expect(ended.output).not.toMatch(/^ {4}at |node:internal/m);
    expect(ended.code).toBe(code);
  });
});

describe('the phone in the terminal', () => {
  it('denies only when it is told to, and drops a request that was answered elsewhere', async () => {
    const phone = script('examples/phone.ts', ['bo@example.com']);
    await phone.says(/Enrolled as device/);

    const first = script('examples/call-centre.ts', [], { LOGIN_HINT: 'bo@example.com' });
    await phone.says(/Harbor Call Centre asks/);
    phone.child.stdin.write('\n');
    await phone.says(/Type a or d\./);
    phone.child.stdin.write('d\n');
    await phone.says(/Denied\./);
    expect((await first.ended).output).toContain('The user denied.');

    const second = run('examples/call-centre.ts', ['--answer', 'allow'], { LOGIN_HINT: 'bo@example.com' });
    await phone.says(/It was answered elsewhere\./);
    expect((await second).output).toContain('Confirmed: this is Bo Okafor');

    const third = script('examples/call-centre.ts', [], { LOGIN_HINT: 'bo@example.com' });
    await phone.says(/elsewhere\.[\s\S]*Harbor Call Centre asks/);
    phone.child.stdin.write('approve\n');
    expect((await third.ended).output).toContain('Confirmed: this is Bo Okafor');
  });
});
