import { parseArgs } from 'node:util';
import type { Command, Noun, OptionSpec, OptionSpecs, OptionValues, Vocabulary } from './command.ts';
import { WrongUsage } from './failure.ts';
import { nearestName } from './nearest-name.ts';

/** Options that every command has. */
export const GLOBAL_OPTIONS = {
  url: { kind: 'text', value: 'URL', about: 'The deployment, by default http://localhost:3000 or CIBA_URL.' },
  region: { kind: 'text', value: 'REGION', about: 'AWS region to sign for, where the URL does not tell it.' },
  profile: { kind: 'text', value: 'NAME', about: 'AWS profile to sign with, by default AWS_PROFILE.' },
  json: { kind: 'flag', about: "Print JSON for scripts: exactly the API's, where it comes from the API." },
  help: { kind: 'flag', about: 'Print help; also -h.' },
} as const satisfies OptionSpecs;

/** The options of a command, whatever they are. */
type AnyOptions = OptionValues<OptionSpecs>;
/** What was typed, as far as it names something. */
export type Chosen = { readonly noun?: Noun | undefined; readonly command?: Command | undefined };
/** A command line taken apart. */
export type CommandLine = {
  /** Those that every command has. */
  readonly globals: {
    readonly url: string | undefined;
    readonly region: string | undefined;
    readonly profile: string | undefined;
    readonly json: boolean;
  };
  /** Those of the command itself. */
  readonly options: AnyOptions;
  readonly argument: Readonly<Record<string, string>>;
};

/** The noun and command of a command line, and whether it asks for help. Options of the command come after its name. */
export function choose(args: readonly string[], { nouns, standalone }: Vocabulary): Chosen & { help: boolean } {
  const { positionals, values } = parse(args, GLOBAL_OPTIONS, false);
  const [nounName, commandName] = positionals;
  const help = values['help'] === true;
  if (nounName === undefined) return { help };
  const named = byName<Noun | Command>([...nouns, ...standalone], nounName, 'ciba');
  if (!('commands' in named)) return { command: named, help };
  const noun = named;
  if (commandName === undefined) return { noun, help };
  return { noun, command: byName(noun.commands, commandName, `ciba ${noun.name}`), help };
}

/** Reads the whole command line strictly against what the command takes; its name is the first word or two. */
export function readCommandLine(
  args: readonly string[],
  { noun, command }: Chosen & { command: Command },
): CommandLine {
  const specs = { ...command.options, ...GLOBAL_OPTIONS };
  checkOptionNames(args, specs);
  const { values, positionals } = parse(args, specs, true);
  const words = positionals.slice(noun ? 2 : 1);
  const missing = command.arguments[words.length];
  if (missing) throw new WrongUsage(`${missing.name.toUpperCase()} is missing: ${missing.about}`);
  const surplus = words[command.arguments.length];
  if (surplus !== undefined)
    throw new WrongUsage(`"${surplus}" is one word too many; put what has spaces in quotation marks`);
  const argument = Object.fromEntries(command.arguments.map(({ name }, index) => [name, words[index] ?? '']));
  const { url, region, profile, json, ...own } = values;
  const globals = { url: textOf(url), region: textOf(region), profile: textOf(profile), json: json === true };
  const options = Object.entries(own).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : value]);
  return { globals, options: Object.fromEntries(options), argument };
}

/** The request body that the options of a command make; members without an option typed are absent. */
export function bodyOf(specs: OptionSpecs, values: AnyOptions): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = values[name];
    if (spec.member === undefined || value === undefined) continue;
    body[spec.member] = spec.read ? spec.read([value].flat().map(String)) : value;
  }
  return body;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parse(args: readonly string[], specs: OptionSpecs, strict: boolean) {
  const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, parserOptionOf(name, spec)]));
  try {
    return parseArgs({ args: [...args], options, strict, allowPositionals: true, allowNegative: true });
  } catch (error) {
    // Node's own sentence, without the advice of its further lines.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new WrongUsage(sentence.replace(/\. Did you forget.*$|\. To specify.*$/, ''));
  }
}

function parserOptionOf(name: string, { kind }: OptionSpec) {
  return {
    type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
    multiple: kind === 'list',
    ...(name === 'help' && { short: 'h' }),
  };
}

/** Before anything else, because Node's own message on an unknown option knows no nearest name. */
function checkOptionNames(args: readonly string[], specs: OptionSpecs): void {
  const options = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, parserOptionOf(name, spec)]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowNegative: true, tokens: true });
  const known = Object.keys(specs);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const positive = token.name.replace(/^no-/, '');
    if (known.includes(token.name) || specs[positive]?.kind === 'flag') {
      // Node lets the last one win, which would be silent.
      if (seen.has(positive) && specs[positive]?.kind !== 'list') throw new WrongUsage(`--${positive} is there twice`);
      seen.add(positive);
      continue;
    }
    const nearest = nearestName(token.name, known);
    const meant = nearest ? `; did you mean --${nearest}?` : '';
    // Ids are base64url, so one in 64 begins with a dash.
    const dash = token.rawName.startsWith('--') ? '' : '; an argument that begins with a dash goes after --';
    throw new WrongUsage(`There is no option ${token.rawName}${meant || dash}`);
  }
}

function byName<Named extends { name: string }>(all: readonly Named[], name: string, prefix: string): Named {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name);
  const nearest = nearestName(name, names);
  const advice = nearest ? `did you mean ${prefix} ${nearest}?` : `there are ${names.join(', ')}`;
  throw new WrongUsage(`There is no ${prefix} ${name}; ${advice}`);
}
