import { unicodePattern } from '../unicode-pattern.ts';

/**
 * The scripts of which a strict message has one, as Unicode property values. Japanese and Korean are written in several
 * (Unicode TS 39 §5.1). Digits, punctuation and space belong to every script.
 */
const SCRIPTS =
  'Latn,Grek,Cyrl,Armn,Geor,Hebr,Arab,Deva,Beng,Guru,Gujr,Orya,Taml,Telu,Knda,Mlym,Sinh,Thai,Laoo,Khmr,Mymr,Tibt,Ethi,Hani Hira Kana,Hani Hang';

const otherDigit = unicodePattern(String.raw`[^\P{N}0-9]`);
const digitsToTheLeft = unicodePattern(String.raw`[\p{sc=Hebr}\p{sc=Arab}].*\d|\d.*[\p{sc=Hebr}\p{sc=Arab}]`);
const webAddress = unicodePattern(String.raw`://|www\.|[\p{L}\d]\.\p{L}{2}`, 'i');
const markedLetters = unicodePattern(String.raw`[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]\p{M}+`, 'g');
const pile = unicodePattern(String.raw`\p{M}{2}|[\u0335-\u0338]`);

/** What makes a message deceptive although each of its characters may be shown, and what it should be instead. */
const RULES: readonly (readonly [isBroken: (message: string) => boolean, expected: string])[] = [
  // Compatibility forms look like other characters: a dot that is none (U+2024), a raised 0, letters in full width.
  [(text) => text !== text.normalize('NFKC'), 'in plain characters'],
  [(text) => otherDigit().test(text), 'with the digits 0 to 9 alone'],
  [hasPile, 'with one mark on a letter'],
  [(text) => !SCRIPTS.split(',').some((scripts) => isIn(scripts, text)), 'in one script'],
  [(text) => digitsToTheLeft().test(text), 'without digits from right to left'],
  [(text) => webAddress().test(text), 'without a web address'],
  // Seven digits that only spaces, dots, dashes, slashes, plus signs or brackets separate can be called.
  [(text) => /\d(?:[ .()/+-]*\d){6}/.test(text), 'without a number of 7 or more digits'],
];

/**
 * Returns what a message that may be shown lacks to be a strict one. Undefined if nothing. The setting
 * `bindingMessages` switches it on.
 */
export function brokenRule(message: string): string | undefined {
  return RULES.find(([isBroken]) => isBroken(message))?.[1];
}

/**
 * Whether marks are piled on a letter, or strike it through. Thai and others need two marks, and letters such as those of
 * Vietnamese are one character with both.
 */
function hasPile(text: string): boolean {
  const marked = text.match(markedLetters()) ?? [];
  return marked.some((letter) => pile().test(letter.normalize('NFD')));
}

function isIn(scripts: string, text: string): boolean {
  const classes = `${scripts} Zyyy Zinh`.replace(/\w+ ?/g, (script) => `\\p{scx=${script.trim()}}`);
  return new RegExp(`^[${classes}]*$`, 'u').test(text);
}
