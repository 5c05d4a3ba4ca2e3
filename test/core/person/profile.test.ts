import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeProfile,
  changeUser,
  describeUser,
  registerUser,
  type UserProfile,
} from '../../../provider/core/person/profile.ts';
import type { User } from '../../../provider/core/person/user.ts';
import { NOW, refusalOf, USER, valueFrom } from '../given.ts';

const register = (profile: UserProfile, sub = 'user-1') => registerUser(profile, { sub, profileId: 'profile-1' });
const NEW_USER: User = { ...USER, deviceIds: [], blockCount: 0 };
const wrong = (name: string, expected: string) => ({ reason: 'invalid_parameter', name, expected });

describe('profile of a user (OIDC Core §5.1)', () => {
  it('becomes a user whose e-mail address, phone number and username are normalised login identifiers', () => {
    const user = valueFrom(
      register({
        name: 'Ann Smith',
        email: ' ANN@Example.com',
        email_verified: true,
        phone_number: '+49 123 45678',
        preferred_username: 'Ann',
      }),
    );
    expect(user).toEqual({
      sub: 'user-1',
      profileId: 'profile-1',
      status: 'active',
      deviceIds: [],
      blockCount: 0,
      claims: {
        name: 'Ann Smith',
        email: 'ann@example.com',
        email_verified: true,
        phone_number: '+4912345678',
        preferred_username: 'ann',
      },
      identifiers: [
        { type: 'email', value: 'ann@example.com' },
        { type: 'phone', value: '+4912345678' },
        { type: 'username', value: 'ann' },
      ],
    });
  });

  it('may be empty: then only iss_sub finds the user', () => {
    // Nothing undefined either, which a grant would carry along.
    expect(valueFrom(register({}))).toStrictEqual(NEW_USER);
  });

  it('may be blocked, and that is no claim', () => {
    expect(valueFrom(register({ blocked: true }))).toEqual({ ...NEW_USER, status: 'blocked' });
    expect(valueFrom(register({ blocked: false })).status).toBe('active');
  });

  it('has the subject it is registered under, not the one it says', () => {
    const user = valueFrom(register({ sub: 'another' }, 'user-1'));
    expect(user.sub).toBe('user-1');
    expect(user.claims).not.toHaveProperty('sub');
  });

  it.each(['', '.', '..', 'a b', 'a/b', 'a#b', 'ä', 'x'.repeat(129)])('refuses the subject "%s"', (sub) => {
    expect(refusalOf(register({}, sub))).toEqual(wrong('sub', '1 to 128 letters, digits or . _ | : @ + -'));
  });

  it.each(['name', 'given_name', 'family_name'])('accepts 100 bytes of %s and refuses 101', (member) => {
    expect(register({ [member]: 'x'.repeat(100) }).ok).toBe(true);
    expect(refusalOf(register({ [member]: 'x'.repeat(101) }))).toEqual(
      wrong(member, 'at most 100 bytes of readable characters'),
    );
  });

  it.each(['Ann\u202E', 'An\u200Bn', 'Ann\n', '\0'])('refuses the name "%s": nobody can hide in it', (name) => {
    expect(refusalOf(register({ name }))).toEqual(wrong('name', 'at most 100 bytes of readable characters'));
  });

  it.each(['', 'ann', 'ann@', 'a b@c'])('refuses the e-mail address "%s"', (email) => {
    expect(refusalOf(register({ email }))).toEqual(wrong('email', 'an e-mail address'));
  });

  it.each(['', '0123456', '+0123456', '+49x'])('refuses the phone number "%s"', (phone_number) => {
    expect(refusalOf(register({ phone_number }))).toEqual(wrong('phone_number', 'an E.164 number as +4912345678'));
  });

  it.each(['', 'a b', '+49', 'a@b', '{', 'x'.repeat(65)])('refuses the username "%s"', (preferred_username) => {
    expect(refusalOf(register({ preferred_username }))).toEqual(
      wrong('preferred_username', '1 to 64 letters, digits or . _ -'),
    );
  });

  it('registers again to the same user, so that a change keeps what it does not name', () => {
    const profiles = fc.record(
      {
        name: fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
        email: fc.constantFrom('Ann@example.com', 'ann+x@example.com'),
        email_verified: fc.boolean(),
        phone_number: fc.constantFrom('+49 123 45678', 'tel:+12015550123'),
        phone_number_verified: fc.boolean(),
        preferred_username: fc.constantFrom('Ann', 'ann.smith'),
        blocked: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(profiles, (profile) => {
        const user = valueFrom(register(profile));
        expect(valueFrom(register(describeUser(user)))).toEqual(user);
      }),
    );
  });
});

describe('a change of a profile', () => {
  const BEFORE: UserProfile = {
    name: 'Ann Smith',
    email: 'ann@example.com',
    email_verified: true,
    phone_number: '+4912345678',
    phone_number_verified: true,
  };

  it('keeps what it does not name, and with it what was verified', () => {
    expect(changeProfile(BEFORE, {})).toStrictEqual(BEFORE);
    expect(changeProfile(BEFORE, { name: 'Ann' })).toStrictEqual({ ...BEFORE, name: 'Ann' });
    expect(changeProfile(BEFORE, { name: null, email: undefined })).toStrictEqual({
      email: 'ann@example.com',
      email_verified: true,
      phone_number: '+4912345678',
      phone_number_verified: true,
    });
  });

  it('makes a new e-mail address unverified, and not the phone number', () => {
    expect(changeProfile(BEFORE, { email: 'ann@new.example' })).toStrictEqual({
      name: 'Ann Smith',
      email: 'ann@new.example',
      phone_number: '+4912345678',
      phone_number_verified: true,
    });
  });

  it('makes a new phone number unverified, and not the e-mail address', () => {
    expect(changeProfile(BEFORE, { phone_number: '+4987654321' })).toStrictEqual({
      name: 'Ann Smith',
      email: 'ann@example.com',
      email_verified: true,
      phone_number: '+4987654321',
    });
  });

  it('says otherwise where it says what is verified', () => {
    const change = { email: 'ann@new.example', email_verified: true, phone_number: null, phone_number_verified: false };
    expect(changeProfile(BEFORE, change)).toStrictEqual({
      name: 'Ann Smith',
      email: 'ann@new.example',
      email_verified: true,
      phone_number_verified: false,
    });
  });
});

describe('a change of a user', () => {
  const ticket = { hash: 'hash', issuedAt: NOW - 1, expiresAt: NOW + 1 };
  const BEFORE: User = { ...USER, revision: 1, ticket };
  const change = (before: User, profile: UserProfile) => valueFrom(changeUser(before, profile));

  it('keeps person, devices and ticket', () => {
    const renamed = change(BEFORE, { name: 'Ann' });
    expect(renamed).toEqual({ ...USER, claims: { name: 'Ann' }, ticket });
  });

  it('that blocks ends the ticket, and is counted; an unblock brings nothing back', () => {
    const blocked = change(BEFORE, { blocked: true });
    expect(blocked).toEqual({ ...USER, status: 'blocked', blockCount: USER.blockCount + 1 });
    expect(change(blocked, { name: 'Ann', blocked: true }).blockCount).toBe(blocked.blockCount);
    const unblocked = change(blocked, { blocked: false });
    expect(unblocked).toEqual({ ...USER, blockCount: blocked.blockCount });
    expect(change(unblocked, { blocked: true }).blockCount).toBe(blocked.blockCount + 1);
  });

  it('is refused when the profile breaks a rule', () => {
    expect(refusalOf(changeUser(BEFORE, { email: 'none' }))).toEqual(wrong('email', 'an e-mail address'));
  });
});
