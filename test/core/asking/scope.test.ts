import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeScopes, grantScopes, parseScope, STANDARD_SCOPES } from '../../../provider/core/asking/scope.ts';
import { refusalOf, valueFrom } from '../given.ts';

const parse = (scope: string | undefined, requiresOpenid = true) => parseScope(scope, { requiresOpenid });

describe('scope (RFC 6749 §3.3, CIBA §7.1)', () => {
  it('keeps the order and drops duplicates', () => {
    expect(valueFrom(parse('email openid email read:x'))).toEqual(['email', 'openid', 'read:x']);
    expect(valueFrom(parse('openid'))).toEqual(['openid']);
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
    expect(refusalOf(parse(scope))).toEqual({ reason: 'scope_malformed' });
  });

  it('is malformed rather than without openid when it is both', () => {
    expect(refusalOf(parse('email  phone'))).toEqual({ reason: 'scope_malformed' });
  });

  it('needs openid, exactly', () => {
    expect(refusalOf(parse('email'))).toEqual({ reason: 'openid_scope_missing' });
    expect(refusalOf(parse('OpenID'))).toEqual({ reason: 'openid_scope_missing' });
    expect(refusalOf(parse('openid2'))).toEqual({ reason: 'openid_scope_missing' });
  });

  it('must be there, with openid or not', () => {
    expect(refusalOf(parse(undefined))).toEqual({ reason: 'openid_scope_missing' });
    expect(refusalOf(parse(undefined, false))).toEqual({ reason: 'scope_missing' });
  });

  it('needs no openid where plain OAuth is allowed, and is read as always', () => {
    expect(valueFrom(parse('read:x pay read:x', false))).toEqual(['read:x', 'pay']);
    expect(valueFrom(parse('openid pay', false))).toEqual(['openid', 'pay']);
    expect(refusalOf(parse('pay  read:x', false))).toEqual({ reason: 'scope_malformed' });
  });

  it('has at most 50 tokens', () => {
    const tokens = (count: number) => ['openid', ...Array.from({ length: count - 1 }, (_, i) => `s${i}`)].join(' ');
    expect(valueFrom(parse(tokens(50)))).toHaveLength(50);
    expect(refusalOf(parse(tokens(51)))).toEqual({ reason: 'scope_malformed' });
  });

  it('accepts every sign that the grammar of scope-token has', () => {
    const signs = [...Array(94).keys()]
      .map((i) => String.fromCharCode(0x21 + i))
      .filter((s) => s !== '"' && s !== '\\');
    expect(valueFrom(parse(`openid ${signs.join('')}`))).toEqual(['openid', signs.join('')]);
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
