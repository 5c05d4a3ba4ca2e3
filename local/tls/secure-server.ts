import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AuthorityKeys, makeServerCertificate, SERVER_DAYS } from './authority.ts';

/** How often it is looked whether the certificate has to be renewed. */
const DAY_MILLISECONDS = 86_400_000;
/** TLS 1.2 with these suites alone, as RFC 9325 §4.2 recommends them for RSA keys. TLS 1.3 has its own. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

/** What a server with TLS serves, and for whom. */
type SecureServing = {
  readonly authority: AuthorityKeys;
  readonly hosts: readonly string[];
  /** Whether callers are asked for a certificate. Without one they are served too, and any certificate will do. */
  readonly asksForCertificate: boolean;
  readonly maxHeaderSize: number;
  readonly serve: RequestListener;
};

/**
 * Makes a server with TLS 1.3 and 1.2. Its certificate is made for this run, and made anew before it ends. Its request
 * for the callers' certificates names no authorities, because Node names those of the option `ca`, and there is none.
 */
export async function makeSecureServer(serving: SecureServing): Promise<Server> {
  const { authority, hosts, asksForCertificate, maxHeaderSize, serve } = serving;
  const makeContext = async () => ({
    ...(await makeServerCertificate(authority, hosts, new Date())),
    minVersion: 'TLSv1.2' as const,
    maxVersion: 'TLSv1.3' as const,
    ciphers: CIPHERS,
    honorCipherOrder: true,
  });
  const server = createServer(
    { ...(await makeContext()), maxHeaderSize, requestCert: asksForCertificate, rejectUnauthorized: false },
    serve,
  );
  let days = 0;
  const renewal = setInterval(async () => {
    days += 1;
    if (days % Math.floor(SERVER_DAYS / 2) === 0) server.setSecureContext(await makeContext());
  }, DAY_MILLISECONDS).unref();
  server.on('close', () => clearInterval(renewal));
  return server;
}
