import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vocabulary } from '../../../cli/commands/registry.ts';
import { functions } from '../../../infra/functions/deployed-functions.ts';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne as ciba } from '../support/ciba-in-one.ts';
import { ciba as cibaAlone } from '../support/ciba-process.ts';

const { nouns, standalone } = vocabulary;
let runtime: Runtime;
let env: Record<string, string>;
beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  env = { CIBA_URL: runtime.url };
  await ciba(['user', 'create', '--preferred-username', 'anna'], { env });
});
afterAll(() => runtime.close());

describe('help', () => {
  it('of ciba names every noun and command, the exit codes and how to sign, and exits 0', async () => {
    const { code, stdout, stderr } = await cibaAlone(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name } of [...nouns, ...standalone]) expect(stdout).toContain(`${name} `);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'create, list, show, update, delete, test, rotate-secret, end-old-secret, new-secret',
    );
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Exit codes: 0 done; 1 refused, no answer, or something is broken; 2 wrong usage; 3 ciba ask: denied;',
    );
    expect(stdout).toContain('SigV4');
  });

  it.concurrent.each(nouns.map((noun) => [noun.name, noun] as const))(
    'of ciba %s names its commands',
    async (name, noun) => {
      const { code, stdout } = await ciba([name, '-h']);
      expect(code).toBe(0);
      for (const { name: command, about } of noun.commands) {
        expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
        expect(stdout.replaceAll(/\s+/g, ' ')).toContain(about);
      }
    },
  );

  const commands = [
    ...nouns.flatMap((noun) => noun.commands.map((command) => [`${noun.name} ${command.name}`, command] as const)),
    ...standalone.map((command) => [command.name, command] as const),
  ];
  it.concurrent.each(commands)(
    'of ciba %s has usage, every option, and examples that can be typed',
    async (words, command) => {
      const { code, stdout } = await ciba([...words.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: ciba ${words}`);
      for (const name of Object.keys(command.options)) expect(stdout).toContain(`--${name}`);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) expect(stdout).toContain(`  ${example}`);
      for (const example of command.examples) expect(example).toContain(`ciba ${words}`);
      const longest = Math.max(...stdout.split('\n').map((line) => line.length));
      expect(longest).toBeLessThanOrEqual(120);
    },
  );

  it('is told even when the rest of the line is wrong', async () => {
    expect((await ciba(['client', 'create', '--nonsense', '--help'])).code).toBe(0);
  });
});

describe('wrong usage exits 2, says what to do on stderr, and prints nothing on stdout', () => {
  it.concurrent.each([
    ['an unknown option, with the nearest', ['client', 'create', '--client-nam', 'A'], 'did you mean --client-name?'],
    [
      'an unknown option, by one of its words',
      ['user', 'create', '--username', 'a'],
      'did you mean --preferred-username?',
    ],
    ['an unknown option near nothing', ['client', 'list', '--zzzzzz'], 'There is no option --zzzzzz'],
    ['an unknown noun', ['clinet', 'list'], 'There is no ciba clinet; did you mean ciba client?'],
    ['an unknown command', ['client', 'creat'], 'did you mean ciba client create?'],
    ['an unknown command near nothing', ['device', 'frobnicate'], 'choose one of list, remove'],
    ['a command that stands alone, with the nearest', ['docter'], 'There is no ciba docter; did you mean ciba doctor?'],
    ['a word too many after one', ['doctor', 'ciba-main'], '"ciba-main" is one argument too many'],
    [
      'a stack and a function',
      ['keys', 'rotate', '--stack', 'a', '--function', 'b'],
      '--stack or --function, not both',
    ],
    ['a stack of the local runtime', ['doctor', '--stack', 'a', '--url', 'http://localhost:1'], 'has no stack'],
    ['a stack without a region', ['doctor', '--stack', 'a'], 'The AWS region is not known'],
    [
      'a platform that is none',
      ['push-credentials', 'refresh', '--platform', 'FCM'],
      '--platform must be APNS, APNS_SANDBOX',
    ],
    ['a missing argument', ['client', 'show'], 'CLIENT_ID is missing'],
    ['a second missing argument', ['device', 'remove', 'anna'], 'DEVICE_ID is missing'],
    ['a word too many', ['client', 'show', 'a', 'b'], '"b" is one argument too many'],
    ['an option without its value', ['client', 'create', '--client-name'], '--client-name needs a value'],
    ['an option twice', ['client', 'create', '--scope', 'openid', '--scope', 'email'], '--scope is given twice'],
    ['an argument that begins with a dash', ['client', 'show', '-abc'], 'begins with a dash after --'],
    ['a flag with a value', ['client', 'list', '--json=yes'], '--json takes no value'],
    ['a client without a name', ['client', 'create'], '--client-name is missing'],
    ['an update of nothing', ['client', 'update', 'bank'], 'Nothing to change'],
    ['an update of nothing', ['user', 'update', 'anna'], 'Nothing to change'],
    [
      'a number that is none',
      ['client', 'update', 'a', '--requests-per-minute', 'x'],
      '--requests-per-minute must be a whole number, not "x"',
    ],
    [
      'a pair that is none',
      ['client', 'update', 'a', '--scope-description', 'pay'],
      '"pay" must have the form NAME=TEXT',
    ],
    [
      'a file that is not there',
      ['client', 'create', '--from', '/nope.json'],
      "/nope.json can't be read: there is no such file",
    ],
    ['a word that a URL folds away', ['device', 'remove', 'anna', '..', '--yes'], 'can\'t be ".."'],
    ['a wrong --by', ['user', 'show', 'anna', '--by', 'email'], '--by must be sub or login_hint'],
    ['a URL that is none', ['client', 'list', '--url', 'localhost:3000'], '--url must be a URL'],
    ['a URL with a path', ['client', 'list', '--url', 'https://a.example/prod'], 'scheme and host only'],
    ['a beginning that is none', ['audit', '--since', 'yesterday'], '"yesterday" is no instant: give 2h, 7d'],
    ['a range that ends first', ['audit', '--since', '2h', '--until', '3h'], '--until must be later than --since'],
    ['a stack and a bucket', ['audit', '--stack', 'a', '--bucket', 'b'], '--stack or --bucket, not both'],
    ['a trail without its place', ['audit', '--url', 'https://a.example'], 'give --stack or --bucket'],
    ['a word that names no request', ['evidence', 'verfy'], '"verfy" is no TXN'],
    ['a deployment without TLS', ['client', 'list', '--url', 'http://a.example'], 'must begin with https://'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await ciba(args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^See ciba .*--help$/m);
  });

  it('nothing at all, or a noun alone, shows the help on stderr', async () => {
    for (const args of [[], ['client']]) {
      const { code, stdout, stderr } = await cibaAlone(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Usage: ciba');
    }
  });

  it('a wrong CIBA_URL is told by its name', async () => {
    expect((await ciba(['client', 'list'], { env: { CIBA_URL: 'nonsense' } })).stderr).toContain('CIBA_URL must be');
  });
});

describe('a command starts quickly', () => {
  it('because clients of AWS are imported when one is called', () => {
    const files = globSync('**/*.ts', { cwd: new URL('../../../cli/', import.meta.url) });
    expect(files.length).toBeGreaterThan(30);
    const early = files.filter((file) =>
      /^import (?!type )[^;]*? from '@aws-sdk\/client-/m.test(
        readFileSync(new URL(`../../../cli/${file}`, import.meta.url), 'utf8'),
      ),
    );
    expect(early).toEqual([]);
  });
});

describe('no answer exits 1', () => {
  it('says how to start the local runtime when nothing listens', async () => {
    const other = await startRuntime({ ...prepared(), port: 0 });
    await other.close();
    const { code, stdout, stderr } = await cibaAlone(['client', 'list', '--url', other.url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `ciba: No answer from ${other.url}: nothing listens there. Start the provider with npm start, or give --url.\n`,
    );
  });

  it('says so when a host answers something else than the admin API', async () => {
    const other = createServer((_, response) => response.end('<h1>It works</h1>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await ciba(['client', 'list', '--url', `http://127.0.0.1:${port}`]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `ciba: http://127.0.0.1:${port} answered 200, as no Serverless CIBA provider does. Check --url, or the context.\n`,
    );
  });
});

describe('docs/admin-api.md', () => {
  const document = readFileSync(new URL('../../../docs/admin-api.md', import.meta.url), 'utf8');

  it.each(functions.admin.routes)('describes %s with an example', (route) => {
    const section = document.split(`### \`${route}\`\n`)[1]?.split('\n#')[0];
    expect(section).toMatch(/^curl /m);
    expect(section).toMatch(/^(20[014]|400)\b/m);
  });
});
