import { WrongUsage } from './failure.ts';
import { nearestName } from './nearest-name.ts';
import { quoted } from './text-layout.ts';

/** The most values that an error lists. */
const MOST_LISTED = 12;

/** Returns the value that was typed, in its own spelling. Throws if it is none of them, and suggests the nearest. */
export function oneOf(name: string, typed: string, of: readonly string[]): string {
  const found = of.find((value) => value.toLowerCase() === typed.toLowerCase());
  if (found !== undefined) return found;
  const nearest = nearestName(typed, of);
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  if (of.length > MOST_LISTED)
    throw new WrongUsage(`There is no ${name.toLowerCase()} ${quoted(typed)}${meant || '; choose one of the list'}`);
  throw new WrongUsage(`${name} must be ${either(of)}, not ${quoted(typed)}${meant}`);
}

/** Joins words: "a, b or c". */
function either(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' or ');
}
