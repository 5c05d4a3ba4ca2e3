import { describe, expect, it } from 'vitest';
import {
  claimsFor,
  enrolledDevices,
  hasIdentifier,
  isSamePerson,
  type User,
  type UserClaims,
} from '../../../provider/core/person/user.ts';
import { DEVICE, USER } from '../given.ts';

const ALL = {
  name: 'Ann Smith',
  given_name: 'Ann',
  family_name: 'Smith',
  preferred_username: 'ann',
  email: 'ann@example.com',
  email_verified: false,
  phone_number: '+4912345678',
  phone_number_verified: true,
};

describe('claims that the granted scopes open (OIDC Core §5.4)', () => {
  it.each([
    ['openid', {}],
    ['profile', { name: 'Ann Smith', given_name: 'Ann', family_name: 'Smith', preferred_username: 'ann' }],
    ['email', { email: 'ann@example.com', email_verified: false }],
    ['phone', { phone_number: '+4912345678', phone_number_verified: true }],
    ['read:orders', {}],
    ['constructor', {}],
  ])('%s opens %o, and nothing without openid, because there is no ID token then', (scope, claims) => {
    expect(claimsFor(['openid', scope], ALL)).toEqual(claims);
    expect(claimsFor(scope === 'openid' ? [] : [scope], ALL)).toEqual({});
  });

  it('all together open everything, once', () => {
    expect(claimsFor(['openid', 'profile', 'email', 'phone'], ALL)).toEqual(ALL);
  });

  it('leaves out what the user does not have', () => {
    expect(claimsFor(['openid', 'profile', 'email'], { name: 'Ann', email: undefined })).toStrictEqual({ name: 'Ann' });
  });

  it('opens nothing that is not a standard claim, whatever is stored', () => {
    const hostile = { ...ALL, iss: 'https://evil.example/', sub: 'admin', acr: 'high', roles: ['admin'] } as UserClaims;
    expect(claimsFor(['openid', 'profile', 'email', 'phone', 'acr', 'roles'], hostile)).toEqual(ALL);
  });
});

describe('a login identifier of a user', () => {
  const ANN: User = {
    ...USER,
    identifiers: [
      { type: 'email', value: 'ann@example.com' },
      { type: 'username', value: 'ann' },
    ],
  };

  it('is one that the user has now, of the same type and value', () => {
    for (const identifier of ANN.identifiers) expect(hasIdentifier(ANN, identifier)).toBe(true);
    expect(hasIdentifier(ANN, { type: 'email', value: 'former@example.com' })).toBe(false);
    expect(hasIdentifier(ANN, { type: 'phone', value: 'ann' })).toBe(false);
    expect(hasIdentifier({ ...ANN, identifiers: [] }, { type: 'username', value: 'ann' })).toBe(false);
  });
});

it('a subject that is given again names another person, whose profile has another id', () => {
  const renamed: User = { ...USER, claims: { name: 'Ann' } };
  expect(isSamePerson(USER, renamed)).toBe(true);
  expect(isSamePerson(USER, { ...USER, profileId: 'profile-2' })).toBe(false);
  expect(isSamePerson(USER, { ...USER, sub: 'user-2' })).toBe(false);
});

it('a device counts only if its user names it', () => {
  const stray = { ...DEVICE, deviceId: 'device-2' };
  expect(enrolledDevices(USER, [stray, DEVICE])).toEqual([DEVICE]);
  expect(enrolledDevices({ ...USER, deviceIds: [] }, [stray, DEVICE])).toEqual([]);
});
