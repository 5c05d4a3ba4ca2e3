import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configurationPath } from '../../../cli/deployment/contexts.ts';
import { type Naming, readDeployment } from '../../../cli/deployment/deployment.ts';
import { goodAccount, STACK } from '../doctor/doctor-deployment.ts';
import { FakeAws } from '../support/aws-account.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { jsonOf } from '../support/ciba-process.ts';

let home: string;
let env: Record<string, string>;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ciba-contexts-'));
  env = { XDG_CONFIG_HOME: home };
});
afterEach(() => rmSync(home, { recursive: true }));

const ciba = (...args: string[]) => cibaInOne(args, { env });
const write = (text: string) => {
  mkdirSync(join(home, 'ciba'));
  writeFileSync(join(home, 'ciba/config.json'), text);
};
const PRODUCTION = ['context', 'add', 'production', '--url', 'https://login.example.com'];

describe('which deployment a command means', () => {
  const contexts = {
    used: { url: 'https://used.example', stack: 'ciba-used', region: 'eu-west-1', profile: 'used' },
    named: { url: 'https://named.example' },
  };
  beforeEach(() => write(JSON.stringify({ current: 'used', contexts })));

  const all: Required<Pick<Naming, 'url' | 'stack' | 'context'>> & { set: string } = {
    url: 'https://url.example',
    stack: 'ciba-stack',
    context: 'named',
    set: 'https://environment.example',
  };
  it.each([
    ['--url before everything', all, { origin: 'https://url.example', urlFrom: '--url' }],
    ['--url brings no stack of the context', { ...all, stack: undefined }, { stack: undefined, profile: undefined }],
    [
      '--stack before --context',
      { ...all, url: undefined },
      { urlFrom: '--stack', isLocal: false, context: undefined },
    ],
    [
      '--context before CIBA_URL',
      { context: 'named', set: all.set },
      { origin: 'https://named.example', urlFrom: 'context', context: 'named', stack: undefined },
    ],
    [
      'CIBA_URL before the context in use',
      { set: all.set },
      { origin: all.set, urlFrom: 'CIBA_URL', context: undefined, stack: undefined },
    ],
    [
      'the context in use before the local runtime, with all that it knows',
      {},
      {
        origin: 'https://used.example',
        context: 'used',
        region: 'eu-west-1',
        profile: 'used',
        stack: { name: 'ciba-used', from: 'context' },
      },
    ],
    [
      '--region and --profile before those of the context',
      { region: 'us-east-1', profile: 'mine' },
      { origin: 'https://used.example', region: 'us-east-1', profile: 'mine' },
    ],
    ['--context local is the local runtime', { context: 'local' }, { origin: 'http://localhost:3000', isLocal: true }],
    ['--context local is CIBA_URL where it is set', { context: 'local', set: all.set }, { origin: all.set }],
  ])('%s', (_, { set, ...given }: Naming & { set?: string }, expected) => {
    const environment = { XDG_CONFIG_HOME: home, ...(set !== undefined && { CIBA_URL: set }) };
    expect(readDeployment(given, environment)).toMatchObject(expected);
  });

  it('the local runtime, where nothing else is said', () => {
    expect(readDeployment({}, { XDG_CONFIG_HOME: join(home, 'empty') })).toMatchObject({
      origin: 'http://localhost:3000',
      isLocal: true,
      context: 'local',
      urlFrom: undefined,
    });
  });

  it('is what ciba context show says', async () => {
    const shown = jsonOf(await ciba('context', 'show', '--json'));
    expect(shown).toMatchObject({ context: 'used', url: 'https://used.example', named_by: 'the context' });
    const other = jsonOf(await ciba('context', 'show', '--url', 'https://a.example', '--json'));
    expect(other).toMatchObject({ url: 'https://a.example', named_by: '--url' });
  });
});

describe('the configuration', () => {
  it('is in XDG_CONFIG_HOME if that is absolute, or else in the home folder', () => {
    expect(configurationPath({ XDG_CONFIG_HOME: '/x', HOME: '/h' })).toBe('/x/ciba/config.json');
    expect(configurationPath({ XDG_CONFIG_HOME: 'x', HOME: '/h' })).toBe('/h/.config/ciba/config.json');
    expect(configurationPath({ HOME: '/h' })).toBe('/h/.config/ciba/config.json');
  });

  it('is a file that only its owner can read, without a secret', async () => {
    const more = ['--stack', 'ciba-main', '--region', 'eu-central-1', '--profile', 'ops'];
    expect((await ciba(...PRODUCTION, ...more)).code).toBe(0);
    const file = join(home, 'ciba/config.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'ciba')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      current: 'local',
      contexts: {
        production: {
          url: 'https://login.example.com',
          stack: 'ciba-main',
          region: 'eu-central-1',
          profile: 'ops',
        },
      },
    });
  });

  it.each([
    ['{"current": "local",', /config\.json is not JSON: line 1, column 21: expected the name of a member/, 2],
    ['{"current": "local"}', /config\.json is wrong at contexts\. Correct the file, or delete it/, 1],
    ['{"current": "local", "contexts": {"a": {}}}', /config\.json is wrong at contexts\.a\.url\./, 1],
  ])('%s is told, and --url still works', async (text, message, code) => {
    write(text);
    const told = await ciba('context', 'list');
    expect(told).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect((await ciba('context', 'show', '--url', 'https://a.example')).code).toBe(0);
  });

  it('that cannot be written is told with what to do', async () => {
    writeFileSync(join(home, 'ciba'), '');
    const { code, stderr } = await ciba(...PRODUCTION);
    expect(code).toBe(1);
    expect(stderr).toMatch(/config\.json can't be written \(\w+\)\. Change its permissions, or set XDG_CONFIG_HOME\./);
  });
});

describe('ciba context', () => {
  it('adds, uses, lists, shows and removes', async () => {
    await ciba(...PRODUCTION);
    expect((await ciba('context', 'use', 'production')).stdout).toBe(
      'Commands now mean production: https://login.example.com\n',
    );
    const { stdout } = await ciba('context', 'list');
    expect(stdout).toMatch(/^ +local +http:\/\/localhost:3000 +- +- +-$/m);
    expect(stdout).toMatch(/^\* +production +https:\/\/login\.example\.com +- +- +-$/m);
    expect((await ciba('context', 'remove', 'production')).stdout).toBe(
      'Context production removed. Commands now mean local.\n',
    );
    expect(jsonOf(await ciba('context', 'list', '--json'))).toEqual({
      current: 'local',
      contexts: [{ name: 'local', url: 'http://localhost:3000' }],
    });
  });

  it('warns that CIBA_URL counts first', async () => {
    await ciba(...PRODUCTION);
    env = { ...env, CIBA_URL: 'http://localhost:4000' };
    const { stderr } = await ciba('context', 'use', 'production');
    expect(stderr).toBe('ciba: CIBA_URL is set, and counts before the context in use: http://localhost:4000\n');
  });

  it.each([
    ['a name that is there', PRODUCTION, 1, 'There is a context "production" already. To replace it, remove it first'],
    [
      'the name local',
      ['context', 'add', 'local', '--url', 'https://a.example'],
      1,
      'There is a context "local" already',
    ],
    ['a name that is none', ['context', 'add', '../x', '--url', 'https://a.example'], 2, '"../x" must be up to 64'],
    ['nothing to name', ['context', 'add', 'b'], 2, 'Name the deployment: give --url, --stack or both'],
    ['a URL without TLS', ['context', 'add', 'b', '--url', 'http://a.example'], 2, '--url must begin with https://'],
    [
      'a context that is none',
      ['context', 'use', 'prodution'],
      2,
      'There is no context "prodution"; did you mean production?',
    ],
    ['a member of every object', ['context', 'use', 'constructor'], 2, 'There is no context "constructor"'],
    ['the removal of local', ['context', 'remove', 'local'], 1, 'local is always there.'],
  ])('refuses %s', async (_, args, code, message) => {
    await ciba(...PRODUCTION);
    const before = readFileSync(join(home, 'ciba/config.json'), 'utf8');
    expect(await ciba(...args)).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(readFileSync(join(home, 'ciba/config.json'), 'utf8')).toBe(before);
  });
});

describe('--stack', () => {
  const aws = new FakeAws(goodAccount());
  let stackEnv: Record<string, string>;
  beforeAll(async () => {
    const endpoint = await aws.listen();
    stackEnv = {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint,
    };
  });
  afterAll(() => aws.close());
  beforeEach(() => {
    env = { ...env, ...stackEnv };
  });

  it('reads the URL of a new context from the output Issuer', async () => {
    const issuer = aws.account.stack.outputs['Issuer'] ?? '';
    const added = jsonOf(await ciba('context', 'add', 'test', '--stack', STACK, '--json'));
    expect(added).toEqual({ name: 'test', url: new URL(issuer).origin, stack: STACK, region: 'eu-central-1' });
  });

  it('is where any command finds the provider, before CIBA_URL', async () => {
    const account = aws.account.stack;
    const before = { ...account.outputs };
    account.outputs['Issuer'] = 'http://127.0.0.1:9/';
    env = { ...env, CIBA_URL: 'http://127.0.0.1:8' };
    expect((await ciba('client', 'list', '--stack', STACK)).stderr).toContain('No answer from http://127.0.0.1:9');
    delete account.outputs['Issuer'];
    const { code, stderr } = await ciba('client', 'list', '--stack', STACK);
    account.outputs = before;
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('has no output Issuer') });
    expect(existsSync(join(home, 'ciba'))).toBe(false);
  });
});
