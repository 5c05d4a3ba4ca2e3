/**
 * The key that a client proved to hold when it called (RFC 7800 §3.1): the thumbprint of a DPoP key (RFC 9449 §6.1) or
 * of a client certificate (RFC 8705 §3.1). Never both.
 */
export type KeyConfirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/** The members of an access token that bind it to the key: whoever presents the token must hold the key as well. */
export function confirmationClaim(confirmation: KeyConfirmation | undefined): { readonly cnf?: KeyConfirmation } {
  return confirmation ? { cnf: confirmation } : {};
}

/** How the token is presented: a token of a DPoP key as `DPoP` (RFC 9449 §5), every other as `Bearer`. */
export function tokenTypeFor(confirmation: KeyConfirmation | undefined): 'Bearer' | 'DPoP' {
  return confirmation && 'jkt' in confirmation ? 'DPoP' : 'Bearer';
}
