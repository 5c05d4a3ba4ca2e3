import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The commands that a script would run, each as its words, and the shell's error messages. */
export type DryRun = { readonly commands: readonly (readonly string[])[]; readonly complaint: string };

/**
 * The commands that the pages may call. `output` is the function at the beginning of docs/operations.md. For any other
 * command, bash reports that it is not found.
 */
const COMMANDS = [
  ...['npm', 'npx', 'node', 'ciba', 'cdk', 'aws', 'curl', 'jq', 'openssl', 'output', 'git'],
  ...['cat', 'cp', 'rm', 'sleep'],
];
/**
 * Makes each command record its words instead of running. A word may be empty, so each begins with a dot. One `printf`
 * writes all of them, because the commands of a pipeline run at the same time.
 */
const PREAMBLE = [
  'PATH=/nowhere',
  `record() { printf '%s\\0' "\${@/#/.}" '' >>"$RECORD"; }`,
  ...COMMANDS.map((command) => `${command}() { record ${command} "$@"; }`),
].join('; ');

/**
 * Finds the commands that a script would run, without running them. bash itself splits and quotes the words. The
 * script's functions and substitutions do run, so `$(output X)` is a command of its own and returns an empty text.
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
