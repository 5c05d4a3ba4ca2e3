import { parseArgs } from 'node:util';
import type { Command, Noun, OptionSpec, OptionSpecs, OptionValues, Vocabulary } from './command.ts';
import { withIdsMarked, withoutMark } from './dashed-ids.ts';
import { WrongUsage } from './failure.ts';
import { GLOBAL_OPTIONS, optionsOf } from './global-options.ts';
import type { Globals } from './globals.ts';
import { nearestName } from './nearest-name.ts';
import { oneOf } from './one-of.ts';
import { systemCodeOf } from './system-error.ts';

/** The options of any command. */
type AnyOptions = OptionValues<OptionSpecs>;
/** The noun and the command that a command line names. */
export type Chosen = { readonly noun?: Noun | undefined; readonly command?: Command | undefined };
/** A parsed command line. */
export type CommandLine = {
  readonly globals: Globals;
  /** The command's own options. */
  readonly options: AnyOptions;
  readonly argument: Readonly<Record<string, string>>;
  /** The words after the arguments. Empty unless the command has `rest`. */
  readonly rest: readonly string[];
};

/**
 * Finds the noun and command of a command line, and whether it asks for help: by `--help`, `ciba help …` or `ciba NOUN
 * help`. Options of a command come after its name.
 */
export function choose(args: readonly string[], vocabulary: Vocabulary): Chosen & { help: boolean } {
  const { positionals, values } = parse(args, optionsOfNoun(args, vocabulary), false);
  const [first, ...others] = positionals;
  if (first === 'help') return { ...named(others, vocabulary), help: true };
  const [second, ...rest] = others;
  if (second === 'help' && first !== undefined) return { ...named([first, ...rest], vocabulary), help: true };
  const chosen = named(positionals, vocabulary);
  if (values['help'] === true) return { ...chosen, help: true };
  return { ...chosen, ...(chosen.command ? {} : { command: alone(chosen.noun) }), help: false };
}

/** The options that may stand right after a noun, before it is known whether the word after them is a command. */
function optionsOfNoun(args: readonly string[], { nouns }: Vocabulary): OptionSpecs {
  const [first] = parse(args, GLOBAL_OPTIONS, false).positionals;
  const command = alone(nouns.find(({ name }) => name === first));
  return command ? optionsOf(command) : GLOBAL_OPTIONS;
}

/** Returns the command that is meant by a noun alone. */
function alone(noun: Noun | undefined): Command | undefined {
  return noun?.unnamed?.arguments.length === 0 ? noun.unnamed : undefined;
}

function named([nounName, commandName]: readonly string[], { nouns, standalone }: Vocabulary): Chosen {
  if (nounName === undefined) return {};
  const found = byName<Noun | Command>([...nouns, ...standalone], nounName, 'ciba');
  if (!('commands' in found)) return { command: found };
  const noun = found;
  if (commandName === undefined) return { noun };
  const isNamed = noun.commands.some(({ name }) => name === commandName);
  if (noun.unnamed && !alone(noun) && !isNamed) return { noun, command: noun.unnamed };
  return { noun, command: byName(noun.commands, commandName, `ciba ${noun.name}`) };
}

/** Reads the whole command line. Throws WrongUsage on anything that the command does not take. */
export function readCommandLine(
  args: readonly string[],
  { noun, command }: Chosen & { command: Command },
): CommandLine {
  const specs = optionsOf(command);
  checkOptionNames(args, specs);
  const { values, positionals } = parse(args, specs, true);
  const isUnnamed = noun?.unnamed === command && positionals[1] !== command.name;
  const words = positionals.slice(noun && !isUnnamed ? 2 : 1);
  const missing = command.arguments[words.length];
  if (missing && !missing.isOptional)
    throw new WrongUsage(`${missing.name.toUpperCase()} is missing: ${missing.about}`);
  const surplus = words[command.arguments.length];
  if (surplus !== undefined && !command.rest)
    throw new WrongUsage(`"${surplus}" is one argument too many; put a value with spaces in quotation marks`);
  const argument = Object.fromEntries(
    command.arguments.map(({ name, of }, index) => {
      const word = words[index] ?? '';
      return [name, of && index < words.length ? oneOf(name.toUpperCase(), word, of) : word];
    }),
  );
  const { url, stack, context, region, profile, ca, json, ...own } = values;
  const globals = {
    url: textOf(url),
    stack: textOf(stack),
    context: textOf(context),
    region: textOf(region),
    profile: textOf(profile),
    ca: textOf(ca),
    json: json === true,
  };
  const options = Object.entries(own).map(([name, value]) => [name, readValue(name, value, specs[name]?.of)]);
  const rest = words.slice(command.arguments.length);
  return { globals, options: Object.fromEntries(options), argument, rest };
}

/** Reads the value of an option. The empty text is the one that empties a list. */
function readValue(name: string, value: unknown, of: readonly string[] | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => (one === '' ? one : readValue(name, String(one), of)));
  return typeof value === 'string' && of ? oneOf(`--${name}`, value, of) : value;
}

/** Makes the request body from the options of a command. Members whose option was not typed are absent. */
export function bodyOf(specs: OptionSpecs, values: AnyOptions): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = values[name];
    if (spec.member === undefined || value === undefined) continue;
    body[spec.member] = spec.read ? spec.read([value].flat().map(String), `--${name}`) : value;
  }
  return body;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parse(args: readonly string[], specs: OptionSpecs, strict: boolean) {
  const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, parserOptionOf(name, spec)]));
  try {
    const marked = withIdsMarked(args);
    const { values, positionals } = parseArgs({
      args: marked,
      options,
      strict,
      allowPositionals: true,
      allowNegative: true,
    });
    const named = Object.entries(values).map(([name, value]) => [name, unmarked(value)]);
    return { values: Object.fromEntries(named), positionals: positionals.map(withoutMark) };
  } catch (error) {
    throw new WrongUsage(sentenceOf(error));
  }
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  return typeof value === 'string' ? withoutMark(value) : value;
}

/** Says in our words what Node's parser found. */
function sentenceOf(error: unknown): string {
  const [, option = ''] = /'(?:-\w, )?(--[\w-]+)/.exec(error instanceof Error ? error.message : '') ?? [];
  if (systemCodeOf(error) !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return 'This command line cannot be read';
  return /does not take an argument/.test(String(error))
    ? `${option} takes no value`
    : `${option} needs a value; write ${option}=VALUE if the value begins with a dash`;
}

function parserOptionOf(name: string, { kind }: OptionSpec) {
  return {
    type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
    multiple: kind === 'list',
    ...(name === 'help' && { short: 'h' }),
  };
}

/** Throws on an unknown option, and suggests the nearest name, which Node's own message would not do. */
function checkOptionNames(args: readonly string[], specs: OptionSpecs): void {
  const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, parserOptionOf(name, spec)]));
  const { tokens } = parseArgs({
    args: withIdsMarked(args),
    options,
    strict: false,
    allowNegative: true,
    tokens: true,
  });
  const known = Object.keys(specs);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const positive = token.name.replace(/^no-/, '');
    if (known.includes(token.name) || specs[positive]?.kind === 'flag') {
      // Without this check Node would silently take the last one.
      if (seen.has(positive) && specs[positive]?.kind !== 'list') throw new WrongUsage(`--${positive} is given twice`);
      seen.add(positive);
      continue;
    }
    const isShort = !token.rawName.startsWith('--');
    const nearest = isShort ? undefined : nearestName(token.name, known);
    const meant = nearest ? `; did you mean --${nearest}?` : '';
    // Ids are base64url, so one in 64 begins with a dash.
    const dash = isShort ? '; put an argument that begins with a dash after --' : '';
    throw new WrongUsage(`There is no option ${token.rawName}${meant || dash}`);
  }
}

function byName<Named extends { name: string }>(all: readonly Named[], name: string, prefix: string): Named {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = [...all.map((one) => one.name), 'help'];
  const nearest = nearestName(name, names);
  const advice = nearest ? `did you mean ${prefix} ${nearest}?` : `choose one of ${names.join(', ')}`;
  throw new WrongUsage(`There is no ${prefix} ${name}; ${advice}`);
}
