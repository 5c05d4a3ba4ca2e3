import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../keys/jwk.ts';
import {
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationMethod,
  DELIVERY_MODES,
  type DeliveryMode,
} from './client.ts';

/**
 * What the parsers of client calls accept, as one value. A stricter profile is another value, so that no flow has to
 * distinguish profiles.
 */
export type Profile = {
  /** How clients may authenticate (OIDC Core §9). */
  readonly authenticationMethods: readonly ClientAuthenticationMethod[];
  /** How clients may learn that a request has ended. FAPI-CIBA forbids push. */
  readonly deliveryModes: readonly DeliveryMode[];
  /** Algorithms of client assertions. A client's registration may narrow them. */
  readonly assertionAlgorithms: readonly SigningAlgorithm[];
  /** What an assertion may name as `aud`: the issuer or an endpoint (CIBA §7.1), or only the issuer. */
  readonly assertionAudience: 'issuer_or_endpoint' | 'issuer';
  /** Longest lifetime of a client assertion, in seconds. */
  readonly assertionLifetimeSeconds: number;
  /** How the parameters of a call arrive: in a form, as the standards say, or also in JSON. FAPI-CIBA knows the form alone. */
  readonly body: 'form' | 'form_or_json';
  /** Whether parameters may or must arrive in a signed `request` (CIBA §7.1.1). */
  readonly signedRequests: 'refused' | 'accepted' | 'required';
  /** Algorithms of signed requests. A client is registered for one of them. */
  readonly requestAlgorithms: readonly SigningAlgorithm[];
  /**
   * Whether tokens are bound to a key that the client proved to hold (RFC 8705, RFC 9449). No authentication method
   * proves a key yet.
   */
  readonly boundTokens: 'never' | 'when_proven';
};

/** The profile of every client: CIBA Core with the methods and algorithms of this provider. */
export const STANDARD_PROFILE: Profile = {
  authenticationMethods: CLIENT_AUTHENTICATION_METHODS,
  deliveryModes: DELIVERY_MODES,
  assertionAlgorithms: SIGNING_ALGORITHMS,
  assertionAudience: 'issuer_or_endpoint',
  assertionLifetimeSeconds: 300,
  body: 'form_or_json',
  signedRequests: 'accepted',
  requestAlgorithms: SIGNING_ALGORITHMS,
  boundTokens: 'never',
};
