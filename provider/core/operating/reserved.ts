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
/** The host name of that audience. */
const SYNTHETIC_HOST = new URL(SYNTHETIC_AUDIENCE).hostname;

/** How long the tokens of the synthetic login live, in seconds. */
export const SYNTHETIC_TOKEN_SECONDS = 60;

/**
 * Returns whether an audience is one of the synthetic login's: its id, or any URL of its host. An API may compare URLs
 * after parsing them, so every spelling of the host counts: upper case, percent signs, the default port, a final dot. ID
 * tokens of the synthetic login are for its client id (OIDC Core §2).
 */
export function isReservedAudience(audience: string): boolean {
  const host = URL.canParse(audience) ? new URL(audience).hostname : audience;
  const name = host.toLowerCase().replace(/[./]+$/, '');
  return name === SYNTHETIC_HOST || `${audience.toLowerCase()}/`.startsWith(`${SYNTHETIC_ID}/`);
}

/** Refuses an id that belongs to the synthetic login: of a client, a user or a device. */
export function checkUnreserved(id: string | undefined): Result<true> {
  return id === SYNTHETIC_ID ? refuse({ reason: 'reserved_id' }) : ok(true);
}
