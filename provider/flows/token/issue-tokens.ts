import { asksIdToken } from '../../core/asking/scope.ts';
import type { Client } from '../../core/client/client.ts';
import { accessTokenType, mintAccessToken } from '../../core/token/access-token.ts';
import type { Grant } from '../../core/token/grant.ts';
import { mintIdToken } from '../../core/token/id-token.ts';
import { type KeyConfirmation, tokenTypeFor } from '../../core/token/sender-constraint.ts';
import { tokenLifetimes } from '../../core/token/token-lifetimes.ts';
import type { Entropy, Settings } from '../ports.ts';
import type { TokenSigner } from './ports.ts';

/** What issuing tokens needs. */
export type IssueTokensPorts = {
  readonly signer: TokenSigner;
  readonly entropy: Entropy;
  readonly settings: Settings;
};

/**
 * The successful answer (OIDC Core §3.1.3.3). It always contains `scope`, because some scopes may have been dropped.
 */
export type TokenResponse = {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  /** Absent if the user granted no `openid`. */
  readonly id_token?: string;
  readonly scope: string;
};

/**
 * The tokens of a grant, with what the audit trail records about them: whose they are, and which request led to them.
 */
export type IssuedTokens = {
  readonly tokens: TokenResponse;
  readonly sub: string;
  /** The `jti` of the access token. */
  readonly jti: string;
  /** When the tokens were issued, in epoch seconds: their `iat`. */
  readonly issuedAt: number;
  readonly requestId?: string | undefined;
};

/** What tokens are made of. */
type Issuance = {
  readonly client: Client;
  readonly grant: Grant;
  readonly confirmation?: KeyConfirmation | undefined;
  /** The `auth_req_id`, if the tokens are pushed. */
  readonly pushedFor?: string | undefined;
  readonly now: number;
};

/**
 * Turns a grant into tokens. Tokens are signed nowhere else. It writes nothing: the caller claims the grant afterwards,
 * so that a failure while signing leaves the grant redeemable.
 */
export async function issueTokens(
  ports: IssueTokensPorts,
  { client, grant, confirmation, pushedFor, now }: Issuance,
): Promise<Pick<IssuedTokens, 'tokens' | 'jti'>> {
  const { issuer } = ports.settings;
  const jti = ports.entropy.id();
  const lifetimes = tokenLifetimes(client, ports.settings.lifetimes);
  const accessClaims = mintAccessToken(grant, {
    issuer,
    jti,
    now,
    lifetimeSeconds: lifetimes.accessTokenSeconds,
    confirmation,
  });
  const accessToken = await ports.signer.sign(accessClaims, {
    algorithm: client.accessTokenAlgorithm,
    type: accessTokenType(grant, client),
  });
  const idTokenFor = () => {
    const lifetimeSeconds = lifetimes.idTokenSeconds;
    const claims = mintIdToken(grant, { issuer, accessToken, now, lifetimeSeconds, pushedFor });
    return ports.signer.sign(claims, { algorithm: client.idTokenAlgorithm, type: 'JWT' });
  };
  const tokens = {
    access_token: accessToken,
    token_type: tokenTypeFor(confirmation),
    expires_in: lifetimes.accessTokenSeconds,
    ...(asksIdToken(grant.scopes) && { id_token: await idTokenFor() }),
    scope: grant.scopes.join(' '),
  };
  return { tokens, jti };
}
