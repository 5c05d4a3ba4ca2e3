import { ok, type Result, refuse } from '../result.ts';

/** A scope token (RFC 6749 §3.3): printable ASCII without space, quote and backslash. */
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;
/** Most scopes in one request: more than a person would read on a phone. */
const SCOPE_COUNT_LIMIT = 50;

/** A scope with the sentence that the phone shows for it. */
export type DescribedScope = { readonly scope: string; readonly description: string };

/** Descriptions of the standard scopes (OIDC Core §5.4). Those of other scopes come from the client's registration. */
const standardDescriptions: Readonly<Record<string, string>> = {
  openid: 'Confirm who you are',
  profile: 'See your name',
  email: 'See your e-mail address',
  phone: 'See your phone number',
};

/** The scopes that this provider knows without a registration. */
export const STANDARD_SCOPES = Object.keys(standardDescriptions);

/**
 * Reads `scope`, a list separated by spaces. The order is kept and duplicates are dropped. A malformed list is
 * `invalid_scope`. Where `openid` is required (CIBA §7.1), a list without it is `invalid_request`. Where it is not, the
 * scope must be there all the same: there is no default that the user could be shown, so without it the request fails
 * with `invalid_scope` (RFC 6749 §3.3).
 */
export function parseScope(
  scope: string | undefined,
  { requiresOpenid }: { readonly requiresOpenid: boolean },
): Result<readonly string[]> {
  if (scope === undefined) return refuse({ reason: requiresOpenid ? 'openid_scope_missing' : 'scope_missing' });
  const tokens = scope.split(' ');
  if (tokens.length > SCOPE_COUNT_LIMIT || tokens.some((token) => !scopeToken.test(token))) {
    return refuse({ reason: 'scope_malformed' });
  }
  const scopes = [...new Set(tokens)];
  return requiresOpenid && !asksIdToken(scopes) ? refuse({ reason: 'openid_scope_missing' }) : ok(scopes);
}

/**
 * Returns the scopes that the client may have, in the order in which it asked for them. Other scopes are dropped (RFC
 * 6749 §3.3). Nothing is left only if the client asked without `openid`.
 */
export function grantScopes(asked: readonly string[], allowed: readonly string[]): readonly string[] {
  return asked.filter((scope) => scope === 'openid' || allowed.includes(scope));
}

/** Returns whether scopes ask for an ID token. Without `openid` they ask for an access token alone. */
export function asksIdToken(scopes: readonly string[]): boolean {
  return scopes.includes('openid');
}

/**
 * Returns each granted scope with the sentence that the phone shows for it. A standard scope keeps its words, so that
 * no client can pass the address off as something else. Without a description the phone shows the name of the scope.
 */
export function describeScopes(
  scopes: readonly string[],
  own: Readonly<Record<string, string>>,
): readonly DescribedScope[] {
  return scopes.map((scope) => ({
    scope,
    description: [standardDescriptions, own].find((known) => Object.hasOwn(known, scope))?.[scope] ?? scope,
  }));
}
