import type { PublicJwk } from '../keys/jwk.ts';

/** Somebody who may sign a `login_hint_token`: for one client, or for all clients of the deployment. */
export type HintIssuer = {
  /** The `iss` of the tokens, exactly. */
  readonly issuer: string;
  /** The public keys. Empty if they are at a URL. */
  readonly keys: readonly PublicJwk[];
  /** Where the issuer publishes its keys. Absent if they are registered. */
  readonly jwksUri?: string | undefined;
  /** The `aud` of the tokens, exactly. Absent means that they are for this provider. */
  readonly audience?: string | undefined;
};

/** Returns the issuer that a token names. One of the client counts before one of the deployment. */
export function trustedIssuer(
  iss: unknown,
  ofClient: readonly HintIssuer[] = [],
  ofDeployment: readonly HintIssuer[] = [],
): HintIssuer | undefined {
  return [...ofClient, ...ofDeployment].find(({ issuer }) => issuer === iss);
}
