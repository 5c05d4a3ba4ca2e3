/** How binding a sentence is (RFC 2119). `OPEN`: the standard leaves a choice, and the sentence says what was chosen. */
type Level = 'MUST' | 'SHOULD' | 'MAY' | 'OPEN';

/** A change that breaks a requirement. `text` occurs exactly once in `file`, and becomes `broken`. */
export type Break = { readonly file: string; readonly text: string; readonly broken: string };

/** A test: its file, and the titles from the outermost `describe` to the test itself. */
export type NamedTest = { readonly file: string; readonly titles: readonly string[] };

/** One way to break a requirement, and the test that then fails. */
export type Proof = { readonly breaks: Break; readonly test: NamedTest };

/** One sentence of a standard, in our own words. */
type Sentence = {
  /** Unique. It begins with the section, so that rows sort as the standard does, or with `choice`. */
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  readonly says: string;
};

/**
 * A sentence with what became of it:
 * - `held`: the provider keeps it. Each proof breaks a part of it.
 * - `not ours`: it binds somebody else, or a part of AWS keeps it.
 * - `not offered`: it concerns a feature that the provider does not have.
 * - `differs`: the provider does something else on purpose.
 */
export type Requirement = Sentence &
  (
    | { readonly status: 'held'; readonly proofs: readonly [Proof, ...Proof[]] }
    | { readonly status: 'not ours' | 'not offered' | 'differs'; readonly because: string }
  );

/** Returns the source of a pattern that matches this text and no other. */
export const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Returns the name of a test as Vitest prints it and `-t` matches it. */
export const fullNameOf = ({ titles }: NamedTest): string => titles.join(' ');
