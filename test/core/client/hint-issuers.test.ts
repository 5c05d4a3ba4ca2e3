import { describe, expect, it } from 'vitest';
import { describeHintIssuers, registerHintIssuers } from '../../../provider/core/client/hint-issuers.ts';
import { refusalOf, valueFrom } from '../given.ts';

const KEY = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), kid: 'k' };
const KEYED = { issuer: 'https://hints.example/', jwks: { keys: [KEY] } };
const REMOTE = { issuer: 'phones', jwks_uri: 'https://phones.example/keys', audience: 'logins' };

describe('issuers of login_hint_tokens in a registration (CIBA §7.1)', () => {
  it('are described as they were given', () => {
    const issuers = valueFrom(registerHintIssuers([KEYED, REMOTE]));
    expect(issuers).toEqual([
      { issuer: KEYED.issuer, keys: [KEY] },
      { issuer: 'phones', keys: [], jwksUri: REMOTE.jwks_uri, audience: 'logins' },
    ]);
    expect(describeHintIssuers(issuers)).toEqual([KEYED, REMOTE]);
    expect(valueFrom(registerHintIssuers(undefined))).toBeUndefined();
    expect(describeHintIssuers(undefined)).toBeUndefined();
  });

  it.each([
    ['an issuer twice', [KEYED, { ...REMOTE, issuer: KEYED.issuer }], 'without the same issuer twice'],
    ['no keys at all', [{ issuer: 'x' }], 'issuers with either jwks or jwks_uri'],
    ['both', [{ ...KEYED, jwks_uri: REMOTE.jwks_uri }], 'issuers with either jwks or jwks_uri'],
    ['an empty set', [{ issuer: 'x', jwks: { keys: [] } }], 'issuers with at least one public key'],
    ['a private key', [{ issuer: 'x', jwks: { keys: [{ ...KEY, d: 'd' }] } }], 'public keys only'],
    ['a shared secret', [{ issuer: 'x', jwks: { keys: [{ kty: 'oct', k: 'k' }] } }], 'public keys only'],
    [
      'a key of another curve',
      [{ issuer: 'x', jwks: { keys: [{ ...KEY, crv: 'P-521' }] } }],
      'issuers with RSA keys of 2048 to 4096 bits with e AQAB, or EC keys on P-256',
    ],
    ['keys over http', [{ ...REMOTE, jwks_uri: 'http://phones.example/' }], 'issuers whose jwks_uri is an https URL'],
    ['no name', [{ ...KEYED, issuer: '' }], 'issuers and audiences of 1 to 255 printable ASCII characters'],
    [
      'a space in a name',
      [{ ...KEYED, issuer: 'a b' }],
      'issuers and audiences of 1 to 255 printable ASCII characters',
    ],
    ['an empty audience', [{ ...KEYED, audience: '' }], 'issuers and audiences of 1 to 255 printable ASCII characters'],
  ])('are refused with %s', (_, issuers, expected) => {
    expect(refusalOf(registerHintIssuers(issuers))).toEqual({
      reason: 'invalid_client_metadata',
      member: 'login_hint_token_issuers',
      expected,
    });
  });
});
