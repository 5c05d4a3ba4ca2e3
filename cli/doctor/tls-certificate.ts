import { connect } from 'node:tls';
import { systemCodeOf } from '../command-line/system-error.ts';
import type { Check, Finding } from './check.ts';
import { daysUntil, WARN_DAYS } from './expiry.ts';

const HANDSHAKE_MILLISECONDS = 15_000;
const SEE = 'docs/operations.md#alarm-certificate';

type Seen = { readonly validTo: Date; readonly distrust: string | undefined };

/** The certificate that callers are shown: trusted, for this name, and for a while yet. */
export const tlsCertificate: Check = {
  name: 'TLS certificate',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    const { hostname, port, protocol } = new URL(deployment.origin);
    if (protocol === 'http:') return { state: 'skipped', says: 'The local runtime speaks HTTP.' };
    const { validTo, distrust } = await look(hostname, Number(port || 443));
    const days = daysUntil(validTo);
    const until = `${validTo.toISOString().slice(0, 10)}, in ${days} days`;
    const todo = 'Is the validation record in DNS? Import one of your own again under the same ARN.';
    if (distrust !== undefined) {
      const says = `Nobody trusts the certificate of ${hostname} (${distrust}): every call fails.`;
      return { state: 'broken', says, todo, see: SEE };
    }
    if (days > WARN_DAYS) return { state: 'good', says: `Valid until ${until}.` };
    return { state: 'warning', says: `Expires on ${until}. Then every login stops.`, todo, see: SEE };
  },
};

function look(host: string, port: number): Promise<Seen> {
  return new Promise((resolve, reject) => {
    // It is looked at whatever it is like; nothing is sent.
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

/** Declared as an error, and mostly a code as CERT_HAS_EXPIRED. */
function codeOf(error: Error | string | null): string {
  return typeof error === 'string' ? error : (systemCodeOf(error) ?? 'unknown');
}
