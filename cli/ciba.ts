import { once } from 'node:events';
import type { Command, Rows, RowsEnd } from './command-line/command.ts';
import { type Chosen, choose, readCommandLine } from './command-line/command-line.ts';
import { Refused, WrongUsage } from './command-line/failure.ts';
import { helpFor } from './command-line/help-text.ts';
import { clearProgress, showProgress } from './command-line/progress.ts';
import { vocabulary } from './commands/registry.ts';
import { AdminApi } from './deployment/admin-api.ts';
import { readDeployment } from './deployment/deployment.ts';

/**
 * Runs `npm run ciba -- NOUN COMMAND …`. Returns the exit code: 0 done, 1 refused or something is broken, 2 wrong
 * usage.
 */
async function main(args: readonly string[]): Promise<number> {
  let help = 'ciba --help';
  try {
    const { noun, command, help: wanted } = choose(args, vocabulary);
    if (wanted) return print(helpFor({ noun, command }, vocabulary));
    if (!command) {
      console.error(helpFor({ noun }, vocabulary));
      return 2;
    }
    help = `ciba ${noun ? `${noun.name} ` : ''}${command.name} --help`;
    return await run(args, { noun, command });
  } catch (error) {
    clearProgress();
    if (!(error instanceof WrongUsage || error instanceof Refused)) throw error;
    console.error(`ciba: ${error.message}`);
    if (error instanceof WrongUsage) console.error(`See ${help}`);
    return error instanceof WrongUsage ? 2 : 1;
  }
}

async function run(args: readonly string[], chosen: Chosen & { command: Command }): Promise<number> {
  const { globals, options, argument } = readCommandLine(args, chosen);
  const deployment = readDeployment(globals, process.env);
  const output = await chosen.command.run({
    api: new AdminApi(deployment),
    deployment,
    argument,
    options,
    isTerminal: process.stdout.isTTY,
    progress: showProgress,
  });
  const { failed, notes = [] } = 'rows' in output ? await printRows(output.rows, globals) : output;
  clearProgress();
  if (!('rows' in output)) print(globals.json ? output.json : output.text);
  for (const note of notes) console.error(`ciba: ${note}`);
  return failed ? 1 : 0;
}

/** Prints each row as soon as it is there, and no faster than somebody takes it. */
async function printRows(rows: Rows, { json }: { json: boolean }): Promise<RowsEnd> {
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return value;
    clearProgress();
    if (!process.stdout.write(`${json ? value.json : value.text}\n`)) await once(process.stdout, 'drain');
  }
}

function print(text: string): number {
  if (text !== '') process.stdout.write(`${text}\n`);
  return 0;
}

// A reader such as `| head` may close the pipe early, which is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await main(process.argv.slice(2));
