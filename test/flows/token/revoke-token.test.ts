import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { type RevokeTokenPorts, revokeToken } from '../../../provider/flows/token/revoke-token.ts';
import { ISSUER, NOW, refusalOf } from '../../core/given.ts';
import { BANK, basic, clientCall, clientsIn } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

const CLAIMS = { iss: ISSUER, sub: 'user-1', client_id: 'bank', jti: 'jti-1', exp: NOW + 900 };
const HEADER = { typ: 'at+jwt', kid: 'kid-1' };

/** A bank, and a provider whose one signing key is `kid-1` under ES256. */
function revokingWorld() {
  const world = startWorld();
  const { journal, note } = world;
  const { clients, profile } = clientsIn(journal, [BANK, { ...BANK, clientId: 'other' }]);
  const { sign, verifier, remoteKeySets } = signaturesIn(journal);
  const revoked = new Map<string, number>();
  const ports: RevokeTokenPorts = {
    ...world.ports,
    clients,
    profile,
    verifier,
    remoteKeySets,
    keys: journal.port({
      find: async ({ kid, algorithm }) => {
        journal.begin(`find ${algorithm} key ${kid}`);
        return kid === 'kid-1' ? keyNamed('ours') : undefined;
      },
    }),
    revokedTokens: journal.port({
      recordRevocation: async ({ jti }, now) => {
        journal.begin(`record ${jti} as revoked`);
        const isFirst = !revoked.has(jti);
        if (isFirst) revoked.set(jti, now);
        return isFirst;
      },
    }),
  };
  const token = (different: { header?: TokenClaims; claims?: TokenClaims; by?: string } = {}) =>
    sign({
      header: { ...HEADER, ...different.header },
      claims: { ...CLAIMS, ...different.claims },
      key: keyNamed(different.by ?? 'ours'),
    });
  const revoke = (form: Record<string, string | string[]>, authorization?: string) =>
    revokeToken(ports, clientCall(note, form, authorization));
  return { ...world, revoked, token, revoke };
}

const FOUND = 'find client bank';

describe('a client revokes an access token (RFC 7009 §2)', () => {
  it('is authenticated first; the signature is verified before one write, and the trail is told after it', async () => {
    const { revoke, token, journal, line, audited } = revokingWorld();
    expect(await revoke({ token: token() })).toEqual({ ok: true, value: undefined });
    const verified = ['find ES256 key kid-1', 'verify under ours'];
    expect(journal.calls).toEqual([FOUND, ...verified, 'record jti-1 as revoked', 'audit token_revoked']);
    expect(line()).toEqual({ client_id: 'bank', reason: 'access_token_revoked' });
    expect(audited).toEqual([{ event: 'token_revoked', jti: 'jti-1', sub: 'user-1', clientId: 'bank', at: NOW }]);
  });

  it('again: succeeds, and changes and tells nothing', async () => {
    const { revoke, token, time, revoked, audited, line } = revokingWorld();
    await revoke({ token: token() });
    time.now += 5;
    expect((await revoke({ token: token() })).ok).toBe(true);
    expect(line()).toEqual({ client_id: 'bank', reason: 'access_token_revoked_before' });
    expect([revoked.get('jti-1'), audited.length]).toEqual([NOW, 1]);
  });

  it.each(['access_token', 'refresh_token', 'id_token', 'x'])('whatever the hint %s says (§2.1)', async (hint) => {
    const { revoke, token, revoked } = revokingWorld();
    await revoke({ token: token(), token_type_hint: hint });
    expect(revoked.has('jti-1')).toBe(true);
  });

  it('is not told that it is revoked when the record could not be written', async () => {
    const { revoke, token, journal, audited } = revokingWorld();
    journal.breakAt('record');
    await expect(revoke({ token: token() })).rejects.toThrow(Outage);
    expect(audited).toEqual([]);
  });
});

describe('what cannot be revoked succeeds as well, and stores nothing (RFC 7009 §2.2)', () => {
  const { token, ...world } = revokingWorld();
  const unverified = 'access_token_not_verified';
  const ID_TOKEN = { aud: 'bank', at_hash: 'x', client_id: undefined, azp: undefined, jti: undefined };

  it.each([
    ['no JWT', 'junk', 'not_an_access_token', 0],
    ['an ID token', token({ header: { typ: 'JWT' }, claims: ID_TOKEN }), 'not_an_access_token', 0],
    ['the token of another issuer', token({ claims: { iss: 'https://evil.example/' } }), 'not_an_access_token', 0],
    ['the token of another client', token({ claims: { client_id: 'other' } }), 'access_token_foreign', 0],
    ['an expired one', token({ claims: { exp: NOW - 60 } }), 'access_token_expired', 0],
    ['one without a signature', token({ header: { alg: 'none' } }), unverified, 0],
    ['one under a symmetric algorithm', token({ header: { alg: 'HS256' } }), unverified, 0],
    ['one that names no key', token({ header: { kid: undefined } }), unverified, 0],
    ['one that names an unknown key', token({ header: { kid: 'kid-2' } }), unverified, 1],
    ['one that a stranger signed', token({ by: 'theirs' }), unverified, 2],
    ['one under another algorithm than its signature', token({ header: { alg: 'RS256' } }), unverified, 2],
  ])('%s', async (_, presented, reason, calls) => {
    world.journal.calls.length = 0;
    expect(await world.revoke({ token: presented })).toEqual({ ok: true, value: undefined });
    expect(world.line()).toEqual({ client_id: 'bank', reason });
    expect(world.journal.calls.slice(1)).toHaveLength(calls);
    expect(world.revoked.size).toBe(0);
    expect(world.audited).toEqual([]);
  });

  it('the token of one client cannot be revoked by another that is authenticated', async () => {
    expect((await world.revoke({ token: token() }, basic('other', 's3cret'))).ok).toBe(true);
    expect(world.line()).toEqual({ client_id: 'other', reason: 'access_token_foreign' });
    expect(world.revoked.size).toBe(0);
  });
});

describe('a revocation request is refused', () => {
  it('if the client is not authenticated, before the token is looked at', async () => {
    const { revoke, token, journal } = revokingWorld();
    expect(refusalOf(await revoke({ token: token() }, basic('bank', 'wrong')))).toEqual({
      reason: 'wrong_client_secret',
    });
    expect(journal.calls).toEqual([FOUND]);
  });

  it('without a token', async () => {
    const { revoke } = revokingWorld();
    expect(refusalOf(await revoke({}))).toEqual({ reason: 'missing_parameter', name: 'token' });
  });

  it.each(['token', 'token_type_hint', 'x'])('if %s is repeated (RFC 6749 §3.2)', async (name) => {
    const { revoke, token, revoked } = revokingWorld();
    expect(refusalOf(await revoke({ token: token(), [name]: ['a', 'b'] }))).toEqual({
      reason: 'repeated_parameter',
      name,
    });
    expect(revoked.size).toBe(0);
  });
});
