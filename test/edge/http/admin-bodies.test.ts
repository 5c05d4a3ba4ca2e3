import { describe, expect, it } from 'vitest';
import { CLIENT_METADATA_ROWS } from '../../../provider/core/client/metadata.ts';
import type { MemberSpec } from '../../../provider/core/client/metadata-member.ts';
import { clientBody, clientChangeBody, userSearchFrom } from '../../../provider/edge/http/admin-bodies.ts';
import { parseJson } from '../../../provider/edge/http/json-body.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { requestWith } from './given.ts';

const creation = (body: object) =>
  parseJson(requestWith(JSON.stringify(body), 'application/json'), clientBody, 'client_metadata');
const change = (body: object) =>
  parseJson(requestWith(JSON.stringify(body), 'application/json'), clientChangeBody, 'client_metadata');
const named = (body: object) => ({ client_name: 'Bank', ...body });

/** For each kind of member: a value of it, and one that is not. */
const VALUES: { readonly [Kind in MemberSpec['kind']]: (member: MemberSpec) => readonly [unknown, unknown] } = {
  text: () => ['text', 1],
  choice: (member) => ['of' in member && member.of[0], 'another'],
  choices: (member) => ['of' in member && member.of, ['another']],
  whole_number: () => [1, 0],
  boolean: () => [false, 'false'],
  texts: () => [['text'], [1]],
  texts_by_name: () => [{ name: 'text' }, { name: 1 }],
  public_keys: () => [{ keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] }, { keys: [{ kty: 'oct' }] }],
  hint_issuers: () => [
    [{ issuer: 'x', jwks_uri: 'https://x.example/' }],
    [{ issuer: 'x', jwks: { keys: [{ kty: 'oct' }] } }],
  ],
};

describe.each(CLIENT_METADATA_ROWS)('%s', (name, member) => {
  const [right, wrong] = VALUES[member.kind](member);

  it(`is a ${member.kind} at creation, and never null`, () => {
    expect(valueFrom(creation(named({ [name]: right })))).toMatchObject({ [name]: right });
    for (const value of [wrong, null]) {
      expect(refusalOf(creation(named({ [name]: value })))).toMatchObject({
        reason: 'invalid_client_metadata',
        member: expect.stringMatching(`^${name}`),
      });
    }
  });

  it(`is what a change may ${member.change}${member.change === 'remove' ? ' by null' : ''}`, () => {
    expect(change({ [name]: right }).ok).toBe(member.change !== 'never');
    expect(change({ [name]: wrong }).ok).toBe(false);
    expect(change({ [name]: null }).ok).toBe(member.change === 'remove');
  });
});

it.each(['client_secret', 'redirect_uris', 'typo'])('%s is no member, and is refused as such', (member) => {
  expect(refusalOf(creation(named({ [member]: 'password1' })))).toEqual({
    reason: 'invalid_client_metadata',
    member,
    expected: 'absent: it is not known here',
    isUnknown: true,
  });
});

it('a scope that is described by no text is quoted as a name that the caller chose', () => {
  const refused = creation(named({ scope_descriptions: { 'ana@example.com said hunter2': 1 } }));
  expect(refusalOf(refused)).toEqual({
    reason: 'invalid_client_metadata',
    member: 'scope_descriptions.ana@example.com said hunter2',
    expected: 'string',
    isUnknown: true,
  });
});

describe('the limits of members', () => {
  it.each([
    ['an audience of 256 characters', { audiences: ['x'.repeat(256)] }, 'audiences.0', '<=255'],
    ['an empty audience', { audiences: [''] }, 'audiences.0', '>=1'],
    ['51 audiences', { audiences: Array(51).fill('x') }, 'audiences', '<=50'],
    ['a default audience of 256 characters', { default_audience: 'x'.repeat(256) }, 'default_audience', '<=255'],
    ['11 keys', { jwks: { keys: Array(11).fill({ kty: 'EC' }) } }, 'jwks.keys', '<=10'],
    [
      'six issuers of hints',
      { login_hint_token_issuers: Array(6).fill({ issuer: 'x' }) },
      'login_hint_token_issuers',
      '<=5',
    ],
    ['a fraction', { requests_per_minute: 1.5 }, 'requests_per_minute', 'another value'],
    ['no name', { client_name: undefined }, 'client_name', 'present'],
  ])('refuse %s', (_, body, member, expected) => {
    expect(refusalOf(creation(named(body)))).toEqual({ reason: 'invalid_client_metadata', member, expected });
  });
});

describe('a search for a user', () => {
  it('is by login_hint or by sub, and by one of them alone', () => {
    expect(valueFrom(userSearchFrom({ login_hint: '+4912345678' }))).toEqual({ loginHint: '+4912345678' });
    expect(valueFrom(userSearchFrom({ sub: 'ana' }))).toEqual({ sub: 'ana' });
    for (const nothing of [{}, { login_hint: '' }, { sub: '' }])
      expect(refusalOf(userSearchFrom(nothing))).toEqual({ reason: 'missing_parameter', name: 'login_hint' });
    expect(refusalOf(userSearchFrom({ login_hint: 'ana', sub: 'ana' }))).toMatchObject({
      reason: 'invalid_parameter',
      name: 'sub',
    });
  });
});
