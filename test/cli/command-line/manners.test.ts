import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba } from '../support/ciba-process.ts';

describe('the version', () => {
  it.each([['--version'], ['version']])('is what ciba %s prints', async (word) => {
    expect(await cibaInOne([word])).toEqual({ code: 0, stdout: `ciba ${packageJson.version}\n`, stderr: '' });
  });

  it('is JSON for scripts', async () => {
    expect((await cibaInOne(['--version', '--json'])).stdout).toBe(`{"version":"${packageJson.version}"}\n`);
  });
});

describe('help', () => {
  it.each([
    [['help'], ['--help']],
    [
      ['help', 'client'],
      ['client', '--help'],
    ],
    [
      ['client', 'help'],
      ['client', '--help'],
    ],
    [
      ['help', 'client', 'create'],
      ['client', 'create', '--help'],
    ],
    [
      ['client', 'help', 'create'],
      ['client', 'create', '--help'],
    ],
    [
      ['help', 'doctor'],
      ['doctor', '--help'],
    ],
    [
      ['evidence', 'help'],
      ['evidence', '--help'],
    ],
  ])('by %j is the same as by %j', async (words, option) => {
    const [one, other] = await Promise.all([cibaInOne(words), cibaInOne(option)]);
    expect(one).toEqual(other);
    expect(one.code).toBe(0);
  });

  it('of a word that is none suggests the nearest', async () => {
    expect((await cibaInOne(['hepl'])).stderr).toContain('There is no ciba hepl; did you mean ciba help?');
    expect((await cibaInOne(['client', 'hlep'])).stderr).toContain('did you mean ciba client help?');
    const { code, stderr } = await cibaInOne(['help', 'clinet']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean ciba client?') });
  });
});

describe('a mistyped', () => {
  it.each([
    ['option', ['user', 'create', '--nmae', 'Anna'], 'There is no option --nmae; did you mean --name?'],
    ['option of several words', ['client', 'create', '--nmae', 'x'], 'There is no option --nmae; did you mean --'],
    [
      'value of a choice',
      ['client', 'update', 'a', '--backchannel-token-delivery-mode', 'pnig'],
      '--backchannel-token-delivery-mode must be poll, ping or push, not "pnig"; did you mean ping?',
    ],
    [
      'value without a near one',
      ['client', 'update', 'a', '--backchannel-token-delivery-mode', 'carrier'],
      '--backchannel-token-delivery-mode must be poll, ping or push, not "carrier"',
    ],
    ['value of a list', ['push-credentials', 'refresh', '--platform', 'APSN'], 'did you mean APNS?'],
    ['argument', ['log-level', 'set', 'debgu'], 'LEVEL must be info or debug, not "debgu"; did you mean debug?'],
    ['context', ['client', 'list', '--context', 'locl'], 'There is no context "locl"; did you mean local?'],
  ])('%s is answered with the nearest', async (_, args, message) => {
    const { code, stdout, stderr } = await cibaInOne(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('broken JSON', () => {
  it.each([
    ['{"client_name": "A",}', 'line 1, column 21: expected the name of a member in double quotation marks'],
    ['{\n  "client_name": "A"\n  "scope": "x"\n}', 'line 3, column 3: expected a comma or }'],
    ['{"client_name": "A"', 'line 1, column 20: expected a comma or }, but it ends here'],
    ["{'client_name': 1}", 'line 1, column 2: expected the name of a member in double quotation marks, or }'],
    ['{"a": [1, 2}', 'line 1, column 12: expected a comma or ]'],
    ['{"a" 1}', 'line 1, column 6: expected a colon'],
    ['{"a": 01}', 'line 1, column 7: expected a value'],
    ['{"a": "b\n"}', 'line 1, column 7: expected a text in quotation marks without line breaks'],
    ['{} {}', 'line 1, column 4: expected the end of the file'],
    ['', 'it is empty'],
  ])('%j is told with line, column and what is wrong', async (input, message) => {
    const { code, stderr } = await ciba(['client', 'create', '--from', '-'], { input });
    expect(code).toBe(2);
    expect(stderr).toContain(`ciba: Standard input is not JSON: ${message}`);
  });

  it('that is JSON, but no object, is told as such', async () => {
    const { stderr } = await ciba(['client', 'create', '--from', '-'], { input: '[1]' });
    expect(stderr).toContain('Standard input must contain a JSON object');
  });
});

describe('an address', () => {
  it('that speaks http is told as such for https, without a word of the TLS library', async () => {
    const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await ciba(['client', 'list', '--url', `https://127.0.0.1:${port}`]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `ciba: No answer from https://127.0.0.1:${port}: this speaks http, not https. Give --url http://127.0.0.1:${port}.\n`,
    );
  });

  it('whose answer is broken is told in our words', async () => {
    const server = createServer(({ socket }) => socket.end('no http\r\n\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { stderr } = await ciba(['client', 'list', '--url', `http://127.0.0.1:${port}`]);
    server.close();
    expect(stderr).toMatch(/^ciba: No answer from \S+: this does not speak http\. Start the provider .+\n$/);
  });
});
