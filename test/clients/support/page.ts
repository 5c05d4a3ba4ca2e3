import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/code-blocks.ts';
import { type Command, commandOf, languageOf } from './languages.ts';
import { programsOf } from './page-programs.ts';

const PAGE = 'docs/clients.md';
export const MARKDOWN = readFileSync(join(root, PAGE), 'utf8');
export const PROGRAMS = programsOf(PAGE, MARKDOWN);

/**
 * Returns those that this machine can run, with their libraries installed. Says which it leaves out, and why. With
 * `CI=true` some must not be left out.
 */
export async function runnableOf<T extends { readonly file: string }>(all: readonly T[]): Promise<readonly T[]> {
  const runnable: T[] = [];
  for (const one of all) {
    const reason = await obstacleTo(one.file);
    if (reason === undefined) runnable.push(one);
    else if (languageOf(one.file).isRequired && process.env['CI'] === 'true')
      throw new Error(`${one.file}: ${reason}, and CI=true allows no skip`);
    else console.warn(`NOT RUN: ${one.file} of ${PAGE}: ${reason}`);
  }
  return runnable;
}

/** Returns why a program can't be run here; undefined if it can. */
async function obstacleTo(file: string): Promise<string | undefined> {
  const { lacks, install } = languageOf(file);
  const lacking = await lacks();
  if (lacking !== undefined) return `this machine lacks ${lacking}`;
  return install().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** Makes programs ready to run, with trust in the authority in a file. Returns their commands by their files. */
export async function commandsOf(
  all: readonly { readonly file: string }[],
  authorityFile: string,
): Promise<ReadonlyMap<string, Command>> {
  const commands = new Map<string, Command>();
  for (const { file } of all) {
    const program = PROGRAMS.get(file);
    if (program === undefined) throw new Error(`${PAGE} has no program ${file}`);
    commands.set(file, await commandOf(program, authorityFile));
  }
  return commands;
}
