import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Globals } from './globals.ts';

/** What the shell can complete by asking: the provider for ids, the configuration for contexts. */
export type Completed = 'clients' | 'users' | 'contexts';
/** Which values something takes, and which of them the shell offers. */
type Values = {
  /** The only values that there are. They are read without regard to upper and lower case. */
  readonly of?: readonly string[];
  /** Values that the shell offers. The command itself checks what was typed. */
  readonly offers?: readonly string[];
  readonly completes?: Completed;
};
/** A word on the command line that is not an option. */
export type ArgumentSpec = Values & {
  readonly name: string;
  readonly about: string;
  /** Whether it may be left out. It is then the empty text. Only the last one may. */
  readonly isOptional?: boolean;
};
/** An option. `text` takes a value, `list` may be repeated, `flag` takes no value (`--no-…` sets it to false). */
export type OptionSpec = Values & {
  readonly kind: 'text' | 'list' | 'flag';
  /** The name of the value in the help. Default: the values of `of`. */
  readonly value?: string;
  readonly about: string;
  /** The member of the request body that the option sets. Options without one control the command itself. */
  readonly member?: string;
  /** Converts the typed text into the form that the API expects. Throws WrongUsage, which may name the option. */
  readonly read?: (typed: readonly string[], option: string) => unknown;
};
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
type ValueOf<Kind extends OptionSpec['kind']> = Kind extends 'flag'
  ? boolean
  : Kind extends 'list'
    ? readonly string[]
    : string;
/** The values of options, as typed. */
export type OptionValues<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]?: ValueOf<Specs[Name]['kind']> };

/** What a command gets when it runs. */
export type Invocation<Argument extends string, Specs extends OptionSpecs> = {
  readonly api: AdminApi;
  readonly deployment: Deployment;
  readonly globals: Globals;
  readonly argument: Readonly<Record<Argument, string>>;
  readonly options: OptionValues<Specs>;
  /** The words after the arguments, for a command with `rest`. */
  readonly rest: readonly string[];
  /** Whether the output goes to a terminal. */
  readonly isTerminal: boolean;
  /** Says how far a long command is, if somebody watches. */
  readonly progress: (text: string) => void;
  /**
   * Asks the person at the terminal before something that cannot be undone, and throws if they do not agree. Asks
   * nothing with `--yes`. Only commands with `cannotBeUndone` may call it. `where` is said instead of the deployment.
   */
  readonly confirm: (question: () => Promise<string> | string, where?: string) => Promise<void>;
};
/**
 * What a command prints: the API's JSON unchanged (empty if it sent none), or text for people. With `failed` the exit
 * code is 1, because the answer reports a failure.
 */
export type Output = {
  readonly json: string;
  readonly text: string;
  readonly failed?: boolean;
  /** Another exit code, for a command whose answer can end in several ways. */
  readonly exitCode?: ExitCode;
  /** What the reader should know beside the answer. It goes to standard error. */
  readonly notes?: readonly string[];
};
/** One line of an answer that is printed while it is read. */
export type Row = Pick<Output, 'json' | 'text'>;
/** An answer of any length. What it returns at the end says whether it is complete. */
export type Rows = AsyncGenerator<Row, RowsEnd>;
/** What is known when the last row was printed. */
export type RowsEnd = Pick<Output, 'failed' | 'exitCode' | 'notes'>;

/** The definition of a command, in the file of its noun. */
export type Definition<Arguments extends readonly ArgumentSpec[], Specs extends OptionSpecs> = {
  readonly name: string;
  /** A sentence for lists of commands. */
  readonly about: string;
  /** More information, for the command's own help. */
  readonly notes?: string;
  readonly arguments: Arguments;
  readonly options: Specs;
  /** More words that it takes after its arguments, unread. Those that begin with a dash come after `--`. */
  readonly rest?: ArgumentSpec;
  /** Whole command lines, without `npm run ciba --`. */
  readonly examples: readonly string[];
  /** What the command does that cannot be undone, as the end of "This …". The command then has `--yes` and confirms. */
  readonly cannotBeUndone?: string;
  /**
   * What the command needs before it runs. `url`, the default: the address of the provider. `names`: only the names of
   * deployment and stack, because it reads the stack itself. `nothing`: it works without a deployment.
   */
  readonly needs?: 'url' | 'names' | 'nothing';
  // A method, because the parameters of methods are bivariant: so one list can hold commands of all types.
  run(invocation: Invocation<Arguments[number]['name'], Specs>): Promise<Output | { readonly rows: Rows }>;
};
/** Any command. */
export type Command = Definition<readonly ArgumentSpec[], OptionSpecs>;
/** A noun with its commands: `ciba NOUN COMMAND`. */
export type Noun = {
  readonly name: string;
  readonly about: string;
  readonly commands: readonly Command[];
  /** The command that is meant if the word after the noun is none: `ciba evidence TXN`. If it has no arguments, by the noun alone. */
  readonly unnamed?: Command;
};
/** All words that may follow `ciba`: nouns, and commands without a noun. */
export type Vocabulary = { readonly nouns: readonly Noun[]; readonly standalone: readonly Command[] };

/** Lets the compiler check a command's `run` against its own arguments and options. */
export function command<const Arguments extends readonly ArgumentSpec[], const Specs extends OptionSpecs>(
  definition: Definition<Arguments, Specs>,
): Command {
  return definition;
}
