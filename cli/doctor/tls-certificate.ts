import { connect } from 'node:tls';
import { systemCodeOf } from '../command-line/system-error.ts';
import type { Check, Finding } from './check.ts';
import { daysUntil, WARN_DAYS } from './expiry.ts';

const HANDSHAKE_MILLISECONDS = 15_000;
const SEE = 'docs/operations.md#alarm-certificate';

type Seen = { readonly validTo: Date; readonly distrust: string | undefined };

/** Checks that the certificate at the provider's address is trusted, names the host, and does not expire soon. */
export const tlsCertificate: Check = {
  name: 'TLS certificate',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    const { hostname, port, protocol } = new URL(deployment.origin);
    if (protocol === 'http:') return { state: 'skipped', says: 'The local runtime uses HTTP.' };
    const { validTo, distrust } = await readCertificate(hostname, Number(port || 443));
    const days = daysUntil(validTo);
    const until = `${validTo.toISOString().slice(0, 10)}, in ${days} days`;
    const todo = 'Check that its validation record is in DNS. Import an imported certificate again under the same ARN.';
    if (distrust !== undefined) {
      const says = `The certificate of ${hostname} is not trusted (${distrust}): every call fails.`;
      return { state: 'broken', says, todo, see: SEE };
    }
    if (days > WARN_DAYS) return { state: 'good', says: `Valid until ${until}.` };
    return { state: 'warning', says: `Expires on ${until}. After that every login fails.`, todo, see: SEE };
  },
};

function readCertificate(host: string, port: number): Promise<Seen> {
  return new Promise((resolve, reject) => {
    // The check accepts any certificate in order to read it. It sends nothing.
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      const { authorized, authorizationError } = socket;
      socket.destroy();
      resolve({ validTo: new Date(validTo), distrust: authorized ? undefined : codeOf(authorizationError) });
    });
    socket.setTimeout(HANDSHAKE_MILLISECONDS, () => socket.destroy(new Error(`${host} took too long`)));
    socket.once('error', reject);
  });
}

/** Returns the code of a TLS error. Node declares an Error, but mostly passes a code such as CERT_HAS_EXPIRED. */
function codeOf(error: Error | string | null): string {
  return typeof error === 'string' ? error : (systemCodeOf(error) ?? 'unknown');
}
