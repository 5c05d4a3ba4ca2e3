import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads the certificates of a file in PEM. Otherwise it says in a few words what is wrong with the file. */
export function readCertificates(
  path: string,
): { readonly certificates: readonly string[] } | { readonly wrong: string } {
  const text = readText(path);
  if (text === undefined) return { wrong: `${path} cannot be read` };
  const certificates = text.match(BLOCK) ?? [];
  if (certificates.length === 0) return { wrong: `${path} has no certificate in PEM` };
  return certificates.every(isCertificate) ? { certificates } : { wrong: `${path} has a damaged certificate` };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
