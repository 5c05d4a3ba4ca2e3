import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

// A test runs several processes, on machines that may do much else.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Nothing of the machine's own AWS set-up: no credentials, no profile, no metadata service. */
export const CLEAN = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  // Halves the start of each process after the first.
  NODE_COMPILE_CACHE: join(tmpdir(), 'ciba-compile-cache'),
};

/** Runs the real command as `npm run ciba --` does. */
export function ciba(
  args: readonly string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const script = ['--import', './local/check-node.mjs', 'cli/ciba.ts'];
    const child = spawn(process.execPath, [...script, ...args], { cwd: root, env: { ...CLEAN, ...env } });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    }
    child.on('error', reject).on('close', (code) => resolve({ code, ...output }));
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** The JSON that `--json` printed: one document on one line, nothing else. */
export function jsonOf<Body = Record<string, unknown>>({ code, stdout, stderr }: Outcome): Body {
  if (code !== 0 || stderr !== '' || stdout.trimEnd().includes('\n'))
    throw new Error(`not plain JSON: exit ${code}\n${stdout}\n${stderr}`);
  return JSON.parse(stdout) as Body;
}
