import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../keys/jwk.ts';
import { CLIENT_AUTHENTICATION_METHODS, type ClientAuthenticationMethod } from './client.ts';

/**
 * What the parsers of client calls accept: one value, so that a stricter profile is another value and never a question
 * in a flow.
 */
export type Profile = {
  /** How clients may authenticate (OIDC Core §9). */
  readonly authenticationMethods: readonly ClientAuthenticationMethod[];
  /** Algorithms of client assertions. A client's registration may narrow them. */
  readonly assertionAlgorithms: readonly SigningAlgorithm[];
  /** Whom an assertion may name as `aud`: the issuer or an endpoint (CIBA §7.1), or the issuer alone. */
  readonly assertionAudience: 'issuer_or_endpoint' | 'issuer';
  /** Longest life of a client assertion, in seconds. */
  readonly assertionLifetimeSeconds: number;
  /** How the parameters of a call arrive. */
  readonly body: 'form';
  /** Whether parameters may or must arrive in a signed `request` (CIBA §7.1.1). Signed requests are not built yet. */
  readonly signedRequests: 'refused';
  /** Whether tokens are bound to a key that the client proved to hold (RFC 8705, RFC 9449). No method proves one yet. */
  readonly boundTokens: 'never' | 'when_proven';
};

/** What every client may do: CIBA Core with the methods and algorithms of this provider. */
export const STANDARD_PROFILE: Profile = {
  authenticationMethods: CLIENT_AUTHENTICATION_METHODS,
  assertionAlgorithms: SIGNING_ALGORITHMS,
  assertionAudience: 'issuer_or_endpoint',
  assertionLifetimeSeconds: 300,
  body: 'form',
  signedRequests: 'refused',
  boundTokens: 'never',
};
