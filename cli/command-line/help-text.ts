import { installation } from '../../local/installation.ts';
import type { Command, Noun, OptionSpecs, Vocabulary } from './command.ts';
import type { Chosen } from './command-line.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { GLOBAL_OPTIONS, spellingOf, YES_OPTION } from './global-options.ts';
import { lineWidth, wrap } from './text-layout.ts';

/** Which deployment a command means. The order is that of `readDeployment`. */
const PRECEDENCE =
  'Which provider: the first of --url, --stack, --context, CIBA_URL, the context in use (ciba context use), and the local runtime at http://localhost:3000.';

/** Returns the help for a command, for a noun, or for the whole program. */
export function helpFor({ noun, command }: Chosen, vocabulary: Vocabulary, width = lineWidth()): string {
  if (command) return helpForCommand(noun, command, width);
  return noun ? helpForNoun(noun, width) : helpForAll(vocabulary, width);
}

function helpForAll({ nouns, standalone }: Vocabulary, width: number): string {
  const lines = nouns.map(({ name, about, commands }) => ({
    name,
    about: `${about} ${commands.map((command) => command.name).join(', ')}`,
  }));
  return sections(
    "ciba: the operator's command of a Serverless CIBA provider.",
    `Usage: ciba NOUN COMMAND [arguments] [options]\nHere:  ${installation.cibaCommand} NOUN COMMAND …`,
    `Nouns and their commands:\n${columns(lines, width)}`,
    `Commands without a noun:\n${columns(standalone, width)}`,
    optionList('Options of every command', GLOBAL_OPTIONS, width),
    examples([
      'ciba client create --client-name "Example Bank" --scope "openid profile"',
      'ciba user create --email anna@example.com --name "Anna Example"',
      'ciba ticket create anna@example.com',
      'ciba client list --url https://login.example.com --region eu-central-1',
      'ciba audit --stack ciba-production --since 2h',
      'ciba doctor --stack ciba-production',
    ]),
    closingLines()
      .map((line) => wrap(line, 0, width))
      .join('\n'),
  );
}

function closingLines(): readonly string[] {
  const exitCodes = Object.entries(EXIT_CODES).map(([code, meaning]) => `${code} ${meaning}`);
  return [
    PRECEDENCE,
    'Calls to a deployment are signed with your AWS credentials (SigV4); the local runtime needs none.',
    'What cannot be undone asks first in a terminal. In scripts, add --yes. NO_COLOR switches colour off.',
    `In scripts: ${installation.inScripts}.`,
    `Exit codes: ${exitCodes.join('; ')}.`,
    'More: ciba help NOUN, ciba help NOUN COMMAND, docs/cli.md, docs/operations.md.',
  ];
}

function helpForNoun({ name, about, commands }: Noun, width: number): string {
  const lines = commands.map((command) => ({ name: signatureOf(command), about: command.about }));
  return sections(
    `ciba ${name}: ${about}`,
    `Usage: ciba ${name} COMMAND [arguments] [options]`,
    `Commands:\n${columns(lines, width)}`,
    examples(commands.flatMap((command) => command.examples.slice(0, 1))),
    `More: ciba help ${name} COMMAND`,
  );
}

function helpForCommand(noun: Noun | undefined, command: Command, width: number): string {
  const words = [...command.arguments, ...(command.rest ? [command.rest] : [])];
  const listed = words.map(({ name, about }) => ({ name: name.toUpperCase(), about }));
  const own = command.cannotBeUndone === undefined ? command.options : { ...command.options, ...YES_OPTION };
  return sections(
    wrap(command.about, 0, width),
    `Usage: ciba ${noun ? `${noun.name} ` : ''}${signatureOf(command)} [options]`,
    listed.length > 0 ? `Arguments:\n${columns(listed, width)}` : '',
    optionList('Options', own, width),
    optionList('Options of every command', GLOBAL_OPTIONS, width),
    command.notes === undefined ? '' : wrap(command.notes, 0, width),
    examples(command.examples),
  );
}

/** Returns the name of a command with its arguments. */
export function signatureOf(command: Pick<Command, 'name' | 'arguments' | 'rest'>): string {
  const rest = command.rest ? [`[-- ${command.rest.name.toUpperCase()}]`] : [];
  const words = command.arguments.map(({ name, isOptional }) =>
    isOptional ? `[${name.toUpperCase()}]` : name.toUpperCase(),
  );
  return [command.name, ...words, ...rest].join(' ');
}

function optionList(heading: string, specs: OptionSpecs, width: number): string {
  const entries = Object.entries(specs);
  if (entries.length === 0) return '';
  const rows = entries.map(([name, spec]) => ({ name: spellingOf(name, spec), about: spec.about }));
  return `${heading}:\n${columns(rows, width)}`;
}

function examples(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Lays out names beside their explanations. A name that is too long for its column has a line of its own. */
function columns(rows: readonly { name: string; about: string }[], lineLength: number): string {
  const width = Math.min(30, Math.floor(lineLength / 3), Math.max(...rows.map(({ name }) => name.length)));
  return rows
    .map(({ name, about }) => {
      const gap = name.length > width ? `\n${' '.repeat(width + 4)}` : ' '.repeat(width - name.length + 2);
      return `  ${name}${gap}${wrap(about, width + 4, lineLength)}`;
    })
    .join('\n');
}

function sections(...blocks: readonly string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n');
}
