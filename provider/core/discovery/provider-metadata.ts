import { STANDARD_SCOPES } from '../asking/scope.ts';
import type { Profile } from '../client/profile.ts';
import { urlOf } from '../issuer.ts';
import { SIGNING_ALGORITHMS } from '../keys/jwk.ts';
import { GRANT_TYPES } from '../token/grant-types.ts';

/** The paths at which clients authenticate. Tokens are issued and revoked under Auth0's paths, too. */
const CLIENT_PATHS = {
  backchannelAuthentication: '/bc-authorize',
  resend: '/bc-authorize/resend',
  withdrawal: '/bc-authorize/withdraw',
  number: '/bc-authorize/number',
  token: '/token',
  tokenAlias: '/oauth/token',
  revocation: '/revoke',
  revocationAlias: '/oauth/revoke',
} as const;
/** The paths that clients may call. At the authorization endpoint everybody is refused. */
export const PATHS = { ...CLIENT_PATHS, authorization: '/authorize', jwks: '/.well-known/jwks.json' } as const;

/** Returns the URLs that a client assertion may name as `aud`, apart from the issuer (CIBA §7.1). */
export function assertionEndpoints(issuer: string): readonly string[] {
  return Object.values(CLIENT_PATHS).map((path) => urlOf(issuer, path));
}

/** What the provider offers according to its settings, in addition to what its rules define. */
type Offered = {
  readonly issuer: string;
  readonly acrValues: readonly string[];
  readonly profile: Profile;
};

/**
 * Returns the discovery document (OIDC Discovery §3, RFC 8414 §2, CIBA §4). It advertises only what the provider really
 * offers.
 */
export function providerMetadata({ issuer, acrValues, profile }: Offered): Readonly<Record<string, unknown>> {
  return {
    issuer,
    backchannel_authentication_endpoint: urlOf(issuer, PATHS.backchannelAuthentication),
    // Extensions of this provider (docs/resend.md, docs/withdrawal.md).
    backchannel_authentication_resend_endpoint: urlOf(issuer, PATHS.resend),
    backchannel_authentication_withdrawal_endpoint: urlOf(issuer, PATHS.withdrawal),
    // An extension of this provider (docs/number-matching.md).
    backchannel_authentication_number_endpoint: urlOf(issuer, PATHS.number),
    token_endpoint: urlOf(issuer, PATHS.token),
    revocation_endpoint: urlOf(issuer, PATHS.revocation),
    jwks_uri: urlOf(issuer, PATHS.jwks),
    backchannel_token_delivery_modes_supported: profile.deliveryModes,
    backchannel_user_code_parameter_supported: true,
    grant_types_supported: GRANT_TYPES,
    // Libraries demand this endpoint and a response type. `none` promises neither a code nor a token (docs/adr/0058).
    authorization_endpoint: urlOf(issuer, PATHS.authorization),
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    scopes_supported: STANDARD_SCOPES,
    claims_supported: [
      ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'amr', 'at_hash'],
      ...(acrValues.length > 0 ? ['acr'] : []),
      ...['name', 'given_name', 'family_name', 'preferred_username'],
      ...['email', 'email_verified', 'phone_number', 'phone_number_verified'],
    ],
    ...(acrValues.length > 0 && { acr_values_supported: acrValues }),
    id_token_signing_alg_values_supported: SIGNING_ALGORITHMS,
    token_endpoint_auth_methods_supported: profile.authenticationMethods,
    token_endpoint_auth_signing_alg_values_supported: profile.assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: profile.authenticationMethods,
    revocation_endpoint_auth_signing_alg_values_supported: profile.assertionAlgorithms,
    ...signedRequestMetadata(profile),
    request_uri_parameter_supported: false,
  };
}

/** What discovery says about signed requests (CIBA §4, RFC 9101 §10.5). The list is absent where they are refused. */
function signedRequestMetadata({ signedRequests, requestAlgorithms }: Profile): Readonly<Record<string, unknown>> {
  if (signedRequests === 'refused') return { request_parameter_supported: false };
  return {
    backchannel_authentication_request_signing_alg_values_supported: requestAlgorithms,
    request_parameter_supported: true,
    ...(signedRequests === 'required' && { require_signed_request_object: true }),
  };
}
