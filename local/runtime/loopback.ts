import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';

/** The identity that the local gateway vouches for. It exists on this machine only. */
export const LOCAL_IDENTITY = 'arn:aws:iam::000000000000:user/local-operator';

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Whether a call comes from this machine and was meant for it: a loopback address, a loopback `Host` (a web page that
 * rebinds its name to 127.0.0.1 keeps its own), and no foreign `Origin` (another page of the same browser has one).
 */
export function isTrustedLoopback(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers;
  return (
    LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    // A picture or a frame of another site carries no Origin, but browsers say where it comes from.
    request.headers['sec-fetch-site'] !== 'cross-site'
  );
}

/** Lets a server listen on loopback and returns its port; 0 takes any. Rejects with the system's error when it is taken. */
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
