import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidatesFor } from '../../../cli/command-line/completion.ts';
import { vocabulary } from '../../../cli/commands/registry.ts';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { hasShell, hasTerminals } from '../../support/engines.ts';
import { CLEAN, ciba } from '../support/ciba-process.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

const isTerminalThere = hasTerminals();
let runtime: Runtime;
let home: string;
let env: Record<string, string>;
beforeAll(async () => {
  runtime = await startRuntime({ port: 0 });
  home = mkdtempSync(join(tmpdir(), 'ciba-completion-'));
  env = { CIBA_URL: runtime.url, XDG_CONFIG_HOME: home };
  const secret = ['--token-endpoint-auth-method', 'client_secret_basic'];
  await ciba(['client', 'create', '--client-id', 'call-centre', '--client-name', 'Call centre', ...secret], { env });
});
afterAll(async () => {
  await runtime.close();
  rmSync(home, { recursive: true });
});

describe('the candidates', () => {
  it.each([
    ['cl', ['client']],
    ['k', ['keys']],
    ['--v', ['--version']],
    ['client new', ['new-secret']],
    ['client nope x', []],
    ['nope ', []],
    ['help client cre', ['create']],
    ['help client create ', []],
    ['client create --client-n', ['--client-name']],
    ['client create --backchannel-token-delivery-mode ', ['poll', 'ping', 'push']],
    ['client create --backchannel-token-delivery-mode pi', ['ping']],
    ['client delete --y', ['--yes']],
    ['client delete --yes --y', []],
    ['log-level set d', ['debug']],
    ['log-level set debug ', []],
    ['user show --by sub --b', []],
    ['completion f', ['fish']],
    ['tail --outcome ref', ['refused']],
    ['tail --function tok', ['token', 'token-revocation']],
  ])('of "%s" are %j', (line, words) => {
    expect(candidatesFor(line.split(' '), vocabulary).words).toEqual(words);
  });

  it.each([
    ['client show ', 'clients'],
    ['client show --json ', 'clients'],
    ['client show --url http://localhost:1 ', 'clients'],
    ['client show -- ', 'clients'],
    ['audit --client ', 'clients'],
    ['user unblock-client anna ', 'clients'],
    ['user show ', 'users'],
    ['client list --context ', 'contexts'],
    ['context use ', 'contexts'],
    ['client show bank ', undefined],
    ['client create --client-name ', undefined],
  ])('of "%s" are asked for: %s', (line, ask) => {
    expect(candidatesFor(line.split(' '), vocabulary).ask).toBe(ask);
  });
});

describe('the ids of clients', () => {
  it('are those of the provider that the command line names', async () => {
    const asked = await ciba(['__complete', 'client', 'show', '--url', runtime.url, 'call'], {});
    expect(asked).toEqual({ code: 0, stdout: 'call-centre\n', stderr: '' });
  });

  it('do not stand for users: those are offered where the local runtime made them', async () => {
    const users = [{ sub: 'u-ana', login_hint: 'ana@example.com', name: 'Ana' }];
    const local = createServer(({ url }, response) =>
      url === '/local/demo' ? response.end(JSON.stringify({ users })) : response.writeHead(404).end(),
    ).listen(0, '127.0.0.1');
    await once(local, 'listening');
    const { port } = local.address() as AddressInfo;
    const asked = await ciba(['__complete', 'user', 'show', ''], { env: { CIBA_URL: `http://127.0.0.1:${port}` } });
    local.close();
    expect(asked).toEqual({ code: 0, stdout: 'ana@example.com\nu-ana\n', stderr: '' });
  });

  it('are left out where the provider takes too long, and the shell does not wait for it', async () => {
    let isAnswered = false;
    const slow = createServer((_, response) => {
      setTimeout(() => {
        isAnswered = true;
        response.end('{"clients":[]}');
      }, 25_000).unref();
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const { port } = slow.address() as AddressInfo;
    const asked = await ciba(['__complete', 'client', 'show', ''], { env: { CIBA_URL: `http://127.0.0.1:${port}` } });
    slow.closeAllConnections();
    slow.close();
    expect(asked).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(isAnswered).toBe(false);
  });

  it.each([
    ['nobody answers', { CIBA_URL: 'http://127.0.0.1:9' }],
    ['the URL is none', { CIBA_URL: 'nonsense' }],
  ])('are left out without a word where %s', async (_, more) => {
    const asked = await ciba(['__complete', 'client', 'show', ''], { env: more });
    expect(asked).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

/** What a shell script prints, in which `ciba` is the command. */
async function printed(shell: string, script: string): Promise<readonly string[]> {
  const file = join(home, `script.${shell}`);
  writeFileSync(file, script);
  const all = { ...CLEAN, ...env, HOME: home };
  const { stdout } = await promisify(execFile)(shell, [...(shell === 'zsh' ? ['-f'] : []), file], { env: all });
  return stdout.split('\n').filter((line) => line !== '');
}
const FUNCTION = `ciba() { ${CIBA} "$@"; }`;

describe('the script of bash', () => {
  it('completes words, options and ids', async () => {
    const complete = (words: string) =>
      `COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _ciba; echo "\${COMPREPLY[*]}"`;
    const lines = [
      FUNCTION,
      'eval "$(ciba completion bash)"',
      complete('ciba cli'),
      complete("ciba client show 'call'"),
      complete('ciba trigger throt'),
    ];
    expect(await printed('bash', lines.join('\n'))).toEqual(['client', 'call-centre', 'throttled-table']);
  });

  it('quotes what it inserts: a sub may have what the shell reads as a pipe', async () => {
    const lines = [
      FUNCTION,
      'eval "$(ciba completion bash)"',
      `ciba() { printf '%s\\n' 'auth0|4711' '$(reboot)' 'ana@example.com'; }`,
      'COMP_WORDS=(ciba user show a); COMP_CWORD=3; _ciba',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ];
    expect(await printed('bash', lines.join('\n'))).toEqual(['auth0\\|4711', '\\$\\(reboot\\)', 'ana@example.com']);
  });

  it.skipIf(!isTerminalThere)('works at the tab key', async () => {
    const file = join(home, 'bashrc');
    writeFileSync(file, `${FUNCTION}\neval "$(ciba completion bash)"\nPS1='ready> '\n`);
    const typed = [
      { after: 'ready> ', keys: 'ciba client new\t' },
      { after: 'new-secret ', keys: 'call\t' },
      { after: 'call-centre ', keys: '\u0003' },
      { after: 'ready> ', keys: 'exit\r' },
    ];
    const { screen } = await inTerminal(`bash --noprofile --rcfile ${file} -i`, {
      env: { ...env, TERM: 'dumb' },
      typed,
    });
    expect(screen).toContain('ciba client new-secret call-centre ');
  });
});

describe('the script of zsh', () => {
  const zsh = hasShell('zsh');

  it.skipIf(!zsh)('completes words, options and ids', async () => {
    const complete = (words: string) => `words=(${words}); CURRENT=$#words; _ciba`;
    const lines = [
      FUNCTION,
      'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print files; }',
      'eval "$(ciba completion zsh)"',
      complete('ciba cli'),
      complete('ciba client show call'),
      complete('ciba trigger throt'),
      complete("ciba client show bank ''"),
    ];
    expect(await printed('zsh', lines.join('\n'))).toEqual(['client', 'call-centre', 'throttled-table', 'files']);
  });
});

describe('the script of fish', () => {
  const fish = hasShell('fish');

  it.skipIf(!fish)('completes words, options and ids', async () => {
    const lines = [
      `function ciba; ${CIBA} $argv; end`,
      'ciba completion fish | source',
      "complete -C 'ciba cli'",
      "complete -C 'ciba client show call'",
      "complete -C 'ciba trigger throt'",
      `complete -C 'ciba client create --from ${home}/script.f'`,
    ];
    const files = [`${home}/script.fish`];
    expect(await printed('fish', lines.join('\n'))).toEqual(['client', 'call-centre', 'throttled-table', ...files]);
  });
});
