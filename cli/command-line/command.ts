import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';

/** A word on the command line that is not an option. */
export type ArgumentSpec = { readonly name: string; readonly about: string };
/** An option: `text` takes a value, `list` may be repeated, `flag` is there or not (`--no-…` says no). */
export type OptionSpec = {
  readonly kind: 'text' | 'list' | 'flag';
  /** What help shows for the value. */
  readonly value?: string;
  readonly about: string;
  /** The member of the request body that the option sets; options without one steer the command itself. */
  readonly member?: string;
  /** Turns what was typed into what the API wants; throws WrongUsage. */
  readonly read?: (typed: readonly string[]) => unknown;
};
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
type ValueOf<Kind extends OptionSpec['kind']> = Kind extends 'flag'
  ? boolean
  : Kind extends 'list'
    ? readonly string[]
    : string;
/** The values of options, as typed. */
export type OptionValues<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]?: ValueOf<Specs[Name]['kind']> };

/** Everything a command is run with. */
export type Invocation<Argument extends string, Specs extends OptionSpecs> = {
  readonly api: AdminApi;
  readonly deployment: Deployment;
  readonly argument: Readonly<Record<Argument, string>>;
  readonly options: OptionValues<Specs>;
  /** Whether a person reads the output. */
  readonly isTerminal: boolean;
};
/**
 * What a command prints: the API's JSON as it came (empty when it sent none), or text for people. `failed`: the answer
 * is there and says that something is wrong; exit code 1.
 */
export type Output = { readonly json: string; readonly text: string; readonly failed?: boolean };

/** A command as it is written down in the file of its noun. */
export type Definition<Arguments extends readonly ArgumentSpec[], Specs extends OptionSpecs> = {
  readonly name: string;
  /** One sentence for lists of commands. */
  readonly about: string;
  /** What else one should know, for the command's own help. */
  readonly notes?: string;
  readonly arguments: Arguments;
  readonly options: Specs;
  /** Whole command lines, without `npm run ciba --`. */
  readonly examples: readonly string[];
  // A method, because the parameters of methods are bivariant: one list then holds commands of all shapes.
  run(invocation: Invocation<Arguments[number]['name'], Specs>): Promise<Output>;
};
/** Any command. */
export type Command = Definition<readonly ArgumentSpec[], OptionSpecs>;
/** What commands are about: `ciba NOUN COMMAND`. */
export type Noun = { readonly name: string; readonly about: string; readonly commands: readonly Command[] };
/** All words that may follow `ciba`: nouns, and commands that stand alone. */
export type Vocabulary = { readonly nouns: readonly Noun[]; readonly standalone: readonly Command[] };

/** Lets the compiler check a command's `run` against its own arguments and options. */
export function command<const Arguments extends readonly ArgumentSpec[], const Specs extends OptionSpecs>(
  definition: Definition<Arguments, Specs>,
): Command {
  return definition;
}
