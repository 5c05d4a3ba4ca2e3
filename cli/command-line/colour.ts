const CODES = { good: 32, warning: 33, bad: 31, quiet: 2 } as const;
/** What a state means for the reader. */
export type Tone = keyof typeof CODES;
/** A word that says a state. The text alone says everything; the colour only helps to find it. */
export type Toned = { readonly tone: Tone; readonly text: string };

/** Marks a word as a state. */
export function toned(tone: Tone, text: string): Toned {
  return { tone, text };
}

/** Whether a value is a word with a tone. */
export function isToned(value: unknown): value is Toned {
  return typeof value === 'object' && value !== null && 'tone' in value && 'text' in value;
}

/** Colours a text that is laid out already. Does nothing unless the output goes to a terminal that wants colour. */
export function paint(tone: Tone, text: string): string {
  return wantsColour(process.stdout, process.env) ? `\u001B[${CODES[tone]}m${text}\u001B[0m` : text;
}

/** Whether to use colour: in a terminal that can, unless NO_COLOR is set to anything (https://no-color.org). */
function wantsColour(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}
