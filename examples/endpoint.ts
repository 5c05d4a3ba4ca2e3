import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { selfSigned } from '../local/runtime/self-signed.ts';
import { clientLike, Explained, run, type Setup } from './setup.ts';

// What the examples with a notification endpoint share: the endpoint, and its client.

/** What a ping or a push says (CIBA §10.2, §10.3). */
export type Told = {
  readonly auth_req_id: string;
  readonly access_token?: string;
  readonly id_token?: string;
  readonly error?: string;
  readonly error_description?: string;
};
/** A client that is pinged or pushed to. */
export type NotifiedSetup = Setup & {
  /** What the provider must send as bearer token. The client sends it with its question. */
  readonly notificationToken: string;
  /** Waits for what the provider tells of a request. */
  told(authReqId: string): Promise<Told>;
};

/**
 * Runs an example whose client listens at https://localhost:8443/. A push of tokens is answered 204 when the work is
 * done, and 400 if it throws, because it could not use them.
 */
export async function runNotified(
  about: string,
  delivery: 'ping' | 'push',
  work: (setup: NotifiedSetup) => Promise<void>,
): Promise<void> {
  const withEndpoint = async (setup: Setup): Promise<void> => {
    const endpoint = new Endpoint();
    const url = await endpoint.listen();
    const own = setup.local ? await register(setup, delivery, { url, certificate: endpoint.certificate }) : {};
    const { notificationToken } = endpoint;
    const done = work({ ...setup, ...own, notificationToken, told: (id) => endpoint.told(id) });
    await done.then(
      () => endpoint.close(204),
      (error: unknown) => {
        endpoint.close(400);
        throw error;
      },
    );
  };
  await run(about, withEndpoint, 'call-centre');
}

class Endpoint {
  readonly notificationToken = randomBytes(32).toString('base64url');
  readonly certificate: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #told = new Map<string, PromiseWithResolvers<Told>>();
  readonly #unanswered: ServerResponse[] = [];

  constructor() {
    const { CERT, KEY } = process.env;
    const own = selfSigned(`${crypto.randomUUID()}.localhost`, new Date(Date.now() + 86_400_000), ['localhost']);
    const { cert, key } = CERT && KEY ? { cert: readFileSync(CERT, 'utf8'), key: readFileSync(KEY, 'utf8') } : own;
    this.certificate = cert;
    this.#server = createServer({ cert, key }, (request, response) => {
      this.#take(request, response).catch(() => response.writeHead(400).end());
    });
  }

  listen(): Promise<string> {
    const { PORT = '8443' } = process.env;
    return new Promise((resolve, reject) => {
      this.#server.once('error', ({ message }) => reject(new Explained(`Set PORT to a free one. ${message}`)));
      this.#server.listen(Number(PORT), () => {
        const address = this.#server.address();
        resolve(`https://localhost:${typeof address === 'object' ? address?.port : PORT}/`);
      });
    });
  }

  told(authReqId: string): Promise<Told> {
    return this.#slot(authReqId).promise;
  }

  close(status: number): void {
    for (const response of this.#unanswered) response.writeHead(status).end();
    this.#server.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${this.notificationToken}`) return void response.writeHead(401).end();
    const told: Told = JSON.parse(await text(request));
    if (told.access_token === undefined) response.writeHead(204).end();
    else this.#unanswered.push(response);
    this.#slot(told.auth_req_id).resolve(told);
  }

  /** The place of a call, which may come before the answer to the question. */
  #slot(authReqId: string): PromiseWithResolvers<Told> {
    const slot = this.#told.get(authReqId) ?? Promise.withResolvers<Told>();
    this.#told.set(authReqId, slot);
    return slot;
  }
}

/** Lets a running `npm start` trust the endpoint, and registers the client for it, as an operator would. */
async function register(
  setup: Setup,
  delivery: 'ping' | 'push',
  { url, certificate }: { url: string; certificate: string },
): Promise<Pick<Setup, 'clientId' | 'clientSecret'>> {
  const { issuer } = setup;
  await fetch(new URL('local/trust', issuer), { method: 'POST', body: certificate });
  const { port } = new URL(url);
  return clientLike(setup, `${delivery}-${port}`, {
    client_name: `Harbor ${delivery} ${port}`,
    backchannel_token_delivery_mode: delivery,
    backchannel_client_notification_endpoint: url,
  });
}
