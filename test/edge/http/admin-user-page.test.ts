import { describe, expect, it } from 'vitest';
import { userPageBody, userPageFrom, userPageFromQuery } from '../../../provider/edge/http/admin-user-page.ts';
import { checkMembers } from '../../../provider/edge/http/json-body.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';

const query = (text: string) => userPageFromQuery(new URLSearchParams(text));

describe('the query of the list of users', () => {
  it('has 50 users on a page unless it asks for another number', () => {
    expect(valueFrom(query(''))).toEqual({ after: undefined, limit: 50, filter: {} });
    expect(valueFrom(query('limit=200')).limit).toBe(200);
  });

  it('reads numbers and flags, but a subject stays as it is', () => {
    expect(valueFrom(query('after=4711&blocked=false&has_device=true&created_after=1800000000'))).toEqual({
      after: '4711',
      limit: 50,
      filter: { isBlocked: false, hasDevice: true, createdAfter: 1_800_000_000 },
    });
    expect(valueFrom(query('after=true')).after).toBe('true');
    expect(valueFrom(query('limit=007')).limit).toBe(7);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['blocked=yes', 'blocked'],
    ['created_after=yesterday', 'created_after'],
    [`after=${'x'.repeat(129)}`, 'after'],
    ['colour=blue', 'colour'],
  ])('refuses %s', (text, name) => {
    expect(refusalOf(query(text))).toMatchObject({ reason: 'invalid_parameter', name });
  });

  it('refuses a parameter that is sent twice (RFC 6749 §3.2)', () => {
    expect(refusalOf(query('limit=1&limit=2'))).toEqual({ reason: 'repeated_parameter', name: 'limit' });
  });

  it.each([
    ['login_hint=ana', 'in the body of POST /admin/users/search'],
    ['email_prefix=ana', 'in the body of POST /admin/users/list'],
    ['sub_prefix=ana', 'in the body of POST /admin/users/list'],
  ])('says where what names people belongs: %s', (text, expected) => {
    const [name] = text.split('=');
    expect(refusalOf(query(text))).toEqual({ reason: 'invalid_parameter', name, expected });
  });
});

it('the body of the list has the same members, and how identifiers begin', () => {
  const body = {
    limit: 7,
    email_prefix: 'a',
    phone_number_prefix: '+',
    preferred_username_prefix: 'b',
    sub_prefix: 'c',
  };
  expect(userPageFrom(valueFrom(checkMembers(body, userPageBody)))).toEqual({
    after: undefined,
    limit: 7,
    filter: { emailPrefix: 'a', phoneNumberPrefix: '+', usernamePrefix: 'b', subPrefix: 'c' },
  });
  expect(refusalOf(checkMembers({ limit: '7' }, userPageBody))).toMatchObject({ name: 'limit', expected: 'number' });
});
