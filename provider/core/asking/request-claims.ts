import type { FormParameters } from '../form.ts';
import { ok, type Result, refuse } from '../result.ts';

/** Reads a claim as the values that a form would have. Undefined if it has another type. */
export type ClaimReader = { readonly expected: string; read(claim: unknown): readonly string[] | undefined };

/** Reads a claim that is a string. */
export const textClaim: ClaimReader = {
  expected: 'a string',
  read: (claim) => (isText(claim) ? [claim] : undefined),
};
/** A number or a string, both of which CIBA §7.1.1 allows. */
const seconds: ClaimReader = {
  expected: 'a number or a string',
  read: (claim) => (typeof claim === 'number' ? [String(claim)] : textClaim.read(claim)),
};
/** One value or several (RFC 8707 §2). */
const texts: ClaimReader = {
  expected: 'a string or a list of strings',
  read: (claim) => (Array.isArray(claim) && claim.every(isText) ? claim : textClaim.read(claim)),
};
/** JSON itself, or as a string (RFC 9396 §2). */
const json: ClaimReader = {
  expected: 'a list or a string',
  read: (claim) => (Array.isArray(claim) ? [JSON.stringify(claim)] : textClaim.read(claim)),
};

/** The parameters of the backchannel authentication endpoint (CIBA §7.1, RFC 8707, RFC 9396, Auth0's `audience`). */
const READERS = {
  scope: textClaim,
  client_notification_token: textClaim,
  acr_values: textClaim,
  login_hint_token: textClaim,
  id_token_hint: textClaim,
  login_hint: textClaim,
  binding_message: textClaim,
  user_code: textClaim,
  requested_expiry: seconds,
  audience: textClaim,
  resource: texts,
  authorization_details: json,
} as const satisfies Readonly<Record<string, ClaimReader>>;

/** Returns whether a name is that of a parameter which a signed request has as a claim. */
export function isRequestParameter(name: string): name is keyof typeof READERS {
  return Object.hasOwn(READERS, name);
}

/** Returns how the value of a parameter in JSON is read. Undefined if a signed request has no such claim. */
export function readerOf(name: string): ClaimReader | undefined {
  return isRequestParameter(name) ? READERS[name] : undefined;
}

/**
 * Turns the claims of a signed request into the form that would say the same, so that both are read alike. A claim of
 * another type is refused, and never converted. Empty values are dropped as in a form. Other claims are ignored.
 */
export function formFromClaims(claims: Readonly<Record<string, unknown>>): Result<FormParameters> {
  const form = new Map<string, readonly string[]>();
  for (const [name, { expected, read }] of Object.entries<ClaimReader>(READERS)) {
    if (!Object.hasOwn(claims, name)) continue;
    const values = read(claims[name]);
    if (!values) return refuse({ reason: 'request_object_claim', claim: name, expected });
    const present = values.filter((value) => value !== '');
    if (present.length > 0) form.set(name, present);
  }
  return ok(form);
}

/** A string that UTF-8 can encode, as every value of a form is. */
function isText(claim: unknown): claim is string {
  return typeof claim === 'string' && claim.isWellFormed();
}
