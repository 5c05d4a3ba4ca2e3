import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { CLEAN, type Outcome, root } from './ciba-process.ts';

const RUNNER = fileURLToPath(new URL('./ciba-runner.ts', import.meta.url));

let runner: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();
afterAll(() => {
  runner?.kill();
});

/**
 * Runs the command in a process that other runs of this file share. That is ten times as fast, where a test looks at what
 * a command says and does, and not at its process.
 */
export function cibaInOne(
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<Outcome> {
  const outcome = last.then(() => run(args, { ...CLEAN, ...env }));
  last = outcome.catch(() => undefined);
  return outcome;
}

function run(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  runner ??= fork(RUNNER, {
    cwd: root,
    env: CLEAN,
    execArgv: ['--import', './local/check-node.mjs'],
    serialization: 'json',
  });
  const child = runner;
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the process of ciba ${args.join(' ')} ended`));
    child.once('exit', ended);
    child.once('message', (outcome: Outcome) => {
      child.off('exit', ended);
      resolve(outcome);
    });
    child.send({ args, env });
  });
}
