import { ok, type Result, refuse } from '../result.ts';

/** scope-token of RFC 6749 §3.3: printable ASCII without space, quote and backslash. */
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;
/** More scopes than anybody reads on a phone. */
const SCOPE_COUNT_LIMIT = 50;

/** A scope with the sentence that the phone shows for it. */
export type DescribedScope = { readonly scope: string; readonly description: string };

/** Descriptions of the standard scopes (OIDC Core §5.4); others come from the client's registration. */
const standardDescriptions: Readonly<Record<string, string>> = {
  openid: 'Confirm who you are',
  profile: 'See your name',
  email: 'See your e-mail address',
  phone: 'See your phone number',
};

/** The scopes that this provider knows by itself. */
export const STANDARD_SCOPES = Object.keys(standardDescriptions);

/** Reads `scope`: space-separated, order kept, duplicates dropped; malformed is `invalid_scope`, without `openid` `invalid_request`. */
export function parseScope(scope: string): Result<readonly string[]> {
  const tokens = scope.split(' ');
  if (tokens.length > SCOPE_COUNT_LIMIT || tokens.some((token) => !scopeToken.test(token))) {
    return refuse({ reason: 'scope_malformed' });
  }
  const scopes = [...new Set(tokens)];
  return scopes.includes('openid') ? ok(scopes) : refuse({ reason: 'openid_scope_missing' });
}

/** The scopes the client gets: those it may have, in the order asked. Others are dropped, never an error (RFC 6749 §3.3). */
export function grantScopes(asked: readonly string[], allowed: readonly string[]): readonly string[] {
  return asked.filter((scope) => scope === 'openid' || allowed.includes(scope));
}

/** Each granted scope with the sentence the phone shows; the client's own description wins, the bare name is the last resort. */
export function describeScopes(
  scopes: readonly string[],
  own: Readonly<Record<string, string>>,
): readonly DescribedScope[] {
  return scopes.map((scope) => ({
    scope,
    description: [own, standardDescriptions].find((known) => Object.hasOwn(known, scope))?.[scope] ?? scope,
  }));
}
