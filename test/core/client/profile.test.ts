import { expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';

it('the standard profile is CIBA Core with every method and algorithm, and JSON bodies; bound tokens are to come', () => {
  expect(STANDARD_PROFILE).toEqual({
    deliveryModes: ['poll', 'ping', 'push'],
    authenticationMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    assertionAlgorithms: ['RS256', 'PS256', 'ES256'],
    assertionAudience: 'issuer_or_endpoint',
    assertionLifetimeSeconds: 300,
    body: 'form_or_json',
    signedRequests: 'accepted',
    requestAlgorithms: ['RS256', 'PS256', 'ES256'],
    boundTokens: 'never',
  });
});
