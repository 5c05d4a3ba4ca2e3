/** The grant type of CIBA (CIBA §10.1). */
export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** The grant types that this provider offers: what discovery advertises and what a client may be registered for. */
export const GRANT_TYPES = [CIBA_GRANT] as const;
/** One of {@link GRANT_TYPES}. */
export type GrantType = (typeof GRANT_TYPES)[number];
