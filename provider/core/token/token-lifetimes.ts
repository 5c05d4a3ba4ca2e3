import type { Client } from '../client/client.ts';
import { SYNTHETIC_TOKEN_SECONDS } from '../operating/reserved.ts';

/** How long the tokens of a grant live, in seconds. */
export type TokenLifetimes = { readonly idTokenSeconds: number; readonly accessTokenSeconds: number };

/** Returns how long a client's tokens live: as long as the settings say, and a minute for the synthetic login. */
export function tokenLifetimes(client: Client, configured: TokenLifetimes): TokenLifetimes {
  if (!client.isSynthetic) return configured;
  return { idTokenSeconds: SYNTHETIC_TOKEN_SECONDS, accessTokenSeconds: SYNTHETIC_TOKEN_SECONDS };
}
