import type { Command, Completed, Noun, OptionSpec, Vocabulary } from './command.ts';
import { optionsOf } from './global-options.ts';

/** What may come next on a command line. `ask` says what only the provider or the configuration knows. */
export type Candidates = { readonly words: readonly string[]; readonly ask?: Completed };

/** Finds the candidates for the last word, which may be empty. The words are those after `ciba`. */
export function candidatesFor(words: readonly string[], vocabulary: Vocabulary): Candidates {
  const typed = words.at(-1) ?? '';
  const { words: found, ask } = candidates(words.slice(0, -1), typed, vocabulary);
  return { words: found.filter((word) => word.startsWith(typed)), ...(ask !== undefined && { ask }) };
}

function candidates(before: readonly string[], typed: string, { nouns, standalone }: Vocabulary): Candidates {
  const isHelp = before[0] === 'help';
  const [first, ...others] = isHelp ? before.slice(1) : before;
  const named = [...nouns, ...standalone];
  if (first === undefined)
    return typed.startsWith('-')
      ? { words: ['--help', '--version'] }
      : { words: [...named.map(({ name }) => name), ...(isHelp ? [] : ['help'])] };
  const found = named.find(({ name }) => name === first);
  if (!found) return { words: [] };
  if (!('commands' in found)) return isHelp ? { words: [] } : candidatesOf(found, others, typed);
  const [second, ...rest] = others;
  const chosen = found.commands.find(({ name }) => name === second);
  if (second === undefined) return { words: [...found.commands.map(({ name }) => name), ...(isHelp ? [] : ['help'])] };
  const unnamed: Noun['unnamed'] = found.unnamed;
  if (isHelp || !(chosen ?? unnamed)) return { words: [] };
  return chosen ? candidatesOf(chosen, rest, typed) : unnamed ? candidatesOf(unnamed, others, typed) : { words: [] };
}

/** Finds the candidates after the name of a command: a value, an option or an argument. */
function candidatesOf(command: Command, before: readonly string[], typed: string): Candidates {
  const options = optionsOf(command);
  const isOnlyArguments = before.includes('--');
  const last = before.at(-1) ?? '';
  const open = isOnlyArguments ? undefined : options[last.replace(/^--/, '')];
  if (open && last.startsWith('--') && open.kind !== 'flag') return valuesOf(open);
  if (typed.startsWith('-') && !isOnlyArguments) {
    const given = new Set(before);
    const free = Object.entries(options).filter(([name, { kind }]) => kind === 'list' || !given.has(`--${name}`));
    return { words: free.map(([name]) => `--${name}`) };
  }
  const argument = command.arguments[countArguments(options, before)];
  return argument ? valuesOf(argument) : { words: [] };
}

function countArguments(options: Readonly<Record<string, OptionSpec>>, before: readonly string[]): number {
  let count = 0;
  let isValue = false;
  for (const word of before) {
    const spec = word.startsWith('--') ? options[word.slice(2)] : undefined;
    if (!isValue && !word.startsWith('-')) count += 1;
    isValue = !isValue && spec !== undefined && spec.kind !== 'flag';
  }
  return count;
}

function valuesOf({ of, offers, completes }: Pick<OptionSpec, 'of' | 'offers' | 'completes'>): Candidates {
  return { words: of ?? offers ?? [], ...(completes !== undefined && { ask: completes }) };
}
