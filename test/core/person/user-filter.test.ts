import { describe, expect, it } from 'vitest';
import type { User } from '../../../provider/core/person/user.ts';
import { isWanted, readsUsers, type UserFilter } from '../../../provider/core/person/user-filter.ts';
import { NOW, USER } from '../given.ts';

const ANN: User = {
  ...USER,
  sub: 'crm-4711',
  status: 'active',
  deviceIds: ['phone'],
  createdAt: NOW,
  claims: { email: 'ann.smith@example.com', phone_number: '+4930901820', preferred_username: 'ann' },
};

describe('a filter of the list of users', () => {
  it.each<[string, UserFilter, UserFilter]>([
    ['that they are not blocked', { isBlocked: false }, { isBlocked: true }],
    ['that a phone is enrolled', { hasDevice: true }, { hasDevice: false }],
    ['when they were created, to the second', { createdAfter: NOW }, { createdAfter: NOW + 1 }],
    ['how the subject begins, in its spelling', { subPrefix: 'crm-' }, { subPrefix: 'CRM-' }],
    ['how the e-mail address begins, in any spelling', { emailPrefix: ' Ann.S' }, { emailPrefix: 'smith' }],
    ['how the number begins, in any spelling', { phoneNumberPrefix: 'tel:+49 (30)' }, { phoneNumberPrefix: '+4940' }],
    ['how the username begins, in any spelling', { usernamePrefix: 'AN' }, { usernamePrefix: 'nn' }],
  ])('asks %s', (_, fits, fitsNot) => {
    expect([isWanted(ANN, fits), isWanted(ANN, fitsNot)]).toEqual([true, false]);
    expect(isWanted(ANN, { ...fits, ...fitsNot })).toBe(false);
  });

  it('finds no user who does not have what it asks for', () => {
    const nobody: User = { ...ANN, claims: {}, createdAt: undefined, status: 'blocked', deviceIds: [] };
    expect(isWanted(nobody, {})).toBe(true);
    for (const filter of [{ emailPrefix: 'a' }, { phoneNumberPrefix: '+' }, { usernamePrefix: 'a' }])
      expect(isWanted(nobody, filter)).toBe(false);
    expect(isWanted(nobody, { createdAfter: 1 })).toBe(false);
    expect(isWanted(nobody, { isBlocked: true, hasDevice: false })).toBe(true);
  });

  it('needs the users themselves for everything but the subject', () => {
    expect([readsUsers({}), readsUsers({ subPrefix: 'a', isBlocked: undefined })]).toEqual([false, false]);
    expect([readsUsers({ isBlocked: false }), readsUsers({ emailPrefix: 'a' })]).toEqual([true, true]);
  });
});
