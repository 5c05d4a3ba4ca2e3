import { describe, expect, it } from 'vitest';
import { parseBasicCredentials } from '../../../provider/core/client/basic-credentials.ts';
import { refusalOf, valueFrom } from '../given.ts';

const basic = (credentials: string | Uint8Array) => `Basic ${Buffer.from(credentials).toString('base64')}`;
const credentialsOf = (authorization: string | undefined) => valueFrom(parseBasicCredentials(authorization));
const MALFORMED = { reason: 'malformed_authorization_header' };

describe('client credentials in the Authorization header (RFC 6749 §2.3.1)', () => {
  it('are none without the header', () => {
    expect(credentialsOf(undefined)).toBeUndefined();
  });

  it('are id and secret', () => {
    expect(credentialsOf(basic('bank:s3cret'))).toEqual({ clientId: 'bank', secret: 's3cret' });
  });

  it('are form-urlencoded, each part for itself', () => {
    expect(credentialsOf(basic('a%3Ab:s%25%3A%C3%BC'))).toEqual({ clientId: 'a:b', secret: 's%:ü' });
    expect(credentialsOf(basic('a+b:c+d%2Be'))).toEqual({ clientId: 'a b', secret: 'c d+e' });
  });

  it('split at the first colon only', () => {
    expect(credentialsOf(basic('bank:a:b:'))).toEqual({ clientId: 'bank', secret: 'a:b:' });
  });

  it('may have an empty secret, which is then wrong', () => {
    expect(credentialsOf(basic('bank:'))).toEqual({ clientId: 'bank', secret: '' });
  });

  it.each(['basic', 'BASIC', 'bAsIc'])('have a scheme in any case: %s (RFC 9110 §11.1)', (scheme) => {
    expect(credentialsOf(basic('bank:x').replace('Basic', scheme))).toEqual({ clientId: 'bank', secret: 'x' });
  });

  it('may have more than one space after the scheme, and base64 without padding', () => {
    expect(credentialsOf('Basic  YTpi ')).toEqual({ clientId: 'a', secret: 'b' });
    expect(credentialsOf('Basic YTpiYw')).toEqual({ clientId: 'a', secret: 'bc' });
  });

  it.each([
    ['no colon', basic('bank')],
    ['no id', basic(':secret')],
    ['nothing', 'Basic '],
    ['the scheme alone', 'Basic'],
    ['something that is not base64', 'Basic !!!!'],
    ['base64url', 'Basic YT-_'],
    ['two tokens', 'Basic YTpi YTpi'],
    ['two joined headers', 'Basic YTpi,Basic YTpi'],
    ['a broken percent escape', basic('bank:100%')],
    ['escapes that are no UTF-8', basic('bank:%FF')],
    ['bytes that are no UTF-8', basic(new Uint8Array([0x61, 0x3a, 0xff]))],
    ['another scheme', 'Bearer YTpi'],
    ['the scheme of phones', 'Device a.b.c'],
    ['an empty header', ''],
  ])('are malformed with %s', (_, authorization) => {
    expect(refusalOf(parseBasicCredentials(authorization))).toEqual(MALFORMED);
  });
});
