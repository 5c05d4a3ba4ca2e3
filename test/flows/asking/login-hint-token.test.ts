import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { ISSUER, NOW, refusalOf } from '../../core/given.ts';
import { keyNamed } from '../world/signatures.ts';
import { askingWorld } from './given.ts';

const HINTS = 'https://hints.example/';
const EMAIL = { format: 'email', email: 'ana@example.com' };
const CLAIMS = { iss: HINTS, aud: ISSUER, exp: NOW + 300, jti: 'jti-1', sub_id: EMAIL };
const REMOTE = { issuer: HINTS, keys: [], jwksUri: `${HINTS}keys` };
const wrong = (because: string) => ({ reason: 'login_hint_token_invalid', because });

/** A bank for which one issuer may sign hints, with its key in the registration. */
function hintingWorld(given: Parameters<typeof askingWorld>[0] = {}) {
  const client = { hintIssuers: [{ issuer: HINTS, keys: [{ ...keyNamed('theirs'), kid: 'k' }] }], ...given.client };
  const world = askingWorld({ ...given, client });
  const token = (different: { header?: TokenClaims; claims?: TokenClaims; by?: string } = {}) =>
    world.sign({
      header: { kid: 'k', ...different.header },
      claims: { ...CLAIMS, ...different.claims },
      key: keyNamed(different.by ?? 'theirs'),
    });
  const hint = (login_hint_token: string) => world.ask({ login_hint: [], login_hint_token });
  return { ...world, token, hint };
}

describe('a client that names a user by a login_hint_token (CIBA §7.1)', () => {
  it('has the signature verified, then the claims, then the jti, before anything is read of the user or counted', async () => {
    const { hint, token, journal, rung } = hintingWorld();
    expect((await hint(token())).ok).toBe(true);
    expect(journal.calls.slice(0, 4)).toEqual([
      'find client bank',
      'verify under theirs',
      `use jti jti-1 of login_hint_token ${HINTS} until 360`,
      'resolve email ana@example.com',
    ]);
    expect(rung).toHaveLength(1);
  });

  it('can use it once, and without a jti until it expires', async () => {
    const { hint, token, rung } = hintingWorld();
    const once = token();
    await hint(once);
    expect(refusalOf(await hint(once))).toEqual(wrong('replayed'));
    const open = token({ claims: { jti: undefined } });
    for (let times = 0; times < 2; times += 1) expect((await hint(open)).ok).toBe(true);
    expect(rung).toHaveLength(3);
  });

  it('whose issuer publishes its keys: they are fetched; while they cannot be, the hint is refused', async () => {
    const { hint, token, journal, published } = hintingWorld({ client: { hintIssuers: [REMOTE] } });
    expect(refusalOf(await hint(token({ by: 'remote' })))).toEqual(wrong('keys'));
    published.set(REMOTE.jwksUri, { keys: [keyNamed('remote')] });
    expect((await hint(token({ by: 'remote' }))).ok).toBe(true);
    expect(journal.calls.slice(1, 2)).toEqual([`find keys at ${HINTS}keys for kid k`]);
    expect(journal.calls.slice(3, 5)).toEqual([`find keys at ${HINTS}keys for kid k`, 'verify under remote']);
  });

  it('of an issuer that the deployment trusts for all', async () => {
    const hintIssuers = [{ issuer: HINTS, keys: [keyNamed('theirs')] }];
    const trusting = hintingWorld({ client: { hintIssuers: undefined }, settings: { hintIssuers } });
    expect((await trusting.hint(trusting.token())).ok).toBe(true);
    const { hint, token } = hintingWorld({ client: { hintIssuers: undefined } });
    expect(refusalOf(await hint(token()))).toEqual(wrong('issuer'));
  });

  it.each([
    ['a text that is no JWT', () => 'junk', wrong('malformed'), 0],
    [
      'an issuer that is not trusted',
      (t: Token) => t({ claims: { iss: 'https://evil.example/' } }),
      wrong('issuer'),
      0,
    ],
    ['no signature', (t: Token) => t({ header: { alg: 'none' } }), wrong('signature'), 0],
    ['a symmetric algorithm', (t: Token) => t({ header: { alg: 'HS256' } }), wrong('signature'), 0],
    ['another kid', (t: Token) => t({ header: { kid: 'other' } }), wrong('signature'), 0],
    ['the signature of a stranger', (t: Token) => t({ by: 'stranger' }), wrong('signature'), 1],
    [
      'a key of its own',
      (t: Token) => t({ by: 'stranger', header: { jwk: keyNamed('stranger') } }),
      wrong('signature'),
      1,
    ],
    ['another audience', (t: Token) => t({ claims: { aud: 'x' } }), wrong('audience'), 1],
    ['a time that is over', (t: Token) => t({ claims: { exp: NOW - 60 } }), { reason: 'login_hint_token_expired' }, 1],
    ['no sub_id', (t: Token) => t({ claims: { sub_id: undefined, sub: 'ana' } }), wrong('subject'), 1],
  ] as const)('is refused for %s; nothing is remembered, counted or stored', async (_, made, refusal, calls) => {
    const { hint, token, journal, counted, used } = hintingWorld();
    expect(refusalOf(await hint(made(token)))).toEqual(refusal);
    expect(journal.calls.slice(1)).toHaveLength(calls);
    expect([counted, [...used]]).toEqual([[], []]);
  });

  it('and another hint beside it is refused, and never instead of a wrong one (Abblix #158)', async () => {
    const { ask, rung } = hintingWorld();
    expect(refusalOf(await ask({ login_hint_token: 'junk' }))).toEqual({ reason: 'several_hints' });
    expect(refusalOf(await ask({ login_hint_token: 'junk', login_hint: [] }))).toEqual(wrong('malformed'));
    expect(rung).toEqual([]);
  });
});

type Token = ReturnType<typeof hintingWorld>['token'];
