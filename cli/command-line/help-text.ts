import type { Command, Noun, OptionSpec, OptionSpecs, Vocabulary } from './command.ts';
import { type Chosen, GLOBAL_OPTIONS } from './command-line.ts';
import { wrap } from './text-layout.ts';

/** Returns the help for a command, for a noun, or for the whole program. */
export function helpFor({ noun, command }: Chosen, vocabulary: Vocabulary): string {
  if (command) return helpForCommand(noun, command);
  return noun ? helpForNoun(noun) : helpForAll(vocabulary);
}

function helpForAll({ nouns, standalone }: Vocabulary): string {
  const lines = nouns.map(({ name, about, commands }) => ({
    name,
    about: `${about} ${commands.map((command) => command.name).join(', ')}`,
  }));
  return sections(
    "ciba: the operator's command of a Serverless CIBA provider.",
    'Usage: ciba NOUN COMMAND [arguments] [options]\nHere:  npm run ciba -- NOUN COMMAND …',
    `Nouns and their commands:\n${columns(lines)}`,
    `Commands without a noun:\n${columns(standalone)}`,
    optionList('Options of every command', GLOBAL_OPTIONS),
    examples([
      'ciba client create --client-name "Example Bank" --scope "openid profile"',
      'ciba user create --email anna@example.com --name "Anna Example"',
      'ciba ticket create anna@example.com',
      'ciba client list --url https://login.example.com --region eu-central-1',
      'ciba audit --stack ciba-production --since 2h',
      'ciba doctor --stack ciba-production',
    ]),
    'Calls to a deployment are signed with your AWS credentials (SigV4); the local runtime needs none.\n' +
      'In scripts: npm run --silent ciba -- client list --json (--silent suppresses the output of npm itself).\n' +
      'Exit codes: 0 done, 1 refused, no answer or something broken, 2 wrong usage.\n' +
      'More: ciba NOUN --help, ciba NOUN COMMAND --help, docs/admin-api.md, docs/operations.md.',
  );
}

function helpForNoun({ name, about, commands }: Noun): string {
  return sections(
    `ciba ${name}: ${about}`,
    `Usage: ciba ${name} COMMAND [arguments] [options]`,
    `Commands:\n${columns(commands.map((command) => ({ name: signatureOf(command), about: command.about })))}`,
    examples(commands.flatMap((command) => command.examples.slice(0, 1))),
    `More: ciba ${name} COMMAND --help`,
  );
}

function helpForCommand(noun: Noun | undefined, command: Command): string {
  const listed = command.arguments.map(({ name, about }) => ({ name: name.toUpperCase(), about }));
  return sections(
    wrap(command.about, 0),
    `Usage: ciba ${noun ? `${noun.name} ` : ''}${signatureOf(command)} [options]`,
    listed.length > 0 ? `Arguments:\n${columns(listed)}` : '',
    optionList('Options', command.options),
    optionList('Options of every command', GLOBAL_OPTIONS),
    command.notes === undefined ? '' : wrap(command.notes, 0),
    examples(command.examples),
  );
}

function signatureOf(command: Command): string {
  return [command.name, ...command.arguments.map(({ name }) => name.toUpperCase())].join(' ');
}

function optionList(heading: string, specs: OptionSpecs): string {
  const entries = Object.entries(specs);
  if (entries.length === 0) return '';
  return `${heading}:\n${columns(entries.map(([name, spec]) => ({ name: spellingOf(name, spec), about: spec.about })))}`;
}

function spellingOf(name: string, spec: OptionSpec): string {
  return spec.kind === 'flag' ? `--${name}` : `--${name} ${spec.value ?? 'VALUE'}${spec.kind === 'list' ? ' …' : ''}`;
}

function examples(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Lays out names beside their explanations. A name that is too long for its column has a line of its own. */
function columns(rows: readonly { name: string; about: string }[]): string {
  const width = Math.min(30, Math.max(...rows.map(({ name }) => name.length)));
  return rows
    .map(({ name, about }) => {
      const gap = name.length > width ? `\n${' '.repeat(width + 4)}` : ' '.repeat(width - name.length + 2);
      return `  ${name}${gap}${wrap(about, width + 4)}`;
    })
    .join('\n');
}

function sections(...blocks: readonly string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n');
}
