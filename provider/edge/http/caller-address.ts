import type { HttpEvent } from './request.ts';

/** CloudFront writes the address of its caller, and the port. It takes none of this name from the caller. */
const VIEWER_ADDRESS = 'cloudfront-viewer-address';
const IPV4_AND_PORT = /^([\d.]{7,15}):\d+$/;

/**
 * Returns the address of the caller as CloudFront saw it. The header is believed only on a call to the shielded name,
 * where the API demands CloudFront's certificate: anybody else could write it. `X-Forwarded-For` is never believed,
 * because its first entries are the caller's own. Undefined without the shield.
 */
export function callerAddressOf(event: HttpEvent, shieldedName: string | undefined): string | undefined {
  const { domainName, authentication } = event.requestContext;
  if (!shieldedName || domainName !== shieldedName || !authentication?.clientCert) return undefined;
  return IPV4_AND_PORT.exec(event.headers[VIEWER_ADDRESS] ?? '')?.[1];
}
