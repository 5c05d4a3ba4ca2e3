import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';

/** The identity that the local gateway gives to callers on this machine. It exists nowhere else. */
export const LOCAL_IDENTITY = 'arn:aws:iam::000000000000:user/local-operator';

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Whether a call comes from this machine and is meant for it. The address must be loopback. The `Host` must be loopback
 * too: a web page that rebinds its name to 127.0.0.1 still sends its own. A foreign `Origin` means another web page.
 */
export function isTrustedLoopback(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers;
  return (
    LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    // An image or a frame on another site sends no Origin, but browsers send this header.
    request.headers['sec-fetch-site'] !== 'cross-site'
  );
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
