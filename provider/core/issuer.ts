/**
 * The provider's names: its issuer, `https://HOST/` with the slash and without a path, and the issuers it had before.
 */
export type IssuerNames = { readonly issuer: string; readonly previousIssuers: readonly string[] };

const withoutSlash = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : url);

/**
 * Returns whether `value` is a name of this provider: its issuer, or an issuer that it had before a migration, with or
 * without the final slash.
 */
export function namesIssuer(value: string, names: IssuerNames): boolean {
  const bare = withoutSlash(value);
  return [names.issuer, ...names.previousIssuers].some((known) => withoutSlash(known) === bare);
}

/** Returns the absolute URL of a path of this provider. */
export function urlOf(issuer: string, path: string): string {
  return withoutSlash(issuer) + path;
}
