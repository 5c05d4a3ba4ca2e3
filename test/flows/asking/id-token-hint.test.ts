import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { ISSUER, NOW, refusalOf } from '../../core/given.ts';
import { keyNamed } from '../world/signatures.ts';
import { ANA } from '../world/world.ts';
import { askingWorld } from './given.ts';

const CLAIMS = { iss: ISSUER, sub: 'ana', aud: 'bank', iat: NOW - 7200, exp: NOW - 3600, at_hash: 'h' };

function hintingWorld(given: Parameters<typeof askingWorld>[0] = {}) {
  const world = askingWorld(given);
  const token = (different: { header?: TokenClaims; claims?: TokenClaims; by?: string } = {}) =>
    world.sign({
      header: { typ: 'JWT', kid: 'kid-1', ...different.header },
      claims: { ...CLAIMS, ...different.claims },
      key: keyNamed(different.by ?? 'ours'),
    });
  const hint = (id_token_hint: string) => world.ask({ login_hint: [], id_token_hint });
  return { ...world, token, hint };
}

describe('a client that names a user by an ID token (CIBA §7.1)', () => {
  it('has it verified before anything is read of the user or counted', async () => {
    const { hint, token, journal, rung } = hintingWorld();
    expect((await hint(token())).ok).toBe(true);
    expect(journal.calls.slice(0, 4)).toEqual([
      'find client bank',
      'find ES256 key kid-1',
      'verify under ours',
      'find user ana',
    ]);
    expect(rung).toHaveLength(1);
  });

  it.each([
    ['a text that is no JWT', () => 'junk', 'malformed', 0],
    ['an access token', (t: Token) => t({ header: { typ: 'at+jwt' } }), 'not_an_id_token', 0],
    ['a token of another issuer', (t: Token) => t({ claims: { iss: 'https://evil.example/' } }), 'issuer', 0],
    ['a token of another client', (t: Token) => t({ claims: { aud: 'other' } }), 'audience', 0],
    ['one that expired too long ago', (t: Token) => t({ claims: { exp: NOW - 30 * 86_400 } }), 'expired', 0],
    ['one without a signature', (t: Token) => t({ header: { alg: 'none' } }), 'signature', 0],
    ['one under a symmetric algorithm', (t: Token) => t({ header: { alg: 'HS256' } }), 'signature', 0],
    ['one that names no key', (t: Token) => t({ header: { kid: undefined } }), 'signature', 0],
    ['one that names an unknown or revoked key', (t: Token) => t({ header: { kid: 'kid-2' } }), 'signature', 1],
    ['one that a stranger signed', (t: Token) => t({ by: 'theirs' }), 'signature', 2],
    [
      'one that brings its own key',
      (t: Token) => t({ by: 'theirs', header: { jwk: keyNamed('theirs') } }),
      'signature',
      2,
    ],
    ['one under another algorithm than its signature', (t: Token) => t({ header: { alg: 'RS256' } }), 'signature', 2],
  ] as const)('is refused for %s; nothing is counted or stored', async (_, made, because, calls) => {
    const { hint, token, journal, counted } = hintingWorld();
    expect(refusalOf(await hint(made(token)))).toEqual({ reason: 'id_token_hint_invalid', because });
    expect(journal.calls.slice(1)).toHaveLength(calls);
    expect(counted).toEqual([]);
  });

  it.each([
    ['a user who is gone', { users: [] }, 'no_profile'],
    ['a user who is blocked', { users: [{ ...ANA, status: 'blocked' as const }] }, 'blocked'],
    ['a person who has the subject since', { users: [{ ...ANA, createdAt: NOW - 60 }] }, 'earlier_person'],
  ])('is told unknown_user_id of %s, and of nobody where users are concealed', async (_, given, because) => {
    const told = hintingWorld(given);
    const refusal = refusalOf(await told.hint(told.token()));
    expect(refusal).toMatchObject({ reason: 'unknown_user' });
    if (because !== 'no_profile') expect(refusal).toMatchObject({ because });
    const concealed = hintingWorld({ ...given, settings: { concealsUsers: true } });
    expect((await concealed.hint(concealed.token())).ok).toBe(true);
    expect(concealed.rung).toEqual([]);
    expect(concealed.line()).toMatchObject({ concealed: 'unknown_user', detail: because });
  });
});

type Token = ReturnType<typeof hintingWorld>['token'];

describe('a client that gives several names of one user (RFC 9493 §3.2.8)', () => {
  const BEA = { ...ANA, sub: 'bea', identifiers: [{ type: 'phone', value: '+4912345678' }] as const };
  const email = { format: 'email', email: 'ana@example.com' };
  const unknown = { format: 'email', email: 'nobody@example.com' };
  const aliases = (...identifiers: object[]) => ({ login_hint: JSON.stringify({ format: 'aliases', identifiers }) });

  it('asks that user, also if another name is unknown', async () => {
    for (const names of [[email], [unknown, email], [email, { format: 'opaque', id: 'ana' }]]) {
      const { ask, rung } = askingWorld({ users: [ANA, BEA] });
      expect((await ask(aliases(...names))).ok).toBe(true);
      expect(rung).toHaveLength(1);
    }
  });

  it.each([
    ['different users', [email, { format: 'phone_number', phone_number: '+4912345678' }]],
    ['a user and the subject of another', [email, { format: 'opaque', id: 'bea' }]],
  ])('is refused if they are the names of %s; where users are concealed, nobody is asked', async (_, names) => {
    const { ask, rung, counted } = askingWorld({ users: [ANA, BEA] });
    expect(refusalOf(await ask(aliases(...names)))).toEqual({ reason: 'unknown_user', because: 'different_users' });
    expect([rung, counted.filter(({ of }) => of !== 'bank')]).toEqual([[], []]);
    const concealed = askingWorld({ users: [ANA, BEA], settings: { concealsUsers: true } });
    expect((await concealed.ask(aliases(...names))).ok).toBe(true);
    expect(concealed.rung).toEqual([]);
  });

  it('is refused if all are unknown, or were given up', async () => {
    const refusal = { reason: 'unknown_user', because: 'no_such_identifier' };
    const { ask, logins } = askingWorld({ users: [ANA, BEA] });
    expect(refusalOf(await ask(aliases(unknown)))).toEqual(refusal);
    logins.set('email nobody@example.com', 'ana');
    expect(refusalOf(await ask(aliases(unknown)))).toEqual(refusal);
  });
});
