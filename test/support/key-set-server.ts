import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../local/runtime/self-signed.ts';

/** How the server answers: with a status and a text, not at all, or with a byte now and then. */
type Answer = { readonly status: number; readonly body: string } | 'hang' | 'trickle';

/** Publishes keys: HTTPS on this machine, under the name `localhost`. Callers must trust its `cert`. */
export class KeySetServer {
  readonly cert: string;
  /** `https://localhost:PORT/jwks.json`. */
  readonly url: string;
  /** The `accept` header of each call. */
  readonly calls: (string | undefined)[] = [];
  readonly #server: Server;
  #answer: Answer = { status: 200, body: '{"keys":[]}' };

  private constructor(server: Server, cert: string) {
    this.#server = server;
    this.cert = cert;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}/jwks.json`;
    server.on('request', (request, response) => {
      this.calls.push(request.headers.accept);
      const answer = this.#answer;
      if (answer === 'hang') return;
      if (answer === 'trickle') {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
        return;
      }
      const { status, body } = answer;
      response.writeHead(status, status >= 300 && status < 400 ? { location: '/other.json' } : {}).end(body);
    });
  }

  static async start(): Promise<KeySetServer> {
    // Its own subject, as for a notification endpoint.
    const subject = `${randomBytes(8).toString('hex')}.localhost`;
    const { cert, key } = selfSigned(subject, new Date(Date.now() + 86_400_000), ['localhost']);
    const server = createServer({ cert, key });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new KeySetServer(server, cert);
  }

  /** Publishes these keys from now on. */
  publish(...keys: readonly object[]): void {
    this.#answer = { status: 200, body: JSON.stringify({ keys }) };
  }

  /** Answers this from now on. */
  behave(answer: Answer): void {
    this.#answer = answer;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
