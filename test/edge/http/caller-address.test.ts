import { describe, expect, it } from 'vitest';
import { callerAddressOf } from '../../../provider/edge/http/caller-address.ts';
import { httpEvent } from './given.ts';

const name = 'login.example.com';
const certified = { clientCert: { clientCertPem: 'PEM' } };

/** A call, by default through CloudFront to the shielded name. */
function address(
  headers: Record<string, string>,
  { domainName = name, authentication = certified as typeof certified | null, shielded = name as string | null } = {},
) {
  const event = httpEvent({ headers });
  const requestContext = { ...event.requestContext, domainName, authentication };
  return callerAddressOf({ ...event, requestContext }, shielded ?? undefined);
}
const viewer = { 'cloudfront-viewer-address': '203.0.113.7:46532' };

describe('the address of a caller', () => {
  it('is that which CloudFront saw, without the port', () => {
    expect(address(viewer)).toBe('203.0.113.7');
  });

  it('is not believed where others than CloudFront can call', () => {
    expect(address(viewer, { shielded: null })).toBeUndefined();
    expect(address(viewer, { domainName: 'mtls.login.example.com' })).toBeUndefined();
    expect(address(viewer, { authentication: null })).toBeUndefined();
  });

  it('is never taken from a header that callers write', () => {
    expect(address({ 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' })).toBeUndefined();
    expect(address({ ...viewer, 'x-forwarded-for': '198.51.100.1' })).toBe('203.0.113.7');
  });

  it.each([
    '198.51.100.1:1, 203.0.113.7:46532',
    '203.0.113.7',
    '203.0.113.7:port',
    '2001:db8::1:46532',
    'x'.repeat(300),
    '',
  ])('is not %s, which CloudFront does not write', (value) => {
    expect(address({ 'cloudfront-viewer-address': value })).toBeUndefined();
  });
});
