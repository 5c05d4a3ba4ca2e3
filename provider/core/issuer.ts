/** The provider's name: `https://HOST/`, with the slash and without a path, and the names it had before. */
export type IssuerNames = { readonly issuer: string; readonly previousIssuers: readonly string[] };

const withoutSlash = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : url);

/** Whether `value` names this provider: exactly, without its final slash, or by a name it had before a migration. */
export function namesIssuer(value: string, names: IssuerNames): boolean {
  const bare = withoutSlash(value);
  return [names.issuer, ...names.previousIssuers].some((known) => withoutSlash(known) === bare);
}

/** The absolute URL of a path of this provider. */
export function urlOf(issuer: string, path: string): string {
  return withoutSlash(issuer) + path;
}
