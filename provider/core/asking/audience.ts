import { ok, type Result, refuse } from '../result.ts';

/** The audiences that the client may ask for. */
export type TargetPolicy = { readonly audiences: readonly string[]; readonly defaultAudience?: string | undefined };

/**
 * Returns the audience of the access token: what `audience` (Auth0's name) and `resource` (RFC 8707, repeatable) ask
 * for. Without either it is the client's default audience, or else the issuer. The client id is never used instead. An
 * unknown audience and one that is not allowed get the same answer: `invalid_target`.
 */
export function grantAudience(
  asked: { audience: string | undefined; resources: readonly string[] },
  policy: TargetPolicy,
  issuer: string,
): Result<readonly string[]> {
  const resources = checkResources(asked.resources);
  if (!resources.ok) return resources;
  const wanted = [...new Set([...(asked.audience === undefined ? [] : [asked.audience]), ...asked.resources])];
  if (wanted.length === 0) return ok([policy.defaultAudience ?? issuer]);
  if (wanted.some((audience) => !policy.audiences.includes(audience))) {
    return refuse({ reason: 'invalid_target', because: 'not_allowed' });
  }
  return ok(wanted);
}

/**
 * Returns whether the client may have tokens for this audience now: one of its own audiences, or the audience that it
 * gets when it asks for none.
 */
export function isAudienceAllowed(audience: string, policy: TargetPolicy, issuer: string): boolean {
  return policy.audiences.includes(audience) || audience === (policy.defaultAudience ?? issuer);
}

/** Checks the form of `resource` parameters: absolute URIs without a fragment (RFC 8707 §2). */
export function checkResources(resources: readonly string[]): Result<readonly string[]> {
  return resources.every((resource) => URL.canParse(resource) && !resource.includes('#'))
    ? ok(resources)
    : refuse({ reason: 'invalid_target', because: 'malformed' });
}

/**
 * Narrows a granted audience to the resources that a token request names (RFC 8707 §2.2). Without any it stays as it
 * was granted. A resource that was not granted is `invalid_target`.
 */
export function narrowAudience(granted: readonly string[], resources: readonly string[]): Result<readonly string[]> {
  if (resources.some((resource) => !granted.includes(resource)))
    return refuse({ reason: 'invalid_target', because: 'not_granted' });
  return ok(resources.length === 0 ? granted : [...new Set(resources)]);
}
