import { describe, expect, it } from 'vitest';
import { checkClientAssertion } from '../../../provider/core/client/client-assertion.ts';
import { assertionEndpoints } from '../../../provider/core/discovery/provider-metadata.ts';
import { ISSUER, NOW, refusalOf } from '../given.ts';

const EXPECTED = {
  clientId: 'bank',
  audience: { issuer: ISSUER, previousIssuers: [], endpoints: assertionEndpoints(ISSUER) },
  lifetimeSeconds: 300,
};
const GOOD = { iss: 'bank', sub: 'bank', aud: ISSUER, iat: NOW, exp: NOW + 60, jti: 'jti-1' };
const check = (different: Record<string, unknown> = {}) =>
  checkClientAssertion({ ...GOOD, ...different }, EXPECTED, NOW);
const accepts = (different: Record<string, unknown>) => expect(refusalOf(check(different))).toBeUndefined();
const refuses = (different: Record<string, unknown>, claim: string, expected: string) =>
  expect(refusalOf(check(different))).toEqual({ reason: 'client_assertion_claim', claim, expected });

const PASSED = 'an instant that has not passed';
const FUTURE = 'an instant that is not in the future';

describe('client assertion (RFC 7523 §3, CIBA §7.1)', () => {
  it('is remembered by its jti until its last second of validity', () => {
    expect(check()).toEqual({ ok: true, value: { jti: 'jti-1', expiresAt: NOW + 120 } });
    expect(check({ exp: NOW + 60.5 })).toEqual({ ok: true, value: { jti: 'jti-1', expiresAt: NOW + 121 } });
  });

  it.each(['other', '', 'BANK', 7, ['bank'], null, undefined])('has the client id as iss and sub, not %o', (name) => {
    refuses({ iss: name }, 'iss', 'the client id');
    refuses({ sub: name }, 'sub', 'the client id');
  });

  it.each([
    ISSUER,
    'https://op.example',
    'https://op.example/bc-authorize',
    'https://op.example/token',
    'https://op.example/oauth/token',
    'https://op.example/revoke',
    'https://op.example/oauth/revoke',
  ])('may be addressed to %s', (aud) => {
    accepts({ aud });
  });

  it.each([
    [[ISSUER]],
    [[ISSUER, 'https://evil.example/']],
    ['https://evil.example/'],
    ['https://op.example/admin'],
    ['https://op.example/token/'],
    [''],
    [undefined],
    [null],
    [{ 0: ISSUER }],
  ])('is addressed to a single string that names this provider, not %o', (aud) => {
    refuses(
      { aud },
      'aud',
      'a single string: the issuer, the token endpoint or the backchannel authentication endpoint',
    );
  });

  it('is valid until 60 s after exp, because clocks differ', () => {
    accepts({ iat: NOW - 100, exp: NOW - 59 });
    refuses({ iat: NOW - 100, exp: NOW - 60 }, 'exp', PASSED);
  });

  it.each([undefined, null, String(NOW + 60), true])('has a number as exp, not %o', (exp) => {
    const refusal = refusalOf(check({ exp }));
    expect(refusal).toMatchObject({ reason: 'client_assertion_claim', claim: 'exp' });
  });

  it('lives at most 5 minutes: 300 s after iat, and with the leeway 360 s ahead', () => {
    accepts({ exp: NOW + 300 });
    refuses({ exp: NOW + 301 }, 'exp', 'at most 5 minutes after iat');
    accepts({ iat: NOW + 60, exp: NOW + 360 });
    refuses({ iat: NOW + 60, exp: NOW + 361 }, 'exp', 'at most 5 minutes ahead');
    refuses({ iat: NOW - 250, exp: NOW + 51 }, 'exp', 'at most 5 minutes after iat');
    refuses({ exp: Number.POSITIVE_INFINITY }, 'exp', 'at most 5 minutes ahead');
  });

  it('may leave out iat; then exp alone is held to 360 s ahead', () => {
    accepts({ iat: undefined, exp: NOW + 360 });
    refuses({ iat: undefined, exp: NOW + 361 }, 'exp', 'at most 5 minutes ahead');
  });

  it('has iat and nbf at most 60 s in the future', () => {
    accepts({ iat: NOW + 60, exp: NOW + 90 });
    refuses({ iat: NOW + 61, exp: NOW + 90 }, 'iat', FUTURE);
    refuses({ iat: String(NOW) }, 'iat', FUTURE);
    refuses({ iat: null }, 'iat', FUTURE);
    accepts({ nbf: NOW + 60 });
    refuses({ nbf: NOW + 61 }, 'nbf', FUTURE);
    refuses({ nbf: 'now' }, 'nbf', FUTURE);
  });

  it('has a jti of 1 to 256 characters (OIDC Core §9)', () => {
    accepts({ jti: 'x'.repeat(256) });
    for (const jti of ['x'.repeat(257), '', undefined, null, 1, ['x']]) refuses({ jti }, 'jti', '1 to 256 characters');
  });
});
