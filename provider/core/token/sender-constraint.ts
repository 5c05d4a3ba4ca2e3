/**
 * The key that a client proved to hold in its call (RFC 7800 §3.1): the thumbprint of a DPoP key (RFC 9449 §6.1) or of
 * a client certificate (RFC 8705 §3.1), never both.
 */
export type KeyConfirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/**
 * Returns the claim that binds an access token to the key. The presenter of the token must then hold the key as well.
 */
export function confirmationClaim(confirmation: KeyConfirmation | undefined): { readonly cnf?: KeyConfirmation } {
  return confirmation ? { cnf: confirmation } : {};
}

/** Returns the token type: `DPoP` for a token that is bound to a DPoP key (RFC 9449 §5), `Bearer` for every other. */
export function tokenTypeFor(confirmation: KeyConfirmation | undefined): 'Bearer' | 'DPoP' {
  return confirmation && 'jkt' in confirmation ? 'DPoP' : 'Bearer';
}
