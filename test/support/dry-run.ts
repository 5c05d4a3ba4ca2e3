import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Commands a script would run, each as its words; or what the shell has against the script. */
export type DryRun = { readonly commands: readonly (readonly string[])[]; readonly complaint: string };

/**
 * What the pages may call; `output` is the function that docs/operations.md begins with. Another command is not found,
 * which bash complains of.
 */
const COMMANDS = ['npm', 'npx', 'node', 'ciba', 'cdk', 'aws', 'curl', 'jq', 'openssl', 'output', 'cp', 'rm'];
/** Each writes itself down instead of being run. A word may be empty, so each begins with a mark. */
const PREAMBLE = [
  'PATH=/nowhere',
  `record() { printf '.%s\\0' "$@" >>"$RECORD"; printf '\\0' >>"$RECORD"; }`,
  ...COMMANDS.map((command) => `${command}() { record ${command} "$@"; }`),
].join('; ');

/**
 * What a script would run, without running any of it: words are split and quoted by bash itself. Its functions and
 * substitutions run, so `$(output X)` is a command of its own and yields nothing.
 */
export function dryRun(script: string): DryRun {
  const folder = mkdtempSync(join(tmpdir(), 'ciba-dry-run-'));
  const record = join(folder, 'record');
  try {
    writeFileSync(record, '');
    const own = { cwd: folder, env: { RECORD: record }, encoding: 'utf8' as const, input: '' };
    const syntax = spawnSync('/bin/bash', ['--norc', '-n', '-c', script], own);
    if (syntax.status !== 0) return { commands: [], complaint: syntax.stderr || String(syntax.error) };
    const { stderr } = spawnSync('/bin/bash', ['--norc', '-c', `${PREAMBLE}; ${script}`], own);
    return { commands: commandsIn(readFileSync(record, 'utf8')), complaint: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function commandsIn(record: string): readonly (readonly string[])[] {
  return record
    .split('\0\0')
    .filter(Boolean)
    .map((command) => command.split('\0').map((word) => word.slice(1)));
}
