import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { selfSigned } from '../../local/runtime/self-signed.ts';
import { PATIENCE_MILLISECONDS } from './patience.ts';

/** A ping as it arrived. */
export type Ping = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
};
/**
 * How the endpoint answers a ping: with a status (a 3xx redirects to another path of the same server), not at all, by
 * hanging up, or with 200 and a body that never ends.
 */
export type EndpointBehaviour = number | 'hang' | 'drop' | 'endless';

/**
 * A client's notification endpoint: HTTPS on this machine, under the name `localhost`. Callers must trust its `cert`.
 */
export class NotificationEndpoint {
  /** All pings, in the order in which they came. */
  readonly received: Ping[] = [];
  readonly cert: string;
  /** `https://localhost:PORT/`. Any path under it works too. */
  readonly url: string;
  readonly #server: Server;
  #taken = 0;
  #behaviours: readonly EndpointBehaviour[] = [204];
  #concerns: (ping: Ping) => boolean = () => true;
  #arrived = Promise.withResolvers<void>();

  private constructor(server: Server, cert: string) {
    this.#server = server;
    this.cert = cert;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    server.on('request', (request, response) => {
      // A caller that hangs up in the middle is not an error of the endpoint.
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** Its certificate is for `host` and ends after `days`, which may be over. */
  static async start({ host = 'localhost', days = 1 } = {}): Promise<NotificationEndpoint> {
    // Its own subject: among roots of one subject, OpenSSL would take the key of any, and the others would be refused.
    const subject = `${randomBytes(8).toString('hex')}.localhost`;
    const { cert, key } = selfSigned(subject, new Date(Date.now() + days * 86_400_000), [host]);
    const server = createServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new NotificationEndpoint(server, cert);
  }

  /**
   * Sets the answer to pings from now on. Of several answers each is given to one ping, and the last also to all that
   * follow. With `concerns` they are the answers to the pings that it picks, and others get 204. `next` skips pings that
   * came before.
   */
  behave(
    behaviour: EndpointBehaviour | readonly [EndpointBehaviour, ...EndpointBehaviour[]],
    concerns: (ping: Ping) => boolean = () => true,
  ): void {
    this.#behaviours = [behaviour].flat();
    this.#concerns = concerns;
    this.#taken = this.received.length;
  }

  /** Waits for the first ping that `next` has not returned yet. */
  async next(): Promise<Ping> {
    const timeout = new AbortController();
    const tooLate = pause(PATIENCE_MILLISECONDS, undefined, { signal: timeout.signal }).then(() => {
      throw new Error(`no ping within ${PATIENCE_MILLISECONDS} ms`);
    });
    tooLate.catch(() => undefined);
    try {
      while (this.received.length <= this.#taken) await Promise.race([this.#arrived.promise, tooLate]);
    } finally {
      timeout.abort();
    }
    const ping = this.received[this.#taken] as Ping;
    this.#taken += 1;
    return ping;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #nextBehaviour(): EndpointBehaviour {
    const [behaviour = 204, ...others] = this.#behaviours;
    if (others.length > 0) this.#behaviours = others;
    return behaviour;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { method = '', url = '', headers } = request;
    const ping = { method, path: url, headers, body, json: parsed(body) };
    const behaviour = this.#concerns(ping) ? this.#nextBehaviour() : 204;
    this.received.push(ping);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    if (behaviour === 'hang') return;
    if (behaviour === 'drop') request.socket.destroy();
    else if (behaviour === 'endless') await answerForEver(response);
    else response.writeHead(behaviour, isRedirect(behaviour) ? { location: '/redirected' } : {}).end();
  }
}

async function answerForEver(response: ServerResponse): Promise<void> {
  response.writeHead(200);
  while (!response.destroyed) {
    response.write('x'.repeat(65_536));
    await new Promise((resolve) => setImmediate(resolve));
    if (response.writableNeedDrain) await drainedOrGone(response);
  }
}

function drainedOrGone(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve).once('close', resolve);
  });
}

const isRedirect = (status: number) => status >= 300 && status < 400;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
