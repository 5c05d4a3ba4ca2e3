/** The signature algorithms of this provider, for tokens and for client assertions. */
export const SIGNING_ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;

/** One of {@link SIGNING_ALGORITHMS}. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A public key as JSON (RFC 7517), without private members. */
export type PublicJwk = {
  readonly kty: string;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
};
