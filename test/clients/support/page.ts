import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/code-blocks.ts';
import { type Command, commandOf, languageOf } from './languages.ts';
import { programsOf } from './page-programs.ts';

const PAGE = 'docs/clients.md';
export const MARKDOWN = readFileSync(join(root, PAGE), 'utf8');
export const PROGRAMS = programsOf(PAGE, MARKDOWN);

/** Returns those whose language this machine has. Says which it leaves out. With `CI=true` some must not be left out. */
export async function runnableOf<T extends { readonly file: string }>(all: readonly T[]): Promise<readonly T[]> {
  const runnable: T[] = [];
  for (const one of all) {
    const { isRequired, lacks } = languageOf(one.file);
    const lacking = await lacks();
    if (lacking === undefined) runnable.push(one);
    else if (isRequired && process.env['CI'] === 'true')
      throw new Error(`${one.file} needs ${lacking}, and CI=true allows no skip`);
    else console.warn(`NOT RUN: ${one.file} of ${PAGE}, because this machine lacks ${lacking}`);
  }
  return runnable;
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
