import type { Command, Noun } from '../../cli/command-line/command.ts';
import { EXIT_CODES } from '../../cli/command-line/exit-codes.ts';
import { GLOBAL_OPTIONS, spellingOf, YES_OPTION } from '../../cli/command-line/global-options.ts';
import { helpFor, signatureOf } from '../../cli/command-line/help-text.ts';
import { vocabulary } from '../../cli/commands/registry.ts';
import type { Scenario } from '../../cli/trigger/scenario.ts';
import { SCENARIO_GROUPS } from '../../cli/trigger/scenarios.ts';
import { NAMED } from './json-shapes/named-shapes.ts';
import { shapeText } from './json-shapes/shape.ts';
import { PRINTED } from './json-shapes/shapes.ts';

// Makes docs/cli.md and the golden texts of the help from the tables of the command. `npm run docs` writes them.

/** The page with the blocks that are made here. */
export const CLI_PAGE = 'docs/cli.md';
/** The folder with a golden text for each help page. */
export const HELP_FOLDER = 'test/cli/command-line/help';
/** The width of the golden texts, and of help that goes to no terminal. */
const WIDTH = 100;

/** Returns every help page by the path of its golden text. */
export function helpPages(): ReadonlyMap<string, string> {
  const page = (words: readonly string[], chosen: Parameters<typeof helpFor>[0]): [string, string] => [
    `${HELP_FOLDER}/${['ciba', ...words].join('-')}.txt`,
    `${helpFor(chosen, vocabulary, WIDTH)}\n`,
  ];
  return new Map([
    page([], {}),
    ...vocabulary.nouns.map((noun) => page([noun.name], { noun })),
    ...vocabulary.nouns.flatMap((noun) =>
      noun.commands.map((command) => page([noun.name, command.name], { noun, command })),
    ),
    ...vocabulary.standalone.map((command) => page([command.name], { command })),
  ]);
}

/** Returns docs/cli.md with its blocks made again. */
export function withCliBlocks(markdown: string): string {
  const blocks = {
    commands,
    scenarios,
    'options of every command': globalOptions,
    'exit codes': exitCodes,
    'shapes of several commands': namedShapes,
  };
  return Object.entries(blocks).reduce((text, [name, make]) => {
    const block = new RegExp(`(<!-- ciba, ${name}: [^\\n]*-->\\n)(?:[^]*?\\n)??(<!-- end -->)`);
    if (!block.test(text)) throw new Error(`${CLI_PAGE} has no block for ${name}`);
    return text.replace(block, (_, begin: string, end: string) => `${begin}\n${make()}\n\n${end}`);
  }, markdown);
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const table = (headings: readonly string[], rows: readonly (readonly string[])[]) =>
  [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
const optionTable = (options: Command['options']) =>
  table(
    ['option', 'meaning'],
    Object.entries(options).map(([name, spec]) => [`\`${spellingOf(name, spec)}\``, spec.about]),
  );

function globalOptions(): string {
  return optionTable(GLOBAL_OPTIONS);
}

/** Links are from docs/cli.md, so that a test of the documents follows them. */
function scenarios(): string {
  const link = (page: string) => `[${page}](${page.startsWith('docs/') ? page.slice(5) : `../${page}`})`;
  return SCENARIO_GROUPS.map(({ title, scenarios: all }) => {
    const rows = all.map(({ name, about, needs, ends, next, standard, page, own }) => [
      `\`${name}\`${own ? ' ¹' : ''}${needs === 'provider' ? ' ²' : ''}`,
      about,
      endingOf(ends),
      next,
      `${standard}; ${link(page)}`,
    ]);
    return `**${title}**\n\n${table(['scenario', 'what happens', 'last answer', 'what to do', 'read'], rows)}`;
  }).join('\n\n');
}

function endingOf({ by = 'client', status, error, pushed }: Scenario['ends']): string {
  if (pushed !== undefined) return `push of \`${pushed}\`, answered ${status}`;
  return `${by}: ${status}${error === undefined ? '' : ` \`${error}\``}`;
}

function exitCodes(): string {
  return table(['code', 'meaning'], Object.entries(EXIT_CODES));
}

function namedShapes(): string {
  return Object.entries(NAMED)
    .map(([name, shape]) => `**${name}**\n\n\`\`\`text\n${shapeText(shape)}\n\`\`\``)
    .join('\n\n');
}

/** Says what a command prints with `--json`. */
function printed(words: string): string {
  const shape = PRINTED[words];
  if (!shape) throw new Error(`test/support/json-shapes/shapes.ts does not say what ciba ${words} --json prints`);
  if ('nothing' in shape) return `With \`--json\` it prints nothing: ${shape.nothing}`;
  const [how, text] =
    'json' in shape ? ['prints', shapeText(shape.json)] : ['prints one object a line', shapeText(shape.lines)];
  const other =
    'json' in shape && shape.with ? ` With \`${shape.with.option}\` it prints ${shapeText(shape.with.json)}.` : '';
  return `With \`--json\` it ${how}:\n\n\`\`\`text\n${text}\n\`\`\`${other && `\n\n${other.trim()}`}`;
}

function commands(): string {
  const nouns = vocabulary.nouns.map((noun) =>
    [`## ciba ${noun.name}`, noun.about, ...noun.commands.map((command) => section(command, noun))].join('\n\n'),
  );
  const alone = vocabulary.standalone.map((command) => section(command));
  return [...nouns, '## Commands without a noun', ...alone].join('\n\n');
}

function section(command: Command, noun?: Noun): string {
  const words = noun ? `${noun.name} ` : '';
  const own = command.cannotBeUndone === undefined ? command.options : { ...command.options, ...YES_OPTION };
  const listed = [...command.arguments, ...(command.rest ? [command.rest] : [])];
  return [
    `### ciba ${words}${command.name}`,
    command.about,
    `\`\`\`text\nciba ${words}${signatureOf(command)}${Object.keys(own).length > 0 ? ' [options]' : ''}\n\`\`\``,
    command.cannotBeUndone === undefined
      ? ''
      : `This ${command.cannotBeUndone}, which cannot be undone: it asks first.`,
    listed.length > 0
      ? table(
          ['argument', 'meaning'],
          listed.map(({ name, about }) => [`\`${name.toUpperCase()}\``, about]),
        )
      : '',
    Object.keys(own).length > 0 ? optionTable(own) : '',
    command.notes ?? '',
    printed(`${words}${command.name}`),
    `\`\`\`sh\n${command.examples.join('\n')}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
