import { describe, expect, it } from 'vitest';
import { mintAccessToken } from '../../../provider/core/token/access-token.ts';
import { type KeyConfirmation, tokenTypeFor } from '../../../provider/core/token/sender-constraint.ts';
import { GRANT, ISSUER, NOW } from '../given.ts';

const mint = (confirmation?: KeyConfirmation) =>
  mintAccessToken(GRANT, { issuer: ISSUER, jti: 'jti-1', now: NOW, lifetimeSeconds: 600, confirmation });

describe('an access token', () => {
  it('of a client that proved a DPoP key is bound to it, and presented as DPoP (RFC 9449 §5, §6.1)', () => {
    expect(mint({ jkt: 'thumbprint' })['cnf']).toEqual({ jkt: 'thumbprint' });
    expect(tokenTypeFor({ jkt: 'thumbprint' })).toBe('DPoP');
  });

  it('of a client that showed a certificate is bound to it, and presented as Bearer (RFC 8705 §3.1)', () => {
    expect(mint({ 'x5t#S256': 'hash' })['cnf']).toEqual({ 'x5t#S256': 'hash' });
    expect(tokenTypeFor({ 'x5t#S256': 'hash' })).toBe('Bearer');
  });

  it('of a client that proved no key is bound to nothing', () => {
    expect(mint()).not.toHaveProperty('cnf');
    expect(tokenTypeFor(undefined)).toBe('Bearer');
  });
});
