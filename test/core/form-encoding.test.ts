import { describe, expect, it } from 'vitest';
import { decodeFormComponent, decodeUtf8 } from '../../provider/core/form-encoding.ts';

describe('strict UTF-8 (RFC 3629)', () => {
  it('is decoded as it is, with a byte order mark that it begins with', () => {
    expect(decodeUtf8(Buffer.from('s€cret'))).toBe('s€cret');
    expect(decodeUtf8(Buffer.from('\uFEFFscope=openid'))).toBe('\uFEFFscope=openid');
    expect(decodeUtf8(new Uint8Array())).toBe('');
  });

  it.each([
    ['a byte that is none', [0xff]],
    ['half a character', [0x61, 0xc3]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('is not %s', (_, bytes) => {
    expect(decodeUtf8(new Uint8Array(bytes))).toBeUndefined();
  });
});

it('reads every plus of a form component as a space (RFC 6749 appendix B)', () => {
  expect(decodeFormComponent('a+b+%2B%C3%BC')).toBe('a b +ü');
  expect(() => decodeFormComponent('%FF')).toThrow(URIError);
});
