import { generateKeyPairSync } from 'node:crypto';
import { makeCertificate } from '../tls/certificate.ts';
import { subjectAltName } from '../tls/extensions.ts';

/** A certificate and its key in PEM. */
export type SelfSigned = { readonly cert: string; readonly key: string };

const LIFE_MILLISECONDS = 400 * 86_400_000;

/**
 * Makes a self-signed certificate for a host name, and for more names and addresses. It is valid for 400 days, to the
 * given instant.
 */
export function selfSigned(host: string, until: Date, more: readonly string[] = []): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = makeCertificate({
    subject: host,
    publicKey,
    issuer: { name: host, key: privateKey },
    from: new Date(until.getTime() - LIFE_MILLISECONDS),
    until,
    extensions: [subjectAltName([host, ...more])],
  });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
