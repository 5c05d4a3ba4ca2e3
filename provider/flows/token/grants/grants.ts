import type { Result } from '../../../core/result.ts';
import { CIBA_GRANT, type GrantType } from '../../../core/token/grant-types.ts';
import type { IssuedTokens } from '../issue-tokens.ts';
import type { GrantCall } from '../ports.ts';
import { type CibaGrantPorts, redeemAuthReqId } from './ciba.ts';

/** What all grant types together need. */
export type GrantPorts = CibaGrantPorts;

/**
 * Turns a token request of one grant type into tokens, or refuses it. The client is already authenticated and
 * registered for the grant type.
 */
export type GrantHandler = (ports: GrantPorts, call: GrantCall) => Promise<Result<IssuedTokens>>;

/** The handler of each grant type that the provider offers. */
export const grants = {
  [CIBA_GRANT]: redeemAuthReqId,
} as const satisfies Record<GrantType, GrantHandler>;
