import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import {
  type Authority,
  type CertificateInUse,
  type MadeCertificate,
  ORIGIN_CERTIFICATE_SECONDS,
} from '../../core/operating/origin-certificate.ts';

/** For clocks that are behind ours. */
const EARLIER_SECONDS = 300;
/** From 2050 on, instants are written with four digits of the year (RFC 5280 §4.1.2.5). */
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Tags of DER (ITU-T X.690 §8, X.680 §8.4). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** A context-specific tag with content of its own, or with plain bytes. */
  explicit: (number: number) => 0xa0 + number,
  implicit: (number: number) => 0x80 + number,
} as const;

/** Makes an element of DER: tag, length, content. The length has as few bytes as possible. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const digits = body.length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  const length = body.length < 0x80 ? Buffer.of(body.length) : Buffer.concat([Buffer.of(0x80 + bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag), length, body]);
}

const sequence = (...content: readonly Uint8Array[]) => der(TAG.sequence, ...content);
const oid = (...bytes: readonly number[]) => der(TAG.oid, Buffer.from(bytes));
const boolean = (value: boolean) => der(TAG.boolean, Buffer.of(value ? 0xff : 0));

const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const CLIENT_AUTHENTICATION = oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02);

/** Extensions of RFC 5280 §4.2.1, by the last byte of their object identifier. */
const EXTENSION = {
  subjectKeyIdentifier: 14,
  keyUsage: 15,
  subjectAltName: 17,
  basicConstraints: 19,
  authorityKeyIdentifier: 35,
  extendedKeyUsage: 37,
} as const;
/** Bits of the key usage, the first in the highest place (RFC 5280 §4.2.1.3), with the number of unused bits before it. */
const DIGITAL_SIGNATURE = Buffer.of(7, 0x80);
const KEY_CERT_SIGN = Buffer.of(2, 0x04);

function extension(name: keyof typeof EXTENSION, value: Uint8Array, { critical = false } = {}): Buffer {
  return sequence(oid(0x55, 0x1d, EXTENSION[name]), ...(critical ? [boolean(true)] : []), der(TAG.octetString, value));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(TAG.set, sequence(COMMON_NAME, der(TAG.utf8String, Buffer.from(commonName)))));
}

function time(instant: number): Buffer {
  const date = new Date(instant * 1000);
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < FIRST_YEAR_OF_GENERALIZED_TIME
    ? der(TAG.utcTime, Buffer.from(digits.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(digits));
}

/** The key in DER, as the certificate has it, and its identifier: the SHA-1 of its bits (RFC 5280 §4.2.1.2). */
function publicHalf(key: KeyObject): { spki: Buffer; identifier: Buffer } {
  const spki = key.export({ type: 'spki', format: 'der' });
  // The bits are the end of the structure. An uncompressed point of P-256 has 65 bytes.
  return { spki, identifier: createHash('sha1').update(spki.subarray(-65)).digest() };
}

type Subject = {
  readonly name: string;
  readonly spki: Buffer;
  readonly extensions: readonly Buffer[];
};
type Issuer = { readonly name: string; readonly privateKey: KeyObject };
type Validity = { readonly from: number; readonly until: number };

/** Makes a certificate (RFC 5280 §4.1) in PEM. */
function certify(subject: Subject, issuer: Issuer, { from, until }: Validity): string {
  // A positive number of at most 20 bytes that nobody can foretell (RFC 5280 §4.1.2.2).
  const serial = Buffer.concat([Buffer.of(0x01), randomBytes(15)]);
  const toBeSigned = sequence(
    der(TAG.explicit(0), der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serial),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(time(from), time(until)),
    nameOf(subject.name),
    subject.spki,
    der(TAG.explicit(3), sequence(...subject.extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuer.privateKey);
  return new X509Certificate(
    sequence(toBeSigned, ECDSA_WITH_SHA256, der(TAG.bitString, Buffer.of(0), signature)),
  ).toString();
}

/**
 * Makes the certificate by which CloudFront proves itself to the API at a host name, and an authority for it alone. The
 * authority's key is forgotten as soon as it has signed, so trust in the authority is trust in this one certificate.
 * Names differ from one authority to the next: a verifier looks for the issuer by its name.
 */
export function makeOriginCertificate({ host, now }: { host: string; now: number }): MadeCertificate {
  const validity = { from: now - EARLIER_SECONDS, until: now + ORIGIN_CERTIFICATE_SECONDS };
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: `CloudFront authority ${randomBytes(8).toString('hex')}`, privateKey: authority.privateKey };
  const authorityKey = publicHalf(authority.publicKey);
  const authorityPem = certify(
    {
      name: issuer.name,
      spki: authorityKey.spki,
      extensions: [
        // An authority that may sign certificates, but no further authorities.
        extension('basicConstraints', sequence(boolean(true), der(TAG.integer, Buffer.of(0))), { critical: true }),
        extension('keyUsage', der(TAG.bitString, KEY_CERT_SIGN), { critical: true }),
        extension('subjectKeyIdentifier', der(TAG.octetString, authorityKey.identifier)),
      ],
    },
    issuer,
    validity,
  );
  const ownKey = publicHalf(own.publicKey);
  const certificate = certify(
    {
      name: 'CloudFront',
      spki: ownKey.spki,
      extensions: [
        extension('basicConstraints', sequence(), { critical: true }),
        extension('keyUsage', der(TAG.bitString, DIGITAL_SIGNATURE), { critical: true }),
        extension('extendedKeyUsage', sequence(CLIENT_AUTHENTICATION)),
        extension('subjectAltName', sequence(der(TAG.implicit(2), Buffer.from(host)))),
        extension('subjectKeyIdentifier', der(TAG.octetString, ownKey.identifier)),
        extension('authorityKeyIdentifier', sequence(der(TAG.implicit(0), authorityKey.identifier))),
      ],
    },
    issuer,
    validity,
  );
  const privateKey = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate, privateKey, authority: authorityFrom(authorityPem) };
}

/** Reads the authorities in a PEM bundle. Throws if a block is no certificate. */
export function authoritiesIn(bundle: string): readonly Authority[] {
  return (bundle.match(BLOCK) ?? []).map(authorityFrom);
}

/** Reads a certificate and the certificate of its authority, in PEM. Throws if one of them is no certificate. */
export function certificateInUse(certificate: string, authority: string): CertificateInUse {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return {
    authority: authorityFrom(authority),
    madeAt: secondsOf(validFromDate) + EARLIER_SECONDS,
    expiresAt: secondsOf(validToDate),
  };
}

/** Returns when a certificate in PEM ends, in epoch seconds. Throws if it is no certificate. */
export function endOfCertificate(certificate: string): number {
  return secondsOf(new X509Certificate(certificate).validToDate);
}

function authorityFrom(text: string): Authority {
  const certificate = new X509Certificate(text);
  return {
    id: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    pem: certificate.toString(),
    madeAt: secondsOf(certificate.validFromDate) + EARLIER_SECONDS,
  };
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
