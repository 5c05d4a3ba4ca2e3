import type { PublicJwk } from '../keys/jwk.ts';
import type { Client } from './client.ts';

/**
 * What JSON a member is. `called` is what help calls one of its texts. Limits of length are in characters, limits of
 * lists in entries.
 */
export type MemberKind =
  | { readonly kind: 'text'; readonly called: string; readonly longest?: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'choices'; readonly called: string; readonly of: readonly string[] }
  | { readonly kind: 'whole_number'; readonly least: number }
  | { readonly kind: 'texts'; readonly called: string; readonly longest: number; readonly most: number }
  | { readonly kind: 'texts_by_name'; readonly called: string }
  | { readonly kind: 'public_keys'; readonly most: number };

/** The type of a value of some kind. */
export type MemberValue<Kind extends MemberKind> = Kind extends { kind: 'text' }
  ? string
  : Kind extends { kind: 'choice'; of: readonly (infer Choice)[] }
    ? Choice
    : Kind extends { kind: 'choices'; of: readonly (infer Choice)[] }
      ? readonly Choice[]
      : Kind extends { kind: 'whole_number' }
        ? number
        : Kind extends { kind: 'texts' }
          ? readonly string[]
          : Kind extends { kind: 'texts_by_name' }
            ? Readonly<Record<string, string>>
            : Kind extends { kind: 'public_keys' }
              ? { readonly keys: readonly PublicJwk[] }
              : never;

/** A row of the table of client metadata. Words may have code marks (`x`), as Markdown has them. */
export type MemberSpec = MemberKind & {
  /** The standard that the name comes from; `own` where this provider made it up. */
  readonly source: 'RFC 7591 §2' | 'RFC 7591 §3.2.1' | 'OIDC Registration §2' | 'CIBA §4' | 'own';
  /** What the member means, in a sentence or two: help and documents show it. */
  readonly means: string;
  /** What holds when the member is absent, in words; `required` where a client can't be created without it. */
  readonly whenAbsent: string;
  /** What a change may do: `never` touch it, `replace` it, or also `remove` it by null. */
  readonly change: 'never' | 'replace' | 'remove';
  /** The member of the client that holds it. */
  readonly storedAs: keyof Client;
  /** What each text of the value must be beyond its kind; a refusal says `expected`. */
  readonly rule?: { readonly expected: string; readonly fits: (text: string) => boolean };
};
