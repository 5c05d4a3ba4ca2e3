import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLoginHint } from '../../../provider/core/asking/login-hint.ts';
import { NAMES, refusalOf, valueFrom } from '../given.ts';

const parse = (hint: string | object) => parseLoginHint(typeof hint === 'string' ? hint : JSON.stringify(hint), NAMES);
const found = (type: string, value: string) => ({ kind: 'identifier', identifier: { type, value } });
const OF_A_FORM = {
  reason: 'login_hint_malformed',
  expected: 'an e-mail address, a phone number as +4912345678, a username, or an RFC 9493 subject identifier',
};
const NOT_FLAT = {
  reason: 'login_hint_malformed',
  expected: 'a flat JSON object with string members, as in RFC 9493',
};
const OTHER_MEMBERS = {
  reason: 'login_hint_malformed',
  expected: 'format iss_sub with iss and sub, email with email, or phone_number with phone_number',
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

describe('login_hint as subject identifier (RFC 9493)', () => {
  it('reads iss_sub of this issuer, with and without the final slash, and of a previous one (§3.2.4)', () => {
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
    ['an array', '{"format":"aliases","identifiers":[{"format":"email","email":"a@b.c"}]}'],
    ['broken JSON', '{"format":"email","email":"a@b.c"'],
    ['text after the JSON', '{"format":"email","email":"a@b.c"} x'],
  ])('refuses %s', (_, hint) => {
    expect(refusalOf(parse(hint))).toEqual(NOT_FLAT);
  });

  it('refuses a malformed address or number inside as a malformed hint', () => {
    expect(refusalOf(parse({ format: 'email', email: 'ann' }))).toEqual(OF_A_FORM);
    expect(refusalOf(parse({ format: 'phone_number', phone_number: '0123456789' }))).toEqual(OF_A_FORM);
  });
});
