import { ok, type Result, refuse } from '../result.ts';

// The names that belong to the synthetic login alone. They stand apart from synthetic.ts, because the registration of
// clients refuses them and must not depend on what is registered.

/**
 * The one name of everything synthetic: the client, the user and the device. Roles may access exactly the items with
 * this name. The admin API refuses to create, change or remove anything under it, also where there is no synthetic
 * login.
 */
export const SYNTHETIC_ID = 'synthetic-login';

/**
 * The audience of the synthetic login's access token. No API can have it: names under `.invalid` never exist (RFC 6761
 * §6.4), and registration refuses it to every other client.
 */
export const SYNTHETIC_AUDIENCE = 'https://synthetic-login.invalid/';

/** How long the tokens of the synthetic login live, in seconds. */
export const SYNTHETIC_TOKEN_SECONDS = 60;

/**
 * Returns whether an audience is one of the synthetic login's, or differs from it only where a careless API sees no
 * difference. Its ID tokens are for the client id (OIDC Core §2).
 */
export function isReservedAudience(audience: string): boolean {
  return [SYNTHETIC_AUDIENCE, `${SYNTHETIC_ID}/`].some((own) => `${audience.toLowerCase()}/`.startsWith(own));
}

/** Refuses an id that belongs to the synthetic login: of a client, a user or a device. */
export function checkUnreserved(id: string | undefined): Result<true> {
  return id === SYNTHETIC_ID ? refuse({ reason: 'reserved_id' }) : ok(true);
}
