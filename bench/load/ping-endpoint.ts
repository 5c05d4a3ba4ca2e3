import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import { selfSigned } from '../../local/runtime/self-signed.ts';

/** A ping as the client got it. */
export type Ping = {
  readonly authReqId: string;
  /** The bearer token. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether the client answered. Otherwise it hung up, as if it was not there. */
  readonly isAnswered: boolean;
};
const pingBody = v.object({ auth_req_id: v.string() });

/** One ping of so many finds the client absent, if it is the first for its request. */
const ABSENT_EVERY = 20;

/** The notification endpoint of all clients in ping mode (CIBA §10.2). */
export class PingEndpoint {
  readonly pings: Ping[] = [];
  readonly cert: string;
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, cert: string) {
    this.#server = server;
    this.cert = cert;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  }

  /** Starts it. `onPing` gets each `auth_req_id` that was answered. */
  static async start(onPing: (authReqId: string) => void): Promise<PingEndpoint> {
    const { cert, key } = selfSigned('localhost', new Date(Date.now() + 86_400_000));
    const server = createServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = new PingEndpoint(server, cert);
    server.on('request', (request, response) => {
      endpoint.#take(request).then(
        (ping) => {
          if (!ping.isAnswered) return request.socket.destroy();
          onPing(ping.authReqId);
          return response.writeHead(204).end();
        },
        () => response.destroy(),
      );
    });
    return endpoint;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #take(request: IncomingMessage): Promise<Ping> {
    const { auth_req_id: authReqId } = v.parse(pingBody, await json(request));
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const isFirst = !this.pings.some((ping) => ping.authReqId === authReqId);
    const isAbsent = isFirst && this.pings.length % ABSENT_EVERY === ABSENT_EVERY - 1;
    const ping = { authReqId, token, at: Date.now(), isAnswered: !isAbsent };
    this.pings.push(ping);
    return ping;
  }
}
