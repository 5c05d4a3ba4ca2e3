import { describe, expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { assertionEndpoints, providerMetadata } from '../../../provider/core/discovery/provider-metadata.ts';
import { ISSUER } from '../given.ts';

describe('discovery (OIDC Discovery §3, CIBA §4)', () => {
  const metadata = providerMetadata({ issuer: ISSUER, acrValues: [], profile: STANDARD_PROFILE });

  it('is this document, and no member more', () => {
    expect(metadata).toStrictEqual({
      issuer: 'https://op.example/',
      backchannel_authentication_endpoint: 'https://op.example/bc-authorize',
      token_endpoint: 'https://op.example/token',
      revocation_endpoint: 'https://op.example/revoke',
      jwks_uri: 'https://op.example/.well-known/jwks.json',
      backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
      backchannel_authentication_resend_endpoint: 'https://op.example/bc-authorize/resend',
      backchannel_authentication_withdrawal_endpoint: 'https://op.example/bc-authorize/withdraw',
      backchannel_authentication_number_endpoint: 'https://op.example/bc-authorize/number',
      backchannel_user_code_parameter_supported: true,
      grant_types_supported: ['urn:openid:params:grant-type:ciba'],
      authorization_endpoint: 'https://op.example/authorize',
      response_types_supported: ['none'],
      subject_types_supported: ['public'],
      scopes_supported: ['openid', 'profile', 'email', 'phone'],
      claims_supported: [
        ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'amr', 'at_hash'],
        ...['name', 'given_name', 'family_name', 'preferred_username'],
        ...['email', 'email_verified', 'phone_number', 'phone_number_verified'],
      ],
      id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
      revocation_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
      revocation_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
      backchannel_authentication_request_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
    });
  });

  it('names the issuer exactly, and every endpoint below it', () => {
    expect(metadata).toMatchObject({
      issuer: ISSUER,
      backchannel_authentication_endpoint: 'https://op.example/bc-authorize',
      token_endpoint: 'https://op.example/token',
      revocation_endpoint: 'https://op.example/revoke',
      jwks_uri: 'https://op.example/.well-known/jwks.json',
    });
  });

  it('advertises what works: poll, the CIBA grant, three authentication methods, three algorithms', () => {
    expect(metadata).toMatchObject({
      backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
      grant_types_supported: ['urn:openid:params:grant-type:ciba'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
      id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
      scopes_supported: ['openid', 'profile', 'email', 'phone'],
      subject_types_supported: ['public'],
    });
  });

  it.each([
    ['refused', { request_parameter_supported: false }],
    [
      'required',
      {
        backchannel_authentication_request_signing_alg_values_supported: ['PS256'],
        request_parameter_supported: true,
        require_signed_request_object: true,
      },
    ],
  ] as const)('says of signed requests what the profile does with them: %s (CIBA §4)', (signedRequests, said) => {
    const profile = { ...STANDARD_PROFILE, signedRequests, requestAlgorithms: ['PS256'] as const };
    const names = Object.keys({ ...metadata, require_signed_request_object: true });
    const about = names.filter((name) => /request_(parameter|object|signing)/.test(name));
    const document = providerMetadata({ issuer: ISSUER, acrValues: [], profile });
    expect(Object.fromEntries(about.filter((name) => name in document).map((name) => [name, document[name]]))).toEqual(
      said,
    );
  });

  it('advertises nothing that does not work but the authorization endpoint: no request_uri, no other endpoints', () => {
    expect(metadata['request_uri_parameter_supported']).toBe(false);
    expect(
      Object.keys(metadata)
        .filter((name) => name.endsWith('_endpoint'))
        .sort(),
    ).toEqual([
      'authorization_endpoint',
      'backchannel_authentication_endpoint',
      'backchannel_authentication_number_endpoint',
      'backchannel_authentication_resend_endpoint',
      'backchannel_authentication_withdrawal_endpoint',
      'revocation_endpoint',
      'token_endpoint',
    ]);
  });

  it('promises no code and no token of the authorization endpoint, which only libraries demand (OIDC Discovery §3)', () => {
    expect(metadata).toMatchObject({
      authorization_endpoint: 'https://op.example/authorize',
      response_types_supported: ['none'],
    });
    expect(assertionEndpoints(ISSUER)).not.toContain('https://op.example/authorize');
  });

  it('has no empty list: such a member is left out (OIDC Discovery §4.2, RFC 8414 §3.2)', () => {
    expect(Object.values(metadata).filter((value) => Array.isArray(value) && value.length === 0)).toEqual([]);
  });

  it('advertises acr only where the operator has a policy', () => {
    expect(metadata).not.toHaveProperty('acr_values_supported');
    expect(metadata['claims_supported']).not.toContain('acr');
    const withPolicy = providerMetadata({ issuer: ISSUER, acrValues: ['urn:example:high'], profile: STANDARD_PROFILE });
    expect(withPolicy['acr_values_supported']).toEqual(['urn:example:high']);
    expect(withPolicy['claims_supported']).toContain('acr');
  });

  it('lets a client assertion name each endpoint that it authenticates at, under both paths (CIBA §7.1)', () => {
    expect(assertionEndpoints(ISSUER)).toEqual([
      'https://op.example/bc-authorize',
      'https://op.example/bc-authorize/resend',
      'https://op.example/bc-authorize/withdraw',
      'https://op.example/bc-authorize/number',
      'https://op.example/token',
      'https://op.example/oauth/token',
      'https://op.example/revoke',
      'https://op.example/oauth/revoke',
    ]);
  });

  it('advertises what the profile accepts, and no more', () => {
    const profile = {
      ...STANDARD_PROFILE,
      authenticationMethods: ['private_key_jwt'],
      assertionAlgorithms: ['PS256'],
    } as const;
    expect(providerMetadata({ issuer: ISSUER, acrValues: [], profile })).toMatchObject({
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['PS256'],
      revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
      revocation_endpoint_auth_signing_alg_values_supported: ['PS256'],
    });
  });
});
