import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import { isLocalHost } from '../tls/local-names.ts';

/** The identity that the local gateway gives to callers on this machine. It exists nowhere else. */
export const LOCAL_IDENTITY = 'arn:aws:iam::000000000000:user/local-operator';

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Whether a call comes from this machine and is meant for it. The address must be loopback. The `Host` must be loopback
 * too, or the host of the issuer if that is a name that nobody on the internet can have: a web page that rebinds its
 * name to 127.0.0.1 still sends its own, and a tunnel sends its public one. A foreign `Origin` means another web page.
 */
export function isTrustedLoopback(request: IncomingMessage, issuerHost?: string): boolean {
  const { host = '', origin } = request.headers;
  const [hostname] = host.toLowerCase().split(/:\d+$/);
  return (
    LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '') &&
    isForwardedFromHere(request) &&
    (LOOPBACK_HOST.test(hostname ?? '') ||
      (issuerHost !== undefined && hostname === issuerHost && isLocalHost(issuerHost))) &&
    // A proxy on this machine may have taken TLS off.
    (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) &&
    // An image or a frame on another site sends no Origin, but browsers send this header.
    request.headers['sec-fetch-site'] !== 'cross-site'
  );
}

/** Whether a proxy, if there is one, got the call from this machine. A tunnel that rewrites the `Host` did not. */
function isForwardedFromHere({ headers }: IncomingMessage): boolean {
  const [forwarded, standard] = [headers['x-forwarded-for'], headers['forwarded']];
  const addresses = forwarded === undefined ? [] : String(forwarded).split(',');
  return standard === undefined && addresses.every((address) => LOOPBACK_ADDRESS.test(address.trim()));
}

/** Makes a server listen on loopback and returns its port; 0 takes any. Rejects if the port is in use. */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server listens on no port'));
      else resolve(address.port);
    });
  });
}
