import { once } from 'node:events';
import type { Command, OptionSpecs, Rows, RowsEnd } from './command-line/command.ts';
import { type Chosen, choose, readCommandLine } from './command-line/command-line.ts';
import { checkConfirmable, confirm } from './command-line/confirmation.ts';
import type { ExitCode } from './command-line/exit-codes.ts';
import { Interrupted, Refused, WrongUsage } from './command-line/failure.ts';
import { GLOBAL_OPTIONS, optionsOf } from './command-line/global-options.ts';
import { helpFor } from './command-line/help-text.ts';
import { takenByNpm } from './command-line/npm-words.ts';
import { clearProgress, endProgress, showProgress, startProgress } from './command-line/progress.ts';
import { plainText } from './command-line/text-layout.ts';
import { complete } from './commands/completion-answer.ts';
import { vocabulary } from './commands/registry.ts';
import { AdminApi } from './deployment/admin-api.ts';
import { describeDeployment } from './deployment/deployment.ts';
import { findDeployment } from './deployment/find-deployment.ts';

/** What a terminal shows while a call takes long. */
const WAITING = 'Waiting for the provider';

/** Runs `npm run ciba -- NOUN COMMAND …`. */
async function main(words: readonly string[]): Promise<ExitCode> {
  const [first, ...others] = words;
  if (first === '__complete') return complete(others);
  const args = first === '--version' ? ['version', ...others] : words;
  let help = 'ciba --help';
  let options: OptionSpecs = GLOBAL_OPTIONS;
  try {
    const { noun, command, help: wanted } = choose(args, vocabulary);
    if (wanted) return print(helpFor({ noun, command }, vocabulary));
    if (!command) {
      console.error(helpFor({ noun }, vocabulary));
      return 2;
    }
    options = optionsOf(command);
    help = `ciba ${noun ? `${noun.name} ` : ''}${command.name} --help`;
    return await run(args, { noun, command });
  } catch (error) {
    endProgress();
    return report(error, help, options);
  }
}

/** Says something beside the answer. It may quote a file of somebody else, so it can't control the terminal. */
function say(...lines: readonly string[]): void {
  console.error(plainText(lines.join('\n')));
}

/** Says what went wrong and what to do, in our own words. */
function report(error: unknown, help: string, options: OptionSpecs): ExitCode {
  if (error instanceof WrongUsage) {
    const hint = takenByNpm(options, process.env);
    say(`ciba: ${error.message}`, ...(hint === undefined ? [] : [hint]), `See ${help}`);
    return 2;
  }
  if (error instanceof Refused) {
    say(`ciba: ${error.message} ${error.next}`);
    return 1;
  }
  if (error instanceof Interrupted) {
    say(`\nciba: Interrupted. ${error.message}`);
    return 130;
  }
  const trace = error instanceof Error ? error.stack : String(error);
  say(`ciba: This is a mistake in ciba itself. Please report it, with your command and these lines:\n${trace}`);
  return 1;
}

async function run(args: readonly string[], chosen: Chosen & { command: Command }): Promise<ExitCode> {
  const { command } = chosen;
  const { globals, options, argument, rest } = readCommandLine(args, chosen);
  const isAgreed = options['yes'] === true;
  if (command.cannotBeUndone !== undefined) checkConfirmable(command.cannotBeUndone, isAgreed);
  if (command.needs !== 'nothing') startProgress(WAITING);
  const deployment = await findDeployment(command, globals);
  const output = await command.run({
    api: new AdminApi(deployment),
    deployment,
    globals,
    argument,
    options,
    rest,
    isTerminal: process.stdout.isTTY,
    progress: showProgress,
    confirm: async (question, where = describeDeployment(deployment)) => {
      if (isAgreed) return;
      await confirm(await question(), where);
      startProgress(WAITING);
    },
  });
  const { failed, exitCode, notes = [] } = 'rows' in output ? await printRows(output.rows, globals) : output;
  endProgress();
  if (!('rows' in output)) print(globals.json ? output.json : output.text);
  for (const note of notes) say(`ciba: ${note}`);
  return exitCode ?? (failed ? 1 : 0);
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

function print(text: string): ExitCode {
  if (text !== '') process.stdout.write(`${text}\n`);
  return 0;
}

// A reader such as `| head` may close the pipe early, which is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await main(process.argv.slice(2));
