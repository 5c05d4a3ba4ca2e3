import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vocabulary } from '../../../cli/commands/registry.ts';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { hasTerminals } from '../../support/engines.ts';
import { ciba, jsonOf } from '../support/ciba-process.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

// What only a terminal shows: questions, colour, and lines as long as the window.

const isTerminalThere = hasTerminals();
let runtime: Runtime;
let env: Record<string, string>;
let home: string;
beforeAll(async () => {
  runtime = await startRuntime({ port: 0 });
  home = mkdtempSync(join(tmpdir(), 'ciba-terminal-'));
  env = { CIBA_URL: runtime.url, XDG_CONFIG_HOME: home };
});
afterAll(async () => {
  await runtime.close();
  rmSync(home, { recursive: true });
});

const createUser = (sub: string) => ciba(['user', 'create', '--sub', sub, '--name', `Name of ${sub}`], { env });
const isThere = async (sub: string) => (await ciba(['user', 'show', sub], { env })).code === 0;

describe.skipIf(!isTerminalThere)('a question before what cannot be undone', () => {
  it('names the deployment and what will be done, and does it after y', async () => {
    await createUser('yes');
    const typed = [{ after: '[y/N] ', keys: 'y\r' }];
    const { code, screen } = await inTerminal(`${CIBA} user delete yes`, { env, typed });
    expect(code).toBe(0);
    expect(screen).toContain(`Deployment: ${runtime.url}\n`);
    expect(screen).toContain('Delete the user "yes" (Name of yes) and all their devices? [y/N] ');
    expect(screen).toContain('User yes and all their devices deleted.');
    expect(await isThere('yes')).toBe(false);
  });

  it('names the context', async () => {
    const { CIBA_URL: url, ...others } = env;
    await ciba(['context', 'add', 'mine', '--url', `${url}`], { env });
    const typed = [{ after: '[y/N] ', keys: 'n\r' }];
    const { screen } = await inTerminal(`${CIBA} client new-secret call-centre --context mine`, { env: others, typed });
    expect(screen).toContain(`Deployment: ${url} (context mine)\n`);
  });

  it.each([
    ['n', 'n\r'],
    ['nothing', '\r'],
    ['the end of the input', '\u0004'],
  ])('does nothing after %s: exit 1', async (_, keys) => {
    await createUser('no');
    const typed = [{ after: '[y/N] ', keys }];
    const { code, screen } = await inTerminal(`${CIBA} user delete no`, { env, typed });
    expect(code).toBe(1);
    expect(screen).toContain('ciba: Nothing was done.');
    expect(await isThere('no')).toBe(true);
  });

  it('ends with 130 after Ctrl-C, and does nothing', async () => {
    await createUser('stop');
    const typed = [{ after: '[y/N] ', keys: '\u0003' }];
    const { code, screen } = await inTerminal(`${CIBA} user delete stop`, { env, typed });
    expect(code).toBe(130);
    expect(screen).toContain('ciba: Interrupted. Nothing was done.');
    expect(await isThere('stop')).toBe(true);
  });

  it('is not asked with --yes, and standard output stays clean for a pipe', async () => {
    await createUser('quick');
    const { code, screen } = await inTerminal(`${CIBA} user delete quick --yes`, { env });
    expect(code).toBe(0);
    // On a busy machine a spinner came before, and was wiped.
    expect(screen).toMatch(/User quick and all their devices deleted\.\n$/);
    expect(screen).not.toContain('[y/N]');
    await createUser('piped');
    const typed = [{ after: '[y/N] ', keys: 'y\r' }];
    const piped = await inTerminal(`${CIBA} user delete piped | tr a-z A-Z`, { env, typed });
    expect(piped.screen).toContain('USER PIPED AND ALL THEIR DEVICES DELETED.');
    expect(piped.screen).toContain('Delete the user "piped"');
  });

  it('shows what an erasure would erase', async () => {
    await createUser('gone');
    const typed = [{ after: '[y/N] ', keys: 'y\r' }];
    const { code, screen } = await inTerminal(`${CIBA} user erase gone`, { env, typed });
    expect(code).toBe(0);
    expect(screen).toMatch(/This would be erased:\n\nsub +gone\n/);
    expect(screen).toContain('User gone erased.');
  });
});

/** What each command that cannot be undone is called with. The user and the client are made below. */
const CALLS: Readonly<Record<string, { readonly words: string; readonly asks: string }>> = {
  'client delete': { words: 'asked', asks: 'Delete the client "asked" (Asked)?' },
  'client new-secret': { words: 'asked', asks: 'Make a new secret for the client "asked"?' },
  'client end-old-secret': { words: 'asked', asks: 'End the old secret of the client "asked"?' },
  'user delete': { words: 'asked', asks: 'Delete the user "asked" (Name of asked)' },
  'user remove-code': { words: 'asked', asks: 'Let every client ask the user "asked" without a user code?' },
  'device remove': { words: 'asked d1', asks: 'Remove the device "d1" of user "asked"?' },
  'keys revoke': {
    words: 'k1 --function arn:aws:lambda:eu-central-1:1:function:k',
    asks: 'Revoke the signing key "k1"?',
  },
};
const dangerous = vocabulary.nouns.flatMap((noun) =>
  noun.commands.filter((one) => one.cannotBeUndone !== undefined).map((one) => `${noun.name} ${one.name}`),
);

describe.skipIf(!isTerminalThere)('every command that cannot be undone asks before it does it', () => {
  beforeAll(async () => {
    await createUser('asked');
    const secret = ['--token-endpoint-auth-method', 'client_secret_basic'];
    await ciba(['client', 'create', '--client-id', 'asked', '--client-name', 'Asked', ...secret], { env });
  });

  it.each(dangerous)('ciba %s', async (name) => {
    const { words, asks } = CALLS[name] ?? { words: '', asks: 'a row in the table CALLS' };
    const typed = [{ after: '[y/N] ', keys: 'n\r' }];
    const { code, screen } = await inTerminal(`${CIBA} ${name} ${words}`, { env, typed });
    expect(screen).toContain(asks);
    expect(screen).toContain('Deployment: ');
    expect({ code, screen }).toEqual({ code: 1, screen: expect.stringContaining('ciba: Nothing was done.') });
    expect((await ciba(['client', 'show', 'asked'], { env })).code).toBe(0);
    expect(await isThere('asked')).toBe(true);
  });
});

describe('without a terminal, what cannot be undone', () => {
  it.each([
    ['client delete', ['client', 'delete', 'call-centre']],
    ['client new-secret', ['client', 'new-secret', 'call-centre']],
    ['client end-old-secret', ['client', 'end-old-secret', 'call-centre']],
    ['user delete', ['user', 'delete', 'kept']],
    ['user remove-code', ['user', 'remove-code', 'kept']],
    ['device remove', ['device', 'remove', 'kept', 'x']],
    ['keys revoke', ['keys', 'revoke', 'x', '--function', 'arn']],
  ])('is refused with a sentence that names --yes: %s', async (_, args) => {
    const { code, stdout, stderr } = await ciba(args, { env, input: 'y\n' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ciba: This .+, which cannot be undone\. .+ add --yes to do it without asking\n/);
  });

  it('is done with --yes', async () => {
    await createUser('script');
    expect((await ciba(['user', 'delete', 'script', '--yes'], { env })).code).toBe(0);
    expect(await isThere('script')).toBe(false);
  });
});

describe.skipIf(!isTerminalThere)('colour', () => {
  const GREEN = '\u001B[32m';

  it('marks a state in a terminal', async () => {
    await createUser('coloured');
    const { screen } = await inTerminal(`${CIBA} user show coloured`, { env });
    expect(screen).toMatch(new RegExp(`^status +${GREEN.replace('[', '\\[')}active\u001B\\[0m$`, 'm'));
  });

  it.each([
    ['NO_COLOR is set', { NO_COLOR: '1' }, ''],
    ['the terminal can show none', { TERM: 'dumb' }, ''],
    ['the output goes to a pipe', {}, ' | cat'],
    ['scripts ask for JSON', {}, ' --json'],
  ])('is off where %s', async (_, more, end) => {
    await createUser('plain');
    const { screen } = await inTerminal(`${CIBA} user show plain${end}`, { env: { ...env, ...more } });
    expect(screen).toContain('plain');
    expect(screen).not.toContain('\u001B[');
  });
});

describe.skipIf(!isTerminalThere)('help', () => {
  it.each([
    [80, 80],
    [200, 100],
  ])('in a terminal of %i columns has lines of at most %i', async (columns, longest) => {
    const { code, screen } = await inTerminal(`${CIBA} help user erase`, { columns });
    expect(code).toBe(0);
    const lengths = screen.split('\n').map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
    expect(Math.max(...lengths)).toBeGreaterThan(longest - 15);
  });
});

describe.skipIf(!isTerminalThere)('a table', () => {
  const id = 'a-client-with-a-rather-long-id-for-a-table';
  beforeAll(async () => {
    const words = ['--client-id', id, '--client-name', 'A long name, for a table'];
    await ciba(['client', 'create', ...words, '--token-endpoint-auth-method', 'client_secret_basic'], { env });
  });

  it('is one where the terminal is wide enough', async () => {
    const { screen } = await inTerminal(`${CIBA} client list`, { env, columns: 200 });
    expect(screen).toMatch(/^CLIENT ID +NAME +STATE +AUTHENTICATION/m);
    expect(screen).toMatch(new RegExp(`^${id} +A long name, for a table +\\S*works\\S* +client_secret_basic`, 'm'));
  });

  it('is a list of fields where the terminal is too narrow, and no id is broken', async () => {
    const { screen } = await inTerminal(`${CIBA} client list`, { env, columns: 80 });
    expect(screen).toMatch(
      new RegExp(`^CLIENT ID +${id}\\nNAME +A long name, for a table\\nSTATE +\\S*works\\S*\\nAUTHENTICATION `, 'm'),
    );
    expect(Math.max(...screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('is one in a pipe, whatever the terminal', async () => {
    const { screen } = await inTerminal(`${CIBA} client list | cat`, { env, columns: 80 });
    expect(screen).toMatch(/^CLIENT ID +NAME +STATE +AUTHENTICATION/m);
  });
});

describe.skipIf(!isTerminalThere)('a call that takes long', () => {
  it('shows in a terminal that it waits, and removes that before the answer', async () => {
    const slow = await inTerminal(`${CIBA} client list --url http://127.0.0.1:9 2>&1`, { env });
    expect(slow.screen).not.toContain('⠙');
    const { createServer } = await import('node:http');
    const server = createServer((_, response) => setTimeout(() => response.end('{"clients":[]}'), 2_500));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const url = `http://127.0.0.1:${port}`;
    const { screen } = await inTerminal(`${CIBA} client list --url ${url}`, { env });
    const silent = await ciba(['client', 'list', '--url', url, '--json'], { env });
    server.close();
    expect(screen).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Waiting for the provider/);
    expect(screen).toContain('\r\u001B[KNo clients yet');
    expect(jsonOf(silent)).toEqual({ clients: [] });
  });
});
