import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeScopes, grantScopes, parseScope, STANDARD_SCOPES } from '../../../provider/core/asking/scope.ts';
import { refusalOf, valueFrom } from '../given.ts';

describe('scope (RFC 6749 §3.3, CIBA §7.1)', () => {
  it('keeps the order and drops duplicates', () => {
    expect(valueFrom(parseScope('email openid email read:x'))).toEqual(['email', 'openid', 'read:x']);
    expect(valueFrom(parseScope('openid'))).toEqual(['openid']);
  });

  it.each([
    ['leading space', ' openid'],
    ['trailing space', 'openid '],
    ['two spaces', 'openid  email'],
    ['tabulator', 'openid\temail'],
    ['quote', 'openid "x"'],
    ['backslash', 'openid a\\b'],
    ['letter outside ASCII', 'openid é'],
    ['control character', 'openid \u0007'],
    ['DEL', 'openid \u007F'],
    ['nothing at all', ''],
  ])('is malformed with a %s', (_, scope) => {
    expect(refusalOf(parseScope(scope))).toEqual({ reason: 'scope_malformed' });
  });

  it('is malformed rather than without openid when it is both', () => {
    expect(refusalOf(parseScope('email  phone'))).toEqual({ reason: 'scope_malformed' });
  });

  it('needs openid, exactly', () => {
    expect(refusalOf(parseScope('email'))).toEqual({ reason: 'openid_scope_missing' });
    expect(refusalOf(parseScope('OpenID'))).toEqual({ reason: 'openid_scope_missing' });
    expect(refusalOf(parseScope('openid2'))).toEqual({ reason: 'openid_scope_missing' });
  });

  it('has at most 50 tokens', () => {
    const tokens = (count: number) => ['openid', ...Array.from({ length: count - 1 }, (_, i) => `s${i}`)].join(' ');
    expect(valueFrom(parseScope(tokens(50)))).toHaveLength(50);
    expect(refusalOf(parseScope(tokens(51)))).toEqual({ reason: 'scope_malformed' });
  });

  it('accepts every sign that the grammar of scope-token has', () => {
    const signs = [...Array(94).keys()]
      .map((i) => String.fromCharCode(0x21 + i))
      .filter((s) => s !== '"' && s !== '\\');
    expect(valueFrom(parseScope(`openid ${signs.join('')}`))).toEqual(['openid', signs.join('')]);
  });
});

describe('granted scopes (RFC 6749 §3.3)', () => {
  it('drops what the client may not have, keeps the order asked, and always has openid', () => {
    expect(grantScopes(['email', 'admin', 'openid', 'profile'], ['profile', 'email'])).toEqual([
      'email',
      'openid',
      'profile',
    ]);
  });

  it('never grants more than was asked or allowed', () => {
    const scopes = fc.uniqueArray(fc.constantFrom<string>('openid', 'a', 'b', 'c', 'constructor'));
    fc.assert(
      fc.property(scopes, scopes, (asked, allowed) => {
        const granted = grantScopes(asked, allowed);
        expect(granted).toEqual(asked.filter((scope) => granted.includes(scope)));
        expect(granted.every((scope) => scope === 'openid' || allowed.includes(scope))).toBe(true);
      }),
    );
  });
});

describe('what the phone shows for a scope', () => {
  it('is a sentence for each scope of OIDC Core §5.4', () => {
    expect(describeScopes(STANDARD_SCOPES, {})).toEqual([
      { scope: 'openid', description: 'Confirm who you are' },
      { scope: 'profile', description: 'See your name' },
      { scope: 'email', description: 'See your e-mail address' },
      { scope: 'phone', description: 'See your phone number' },
    ]);
  });

  it('keeps the standard words, whatever the client says; others have the client’s description, or the bare name', () => {
    expect(describeScopes(['openid', 'email', 'read:x', 'pay'], { 'read:x': 'Read X', email: 'Your e-mail' })).toEqual([
      { scope: 'openid', description: 'Confirm who you are' },
      { scope: 'email', description: 'See your e-mail address' },
      { scope: 'read:x', description: 'Read X' },
      { scope: 'pay', description: 'pay' },
    ]);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'shows the bare name for the scope %s, which every object inherits',
    (scope) => {
      expect(describeScopes([scope], {})).toEqual([{ scope, description: scope }]);
    },
  );
});
