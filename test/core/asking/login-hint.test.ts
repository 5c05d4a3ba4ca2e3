import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLoginHint } from '../../../provider/core/asking/login-hint.ts';
import { parseUsername } from '../../../provider/core/person/login-identifier.ts';
import { NAMES, refusalOf, valueFrom } from '../given.ts';

const parse = (hint: string | object) => parseLoginHint(typeof hint === 'string' ? hint : JSON.stringify(hint), NAMES);
const found = (type: string, value: string) => ({ kind: 'identifier', identifier: { type, value } });
const OF_A_FORM = {
  reason: 'login_hint_malformed',
  expected:
    'an e-mail address, a phone number as +4912345678, a username, sub: with a subject, or an RFC 9493 subject identifier',
};
const NOT_JSON = {
  reason: 'login_hint_malformed',
  expected: 'a JSON object, as in RFC 9493',
};
const OTHER_MEMBERS = {
  reason: 'login_hint_malformed',
  expected:
    'a subject identifier of RFC 9493: format iss_sub with iss and sub, email with email, phone_number with phone_number, opaque with id, account with uri, or aliases with identifiers',
};

describe('login_hint as plain text (CIBA §7.1)', () => {
  it.each([
    ['ann@example.com', 'email', 'ann@example.com'],
    ['  Ann@EXAMPLE.com ', 'email', 'ann@example.com'],
    ['ann+ciba@example.com', 'email', 'ann+ciba@example.com'],
    ['+4912345678', 'phone', '+4912345678'],
    [' +49 (123) 456-78.90 ', 'phone', '+491234567890'],
    ['tel:+1-201-555-0123', 'phone', '+12015550123'],
    ['TEL:+12015550123', 'phone', '+12015550123'],
    ['Ann', 'username', 'ann'],
    [' Ann ', 'username', 'ann'],
    ['7', 'username', '7'],
    ['a@b', 'email', 'a@b'],
    ['o’brien'.replace('’', "'"), 'username', "o'brien"],
    ['12345', 'username', '12345'],
    ['jürgen.müller_2-x', 'username', 'jürgen.müller_2-x'],
  ])('reads "%s" as %s %s', (hint, type, value) => {
    expect(valueFrom(parse(hint))).toEqual(found(type, value));
  });

  it.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['an e-mail address without a domain', 'ann@'],
    ['an e-mail address without a local part', '@example.com'],
    ['two at signs', 'ann@@example.com'],
    ['an e-mail address with a space', 'an n@example.com'],
    ['an e-mail address with a zero-width space', 'ann\u200B@example.com'],
    ['an e-mail address with a line break', 'ann@example.com\nx'],
    ['a phone number without a country', '+0123456789'],
    ['a phone number with letters', '+49123ABC456'],
    ['a phone number with an extension', 'tel:+12015550123;ext=5'],
    ['a phone number that does not begin with its plus', '(+49) 123 45678'],
    ['a telephone URI without plus', 'tel:12015550123'],
    ['a username with a space', 'ann smith'],
    ['a username with a slash', 'ann/smith'],
    ['a username with a number sign', 'USER#1'],
    ['a username that begins with a dot', '.ann'],
    ['a JSON array', '["ann"]'],
    ['a JSON string', '"ann"'],
  ])('refuses %s', (_, hint) => {
    expect(refusalOf(parse(hint))).toEqual(OF_A_FORM);
  });

  it('reads 512 characters and refuses 513 without looking at them', () => {
    expect(refusalOf(parse('a'.repeat(512)))).toEqual(OF_A_FORM);
    expect(refusalOf(parse('a'.repeat(513)))).toEqual({
      reason: 'login_hint_malformed',
      expected: 'at most 512 characters',
    });
  });

  it('never throws, whatever is sent', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (hint) => void parse(hint)));
    fc.assert(fc.property(fc.json(), (hint) => void parse(hint)));
  });
});

describe('login_hint as a subject with its prefix', () => {
  it.each(['ann', 'auth0|1', 'sub:1', 'a@b.c', '+4912345678', 'x'.repeat(128)])('reads the subject "%s"', (sub) => {
    expect(valueFrom(parse(`sub:${sub}`))).toEqual({ kind: 'sub', sub });
  });

  it('without it, the same text is a username, or nothing: no other user can take it', () => {
    expect(valueFrom(parse('ann'))).toEqual(found('username', 'ann'));
    expect(refusalOf(parse('auth0|1'))).toEqual(OF_A_FORM);
    expect(parseUsername('sub:ann')).toBeUndefined();
  });

  it.each(['', ' ann', 'a b', 'a#b', 'a/b', 'ä', 'x'.repeat(129)])('knows no user with the subject "%s"', (sub) => {
    expect(refusalOf(parse(`sub:${sub}`))).toEqual({ reason: 'unknown_user', because: 'no_profile' });
  });
});

describe('login_hint as an account of this provider (RFC 7565, RFC 9493 §3.2.1)', () => {
  it.each(['acct:Ann@op.example', 'ACCT:ann@OP.EXAMPLE', ' acct:ann@op.example', 'acct:%61nn@old.example'])(
    'reads %s as the username ann',
    (uri) => {
      expect(valueFrom(parse(uri))).toEqual(found('username', 'ann'));
      expect(valueFrom(parse({ format: 'account', uri }))).toEqual(found('username', 'ann'));
    },
  );

  it('knows no user of another host, also where it would be an e-mail address', () => {
    const foreign = { reason: 'unknown_user', because: 'foreign_issuer' };
    for (const uri of ['acct:ann@example.com', 'acct:ann@op.example.evil'])
      for (const hint of [uri, { format: 'account', uri }]) expect(refusalOf(parse(hint))).toEqual(foreign);
  });

  it.each([
    'acct:',
    'acct:ann',
    'acct:@op.example',
    'acct:a%zz@op.example',
    'acct:a%20b@op.example',
    'acct:a@b@c',
    'ann',
  ])('refuses the account %s', (uri) => {
    expect(refusalOf(parse({ format: 'account', uri }))).toEqual(OF_A_FORM);
  });
});

describe('login_hint as several names of one user (RFC 9493 §3.2.8)', () => {
  const email = { format: 'email', email: 'Ann@example.com' };
  const foreign = { format: 'iss_sub', iss: 'https://evil.example/', sub: 'x' };
  const aliases = (...identifiers: unknown[]) => parse({ format: 'aliases', identifiers });

  it('reads each, normalised, and leaves out names at other providers', () => {
    const names = [
      { kind: 'identifier', identifier: { type: 'email', value: 'ann@example.com' } },
      { kind: 'sub', sub: 'user-1' },
    ];
    const read = aliases(email, foreign, { format: 'opaque', id: 'user-1' });
    expect(valueFrom(read)).toEqual({ kind: 'aliases', names });
  });

  it('knows no user if all are names at other providers', () => {
    expect(refusalOf(aliases(foreign, foreign))).toEqual({ reason: 'unknown_user', because: 'foreign_issuer' });
  });

  it.each([
    ['none', []],
    ['more than five', [1, 2, 3, 4, 5, 6].map((n) => ({ format: 'opaque', id: `user-${n}` }))],
  ])('refuses %s', (_, identifiers) => {
    expect(refusalOf(aliases(...identifiers))).toEqual({
      reason: 'login_hint_malformed',
      expected: '1 to 5 identifiers where the format is aliases',
    });
  });

  it.each([
    ['aliases inside', { format: 'aliases', identifiers: [email] }],
    ['a name that is no object', 'ann@example.com'],
    ['an unknown format', { format: 'did', url: 'did:example:1' }],
    ['null', null],
  ])('refuses %s, also beside a good name', (_, wrong) => {
    expect(refusalOf(aliases(email, wrong))).toEqual(OTHER_MEMBERS);
  });

  it('reads 2048 characters of JSON and refuses 2049 without looking at them', () => {
    const json = JSON.stringify({ format: 'aliases', identifiers: [email] });
    expect(parse(json.padEnd(2048)).ok).toBe(true);
    expect(refusalOf(parse(json.padEnd(2049)))).toEqual({
      reason: 'login_hint_malformed',
      expected: 'at most 2048 characters',
    });
  });
});

describe('login_hint as subject identifier (RFC 9493)', () => {
  it('reads opaque as the subject (§3.2.4)', () => {
    expect(valueFrom(parse({ format: 'opaque', id: 'auth0|1' }))).toEqual({ kind: 'sub', sub: 'auth0|1' });
  });

  it('reads iss_sub of this issuer, with and without the final slash, and of a previous one (§3.2.3)', () => {
    for (const iss of ['https://op.example/', 'https://op.example', 'https://old.example/']) {
      expect(valueFrom(parse({ format: 'iss_sub', iss, sub: 'auth0|1' }))).toEqual({ kind: 'sub', sub: 'auth0|1' });
    }
  });

  it('reads email (§3.2.2) and phone_number (§3.2.5), normalised', () => {
    expect(valueFrom(parse({ format: 'email', email: 'ANN@example.com' }))).toEqual(found('email', 'ann@example.com'));
    expect(valueFrom(parse({ format: 'phone_number', phone_number: '+49 123 45678' }))).toEqual(
      found('phone', '+4912345678'),
    );
  });

  it('reads JSON with spaces around it', () => {
    expect(valueFrom(parse(' {"format": "email", "email": "a@b.c"} '))).toEqual(found('email', 'a@b.c'));
  });

  it.each(['https://evil.example/', 'https://op.example.evil/', 'http://op.example/', 'https://op.example/x', ''])(
    'knows no user of the issuer "%s"',
    (iss) => {
      expect(refusalOf(parse({ format: 'iss_sub', iss, sub: 'user-1' }))).toEqual({
        reason: 'unknown_user',
        because: 'foreign_issuer',
      });
    },
  );

  it.each(['', 'a b', 'a#b', 'a/b', 'ä', 'x'.repeat(129)])('knows no user with the subject "%s"', (sub) => {
    expect(refusalOf(parse({ format: 'iss_sub', iss: NAMES.issuer, sub }))).toEqual({
      reason: 'unknown_user',
      because: 'no_profile',
    });
  });

  it.each([
    ['an unknown format', { format: 'did', url: 'did:example:1' }],
    ['no format', { email: 'a@b.c' }],
    ['the format alone', { format: 'email' }],
    ['a member of another format', { format: 'email', phone_number: '+4912345678' }],
    ['an extra member', { format: 'email', email: 'a@b.c', sub: 'x' }],
    ['iss and sub in another format', { format: 'email', iss: NAMES.issuer, sub: 'x' }],
    ['an extra member in iss_sub', { format: 'iss_sub', iss: NAMES.issuer, sub: 'x', email: 'a@b.c' }],
    ['iss_sub with another member instead of sub', { format: 'iss_sub', iss: NAMES.issuer, email: 'a@b.c' }],
    ['iss_sub without sub', { format: 'iss_sub', iss: NAMES.issuer }],
    ['iss_sub without iss', { format: 'iss_sub', sub: 'x' }],
    ['opaque with another member', { format: 'opaque', sub: 'x' }],
    ['account with an e-mail address beside', { format: 'account', uri: 'acct:ann@op.example', email: 'a@b.c' }],
    ['aliases with another member', { format: 'aliases', identifiers: [], sub: 'x' }],
    ['a name that every object inherits', { format: 'toString' }],
    ['an empty object', {}],
  ])('refuses %s', (_, hint) => {
    expect(refusalOf(parse(hint))).toEqual(OTHER_MEMBERS);
  });

  it('refuses a member called __proto__ as any other extra member', () => {
    expect(refusalOf(parse('{"format":"email","email":"a@b.c","__proto__":"x"}'))).toEqual(OTHER_MEMBERS);
  });

  it.each([
    ['a number', '{"format":"email","email":1}'],
    ['null', '{"format":"email","email":null}'],
    ['a nested object', '{"format":"email","email":{"format":"email","email":"a@b.c"}}'],
    ['an array as format', '{"format":["email"],"email":"a@b.c"}'],
  ])('refuses %s', (_, hint) => {
    expect(refusalOf(parse(hint))).toEqual(OTHER_MEMBERS);
  });

  it.each([
    ['broken JSON', '{"format":"email","email":"a@b.c"'],
    ['text after the JSON', '{"format":"email","email":"a@b.c"} x'],
  ])('refuses %s', (_, hint) => {
    expect(refusalOf(parse(hint))).toEqual(NOT_JSON);
  });

  it('refuses a malformed address or number inside as a malformed hint', () => {
    expect(refusalOf(parse({ format: 'email', email: 'ann' }))).toEqual(OF_A_FORM);
    expect(refusalOf(parse({ format: 'phone_number', phone_number: '0123456789' }))).toEqual(OF_A_FORM);
  });
});
