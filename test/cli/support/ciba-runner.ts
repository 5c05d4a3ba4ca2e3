import type { Outcome } from './ciba-process.ts';

// Runs the command again and again in this process, each time as a new main module. Its parts are loaded once.

type Run = { readonly args: readonly string[] };

const STREAMS = ['stdout', 'stderr'] as const;
// Each run listens for errors of its standard output.
process.stdout.setMaxListeners(0);
let count = 0;

process.on('message', async ({ args }: Run) => {
  const output = { stdout: '', stderr: '' };
  for (const name of STREAMS) {
    process[name].write = (text: string | Uint8Array) => {
      output[name] += text;
      return true;
    };
  }
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
  process.exitCode = undefined;
  count += 1;
  try {
    await import(`../../../cli/ciba.ts?run=${count}`);
  } catch (error) {
    output.stderr += error instanceof Error ? error.stack : String(error);
    process.exitCode = 1;
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  process.send?.({ code, ...output } satisfies Outcome);
});
