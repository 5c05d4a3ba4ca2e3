import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../../provider/core/form-encoding.ts';
import { BODY_LIMIT_BYTES, parseForm } from '../../../provider/edge/http/form-body.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { cpuMilliseconds } from '../../support/cpu-time.ts';
import { FORM, requestWith, utf8 } from './given.ts';

const parse = (body: string | Uint8Array, contentType: string | undefined = FORM) =>
  parseForm(requestWith(body, contentType));
const parametersOf = (body: string | Uint8Array) => Object.fromEntries(valueFrom(parse(body)));
const MALFORMED = { reason: 'malformed_body', expected: 'a form in UTF-8 with valid percent escapes' };

describe('form body (CIBA §7.1, RFC 6749 appendix B)', () => {
  it.each([
    ['as API Gateway sends it, in base64', utf8('scope=openid+email&login_hint=ann%40example.com')],
    ['plain', 'scope=openid+email&login_hint=ann%40example.com'],
  ])('is read %s', (_, body) => {
    expect(parametersOf(body)).toEqual({ scope: ['openid email'], login_hint: ['ann@example.com'] });
  });

  it('keeps every value of a repeated parameter in order, so that repeats can be refused', () => {
    expect(parametersOf('resource=a&scope=x&resource=b&resource=a')).toEqual({
      resource: ['a', 'b', 'a'],
      scope: ['x'],
    });
  });

  it('finds a repeat that hides behind percent escapes in the name', () => {
    expect(parametersOf('scope=a&%73cope=b')).toEqual({ scope: ['a', 'b'] });
  });

  it('takes an empty value as absent (RFC 6749 §3.1)', () => {
    expect(parametersOf('scope=&login_hint&binding_message=1')).toEqual({ binding_message: ['1'] });
    expect(parametersOf('scope=&scope=openid')).toEqual({ scope: ['openid'] });
    expect(parametersOf('')).toEqual({});
    expect(parametersOf('&&a=1&')).toEqual({ a: ['1'] });
  });

  it('keeps equals signs inside a value', () => {
    expect(parametersOf('a=b=c==')).toEqual({ a: ['b=c=='] });
  });

  it('reads a plus as a space and %2B as a plus', () => {
    expect(parametersOf('a=1+2%2B3')).toEqual({ a: ['1 2+3'] });
  });

  it('reads UTF-8, escaped and raw', () => {
    expect(parametersOf('a=%C3%BC')).toEqual({ a: ['ü'] });
    expect(parametersOf('a=ü')).toEqual({ a: ['ü'] });
  });

  it.each(['a=%', 'a=%4', 'a=%zz', 'a=1%', '%=1', 'a=%u00fc'])('refuses the broken escape in %s', (body) => {
    expect(refusalOf(parse(body))).toEqual(MALFORMED);
  });

  it.each(['a=%FF', 'a=%C3', 'a=%C0%80', 'a=%ED%A0%80', '%E4=1'])('refuses escapes that are no UTF-8 in %s', (body) => {
    expect(refusalOf(parse(body))).toEqual(MALFORMED);
  });

  it('refuses raw bytes that are no UTF-8', () => {
    expect(refusalOf(parse(new Uint8Array([0x61, 0x3d, 0xff])))).toEqual(MALFORMED);
    expect(refusalOf(parse(new Uint8Array([0x61, 0x3d, 0xed, 0xa0, 0x80])))).toEqual(MALFORMED);
  });

  it('takes a byte order mark as part of the name, which is then unknown, and never hides a parameter behind it', () => {
    expect(parametersOf(new Uint8Array([0xef, 0xbb, 0xbf, ...utf8('scope=openid')]))).toEqual({
      '\uFEFFscope': ['openid'],
    });
  });

  it('keeps names that every object inherits apart from the objects', () => {
    const form = valueFrom(parse('__proto__=a&constructor=b&toString=c'));
    expect([...form.keys()]).toEqual(['__proto__', 'constructor', 'toString']);
    expect(form.get('hasOwnProperty')).toBeUndefined();
  });

  it('reads 64 KB and refuses one byte more, counted after base64', () => {
    const body = (bytes: number) => utf8(`a=${'x'.repeat(bytes - 2)}`);
    expect(parse(body(65_536)).ok).toBe(true);
    expect(refusalOf(parse(body(65_537)))).toEqual({ reason: 'body_too_large', limitBytes: BODY_LIMIT_BYTES });
    expect(BODY_LIMIT_BYTES).toBe(65_536);
  });

  it('refuses a large body before it looks at its type', () => {
    expect(refusalOf(parse('x'.repeat(65_537), 'text/plain'))?.reason).toBe('body_too_large');
  });

  it.each([FORM, `${FORM}; charset=UTF-8`, `${FORM};charset=utf-8`, 'Application/X-WWW-Form-URLEncoded'])(
    'accepts the media type %s',
    (contentType) => {
      expect(parse('a=1', contentType).ok).toBe(true);
    },
  );

  it.each([
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    '',
    `${FORM}, application/json`,
    `x${FORM}`,
  ])('refuses the media type "%s"', (contentType) => {
    expect(refusalOf(parse('a=1', contentType))).toEqual({ reason: 'unsupported_media_type', expected: FORM });
  });

  it('refuses a body without a media type', () => {
    expect(refusalOf(parseForm(requestWith('a=1', undefined)))).toEqual({
      reason: 'unsupported_media_type',
      expected: FORM,
    });
  });

  it('reads back whatever URLSearchParams writes', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 });
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 10 }), (pairs) => {
        const form = valueFrom(parse(utf8(new URLSearchParams(pairs).toString())));
        const readBack = [...form].flatMap(([key, values]) => values.map((one) => [key, one]));
        expect(readBack.sort()).toEqual(pairs.sort());
      }),
    );
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parse(bytes)));
  });

  it('reads sixteen thousand repeats of one parameter in no time', () => {
    const body = 'a=1&'.repeat(16_384);
    expect(valueFrom(parse(body)).get('a')).toHaveLength(16_384);
    expect(cpuMilliseconds(() => parse(body))).toBeLessThan(250);
  });
});

describe('strict UTF-8', () => {
  it('is text or nothing, with the byte order mark kept', () => {
    expect(decodeUtf8(utf8('ü'))).toBe('ü');
    expect(decodeUtf8(new Uint8Array([0xc3]))).toBeUndefined();
    expect(decodeUtf8(new Uint8Array([0xef, 0xbb, 0xbf]))).toBe('\uFEFF');
  });
});
