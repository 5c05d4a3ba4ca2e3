import { type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { der, oid, sequence, TAG, tagged } from './der.ts';

const COMMON_NAME = oid(0x55, 0x04, 0x03);
const ALGORITHM = {
  ec: sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
  rsa: sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), der(TAG.null)),
} as const;
/** From this year on, instants are written with four digits of the year (RFC 5280 §4.1.2.5). */
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

/** What a certificate says, and who signs it. */
export type CertificateOrder = {
  /** The common name of the subject. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** The common name of the signer, and its private key: P-256 or RSA. */
  readonly issuer: { readonly name: string; readonly key: KeyObject };
  readonly from: Date;
  readonly until: Date;
  readonly extensions: readonly Buffer[];
};

/** Makes a certificate (RFC 5280 §4.1), in PEM. */
export function makeCertificate({ subject, publicKey, issuer, from, until, extensions }: CertificateOrder): string {
  const algorithm = issuer.key.asymmetricKeyType === 'rsa' ? ALGORITHM.rsa : ALGORITHM.ec;
  // A positive number of at most 20 bytes that nobody can foretell (RFC 5280 §4.1.2.2).
  const serial = Buffer.concat([Buffer.of(0x01), randomBytes(15)]);
  const toBeSigned = sequence(
    tagged(0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serial),
    algorithm,
    nameOf(issuer.name),
    sequence(time(from), time(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  );
  const signature = der(TAG.bitString, Buffer.of(0), sign('sha256', toBeSigned, issuer.key));
  return new X509Certificate(sequence(toBeSigned, algorithm, signature)).toString();
}

function nameOf(commonName: string): Buffer {
  return sequence(der(TAG.set, sequence(COMMON_NAME, der(TAG.utf8String, Buffer.from(commonName)))));
}

function time(instant: Date): Buffer {
  const digits = instant.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return instant.getUTCFullYear() < FIRST_YEAR_OF_GENERALIZED_TIME
    ? der(TAG.utcTime, Buffer.from(digits.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(digits));
}
