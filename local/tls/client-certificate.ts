import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A caller's certificate, as events of payload version 2 have it in `requestContext.authentication.clientCert`. */
export type ClientCertificate = {
  readonly clientCertPem: string;
  /** A distinguished name, the most specific part first (RFC 4514). */
  readonly subjectDN: string;
  readonly issuerDN: string;
  /** Hexadecimal bytes with colons between them. */
  readonly serialNumber: string;
  /** Instants such as `May 28 12:30:02 2019 GMT`. */
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
};

/**
 * Reads the certificate that a caller showed; undefined without one. TLS has proved that the caller has its key. Whether
 * it is valid, and who signed it, has not been checked.
 */
export function clientCertificateOf(socket: Socket): ClientCertificate | undefined {
  const shown = socket instanceof TLSSocket ? socket.getPeerCertificate(false) : undefined;
  return shown?.raw ? certificateInEvent(new X509Certificate(shown.raw)) : undefined;
}

/** Describes a certificate as API Gateway does. */
function certificateInEvent(certificate: X509Certificate): ClientCertificate {
  const { subject, issuer, serialNumber, validFrom, validTo } = certificate;
  return {
    clientCertPem: certificate.toString(),
    subjectDN: distinguishedName(subject),
    issuerDN: distinguishedName(issuer),
    serialNumber: serialNumber.toLowerCase().replaceAll(/..(?=.)/g, '$&:'),
    validity: { notBefore: validFrom, notAfter: validTo },
  };
}

/**
 * Node has a line for each part, the most general first, with special characters escaped. A part may have several
 * values.
 */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '')
    .split('\n')
    .reverse()
    .map((part) => part.replaceAll(' + ', '+'))
    .join(',');
}
