import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, vi } from 'vitest';
import { PATIENCE_MILLISECONDS } from '../../support/patience.ts';
import { CLEAN, type Outcome, root } from './ciba-process.ts';

/** The command while it runs: what it has said so far, what is typed, and how it ends. */
export type RunningCiba = {
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<Outcome>;
  /** Waits until standard error or output has this, and returns the match. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  type(text: string): void;
  kill(signal: NodeJS.Signals): void;
};

const children = new Set<ChildProcess>();
// A test that failed in the middle leaves its command behind.
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts the real command as `npm run ciba --` does. */
export function startCiba(
  args: readonly string[],
  { env = {}, input }: { env?: Record<string, string>; input?: string } = {},
): RunningCiba {
  const script = ['--import', './local/check-node.mjs', 'cli/ciba.ts'];
  const child = spawn(process.execPath, [...script, ...args], { cwd: root, env: { ...CLEAN, ...env } });
  children.add(child);
  child.once('close', () => children.delete(child));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...output }));
  });
  const find = (pattern: RegExp) => pattern.exec(output.stderr) ?? pattern.exec(output.stdout);
  return {
    output,
    ended,
    async said(pattern) {
      const settled = () => {
        if (find(pattern) === null && child.exitCode === null) throw new Error(`ciba has not said ${pattern} yet`);
      };
      await vi.waitFor(settled, { timeout: PATIENCE_MILLISECONDS });
      const found = find(pattern);
      if (!found) throw new Error(`ciba ended without ${pattern}: ${output.stdout}\n${output.stderr}`);
      return found;
    },
    type: (text) => void child.stdin.write(text),
    kill: (signal) => void child.kill(signal),
  };
}
