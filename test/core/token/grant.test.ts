import { expect, it } from 'vitest';
import { grantAsked } from '../../../provider/core/token/grant.ts';
import { NOW } from '../given.ts';

const ASKED = { clientId: 'bank', scopes: ['openid', 'email'], audience: ['https://api.example/'] };
const APPROVAL = {
  sub: 'user-1',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  blockCount: 1,
  deviceId: 'device-1',
  authTime: NOW,
  amr: ['face'],
};

it('a grant is what was asked, with the approval, and the claims that the granted scopes open (OIDC Core §5.4)', () => {
  const userClaims = { name: 'Ann', email: 'ann@example.com', email_verified: true };
  expect(grantAsked(ASKED, { ...APPROVAL, acr: undefined, userClaims })).toEqual({
    ...ASKED,
    ...APPROVAL,
    claims: { email: 'ann@example.com', email_verified: true },
  });
});

it('a grant carries the class that the provider concluded, where there is one', () => {
  expect(grantAsked(ASKED, { ...APPROVAL, acr: 'urn:high', userClaims: {} }).acr).toBe('urn:high');
});
