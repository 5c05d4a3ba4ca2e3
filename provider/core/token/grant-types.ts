/** The grant type of CIBA (CIBA §10.1). */
export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** The grant types of this provider. Discovery advertises them, and a client may be registered for them. */
export const GRANT_TYPES = [CIBA_GRANT] as const;
/** One of {@link GRANT_TYPES}. */
export type GrantType = (typeof GRANT_TYPES)[number];

/** Returns whether the provider offers a grant type. */
export function isGrantType(value: string): value is GrantType {
  return GRANT_TYPES.some((known) => known === value);
}
