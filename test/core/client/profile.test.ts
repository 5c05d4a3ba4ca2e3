import { expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';

it('accepts of every client what CIBA Core allows: any endpoint as aud, five minutes, a form, no bound tokens', () => {
  expect(STANDARD_PROFILE).toEqual({
    authenticationMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    assertionAlgorithms: ['RS256', 'PS256', 'ES256'],
    assertionAudience: 'issuer_or_endpoint',
    assertionLifetimeSeconds: 300,
    body: 'form',
    signedRequests: 'refused',
    boundTokens: 'never',
  });
});
