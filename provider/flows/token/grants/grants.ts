import type { Result } from '../../../core/result.ts';
import { CIBA_GRANT, type GrantType } from '../../../core/token/grant-types.ts';
import type { IssuedTokens } from '../issue-tokens.ts';
import type { GrantCall } from '../ports.ts';
import { type CibaGrantPorts, redeemAuthReqId } from './ciba.ts';

/** What the grants need together. */
export type GrantPorts = CibaGrantPorts;

/** Turns a token request of one grant type into tokens, or refuses. The client is authenticated and may use the grant. */
export type GrantHandler = (ports: GrantPorts, call: GrantCall) => Promise<Result<IssuedTokens>>;

/** What answers each grant type that the provider offers. */
export const grants = {
  [CIBA_GRANT]: redeemAuthReqId,
} as const satisfies Record<GrantType, GrantHandler>;
