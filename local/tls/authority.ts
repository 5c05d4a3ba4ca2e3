import { createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { makeCertificate } from './certificate.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  forServers,
  keyUsage,
  nameConstraints,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.ts';
import { LOCAL_NAMES, LOCAL_NETWORKS } from './local-names.ts';

const DAY_MILLISECONDS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** How long a server's certificate lives. Apple's systems take at most 825 days of an authority that a user added. */
export const SERVER_DAYS = 90;
/** For clocks that are behind this one, such as those of virtual machines. */
const EARLIER_MILLISECONDS = DAY_MILLISECONDS;

/** An authority that signs certificates of this machine: its name, its certificate in PEM, its private key. */
export type AuthorityKeys = { readonly name: string; readonly certificate: string; readonly key: KeyObject };
/** A certificate and its private key in PEM. */
export type ServerCertificate = { readonly cert: string; readonly key: string };

const makeRsaKeys = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 });

/**
 * Makes an authority. It may sign certificates of servers for names and addresses of this machine, and nothing else: who
 * steals its key can't pose as a site on the internet. Its name is like no other's, because a verifier looks for an
 * authority by its name.
 */
export async function makeAuthority(now: Date): Promise<AuthorityKeys> {
  const { publicKey, privateKey: key } = await makeRsaKeys();
  // Without characters that a reader of certificates escapes: the name is read again from the certificate.
  const name = `Serverless CIBA local authority ${randomBytes(4).toString('hex')}`;
  const certificate = makeCertificate({
    subject: name,
    publicKey,
    issuer: { name, key },
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      basicConstraints(true),
      keyUsage('keyCertSign'),
      forServers(),
      nameConstraints({ names: LOCAL_NAMES, networks: LOCAL_NETWORKS }),
      subjectKeyIdentifier(publicKey),
    ],
  });
  return { name, certificate, key };
}

/** Makes the certificate of a server, with a new RSA key, for names and addresses of this machine. */
export async function makeServerCertificate(
  { name, key: authorityKey }: AuthorityKeys,
  hosts: readonly string[],
  now: Date,
): Promise<ServerCertificate> {
  const { publicKey, privateKey } = await makeRsaKeys();
  const cert = makeCertificate({
    subject: 'localhost',
    publicKey,
    issuer: { name, key: authorityKey },
    ...validity(now, SERVER_DAYS),
    extensions: [
      basicConstraints(false),
      keyUsage('digitalSignature'),
      forServers(),
      subjectAltName(hosts),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(createPublicKey(authorityKey)),
    ],
  });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function validity(now: Date, days: number): { from: Date; until: Date } {
  return {
    from: new Date(now.getTime() - EARLIER_MILLISECONDS),
    until: new Date(now.getTime() + days * DAY_MILLISECONDS),
  };
}
