import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    ['client create --backchannel-token-delivery-mode ', ['poll', 'ping']],
    ['client create --backchannel-token-delivery-mode pi', ['ping']],
    ['client delete --y', ['--yes']],
    ['client delete --yes --y', []],
    ['log-level set d', ['debug']],
    ['log-level set debug ', []],
    ['user show --by sub --b', []],
    ['completion f', ['fish']],
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
    ];
    expect(await printed('bash', lines.join('\n'))).toEqual(['client', 'call-centre']);
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
      complete("ciba client show bank ''"),
    ];
    expect(await printed('zsh', lines.join('\n'))).toEqual(['client', 'call-centre', 'files']);
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
    ];
    expect(await printed('fish', lines.join('\n'))).toEqual(['client', 'call-centre']);
  });
});
