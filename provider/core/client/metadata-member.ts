import type { PublicJwk } from '../keys/jwk.ts';
import type { Client } from './client.ts';

/**
 * The JSON kind of a member. `called` is the placeholder for one of its texts in the help of the command line. Limits
 * of length are in characters, limits of lists in entries.
 */
export type MemberKind =
  | { readonly kind: 'text'; readonly called: string; readonly longest?: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'choices'; readonly called: string; readonly of: readonly string[] }
  | { readonly kind: 'whole_number'; readonly least: number; readonly most?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'texts'; readonly called: string; readonly longest: number; readonly most: number }
  | { readonly kind: 'texts_by_name'; readonly called: string }
  | { readonly kind: 'public_keys'; readonly most: number }
  | { readonly kind: 'hint_issuers'; readonly most: number };

/** An issuer of `login_hint_token`s, with either its keys or their address. */
export type HintIssuerMetadata = {
  readonly issuer: string;
  readonly jwks?: { readonly keys: readonly PublicJwk[] } | undefined;
  readonly jwks_uri?: string | undefined;
  readonly audience?: string | undefined;
};

/** The type of a value of a kind. */
export type MemberValue<Kind extends MemberKind> = Kind extends { kind: 'text' }
  ? string
  : Kind extends { kind: 'choice'; of: readonly (infer Choice)[] }
    ? Choice
    : Kind extends { kind: 'choices'; of: readonly (infer Choice)[] }
      ? readonly Choice[]
      : Kind extends { kind: 'whole_number' }
        ? number
        : Kind extends { kind: 'boolean' }
          ? boolean
          : Kind extends { kind: 'texts' }
            ? readonly string[]
            : Kind extends { kind: 'texts_by_name' }
              ? Readonly<Record<string, string>>
              : Kind extends { kind: 'public_keys' }
                ? { readonly keys: readonly PublicJwk[] }
                : Kind extends { kind: 'hint_issuers' }
                  ? readonly HintIssuerMetadata[]
                  : never;

/** A row of the table of client metadata. Its texts may mark code with backticks, as in Markdown. */
export type MemberSpec = MemberKind & {
  /** The standard that defines the name, or `own` for a name of this provider. */
  readonly source: 'RFC 7591 §2' | 'RFC 7591 §3.2.1' | 'RFC 9101 §10.5' | 'OIDC Registration §2' | 'CIBA §4' | 'own';
  /** What the member means, in one or two sentences. Help and documents show it. */
  readonly means: string;
  /** What holds when the member is absent, in words, or `required` if a client cannot be created without it. */
  readonly whenAbsent: string;
  /** What a change may do with the member: `never` touch it, `replace` it, or also `remove` it by null. */
  readonly change: 'never' | 'replace' | 'remove';
  /** What the audit trail has of a changed member: its name alone, or also its values before and after. */
  readonly audited: 'name' | 'values';
  /** The member of `Client` that stores it. */
  readonly storedAs: keyof Client;
  /** The rule for each text of the value, beyond its kind. A refusal quotes `expected`. */
  readonly rule?: { readonly expected: string; readonly fits: (text: string) => boolean };
};
