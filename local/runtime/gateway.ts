import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import * as v from 'valibot';
import type { Authority } from '../tls/authority-files.ts';
import { clientCertificateOf } from '../tls/client-certificate.ts';
import { makeSecureServer } from '../tls/secure-server.ts';
import { laterSeconds, withoutLater } from './call-clock.ts';
import { type IncomingCall, routeEvent } from './event.ts';
import type { Host } from './function-host.ts';
import { isTrustedLoopback, LOCAL_IDENTITY, listenOnLoopback } from './loopback.ts';
import type { RouteThrottles } from './route-throttles.ts';

/** API Gateway's own limit on request bodies. */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;
/** API Gateway's own limit on the headers together. */
const HEADER_LIMIT_BYTES = 10_240;

/** An answer of the gateway itself, for which no function ran or none gave an answer. */
export type GatewayAnswer = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly message: string;
};

/** How the gateway serves TLS: whose certificate it shows, for which names, and whether it asks for the caller's. */
type TlsOptions = {
  readonly authority: Authority;
  readonly hosts: readonly string[];
  readonly asksForCertificate: boolean;
};

/** A call of a route, and how it was answered. */
export type Exchange = {
  /** `METHOD /path`, as in the `function.ts`. */
  readonly routeKey: string;
  readonly method: string;
  /** The path with the query, as the caller sent it. */
  readonly target: string;
  /** Names and values in the order they came, as in `IncomingMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the answer. Absent if it has none. */
  readonly answer?: string | undefined;
};

/** Serves routes that only exist on this machine. Returns false if the call is for another route. */
export type LocalRoutes = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<boolean>;

/** The answer of a function to an HTTP call. */
const lambdaResult = v.object({
  statusCode: v.number(),
  headers: v.optional(v.record(v.string(), v.string())),
  body: v.optional(v.string()),
  isBase64Encoded: v.optional(v.boolean()),
});

/** API Gateway on one machine. It turns HTTP calls into payload v2 events, and the handlers' results into answers. */
export class Gateway {
  host: Host | undefined;
  localRoutes: LocalRoutes | undefined;
  /** Told of each answer of the gateway itself. */
  onOwnAnswer: ((answer: GatewayAnswer) => void) | undefined;
  /** The host of the issuer, under whose name callers on this machine are trusted too. */
  issuerHost: string | undefined;
  readonly #servers: (Server | SecureServer)[] = [];
  readonly #throttles: RouteThrottles | undefined;
  readonly #onExchange: ((exchange: Exchange) => void) | undefined;

  /** Without throttles it lets every call through. `onExchange` is told of each call that a function answered. */
  constructor(throttles?: RouteThrottles, onExchange?: (exchange: Exchange) => void) {
    this.#throttles = throttles;
    this.#onExchange = onExchange;
  }

  /** Starts listening on loopback and returns the port. Rejects with the system's error if the port is in use. */
  listen(port: number): Promise<number> {
    return this.#listen(createServer({ maxHeaderSize: HEADER_LIMIT_BYTES }, this.#answer), port);
  }

  /** Listens with TLS too. `asksForCertificate`: callers may show a certificate, and functions are told of it. */
  async listenWithTls(port: number, options: TlsOptions): Promise<number> {
    const serving = { ...options, authority: options.authority.keys, maxHeaderSize: HEADER_LIMIT_BYTES };
    return this.#listen(await makeSecureServer({ ...serving, serve: this.#answer }), port);
  }

  /** Whether a call comes from this machine and is meant for it. */
  trusts(request: IncomingMessage): boolean {
    return isTrustedLoopback(request, this.issuerHost);
  }

  async close(): Promise<void> {
    const closed = this.#servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    await Promise.all(closed);
  }

  #listen(server: Server | SecureServer, port: number): Promise<number> {
    this.#servers.push(server);
    return listenOnLoopback(server, port);
  }

  readonly #answer: RequestListener = (request, response) => {
    this.#serve(request, response).catch(() => {
      if (!response.headersSent) this.#refuse(request, response, 500);
      else response.end();
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (!body) return this.#refuse(request, response, 413);
    if (await this.localRoutes?.(request, response, body)) return;
    const later = laterSeconds(request, this.trusts(request));
    if (later === undefined) return this.#refuse(request, response, 403);
    const call = callFrom(request, body, this.trusts(request));
    const routed = routeEvent(call);
    if (!routed) return this.#refuse(request, response, 404);
    if (this.#throttles?.take(routed.routeKey) === false) return this.#refuse(request, response, 429);
    // It listens before everything behind it has started. A client that calls meanwhile is to try again.
    if (!this.host) return this.#refuse(request, response, 503);
    const answer = await this.host.invoke(routed.functionName, routed.event, later).catch(() => undefined);
    const result = v.safeParse(lambdaResult, answer);
    // API Gateway answers like this when an integration fails. The function's log has the reason.
    if (!result.success) return this.#refuse(request, response, 500);
    const { statusCode: status, headers = {}, body: text, isBase64Encoded } = result.output;
    const sent = call.method === 'HEAD' ? undefined : text;
    this.#onExchange?.({ ...call, routeKey: routed.routeKey, status, headers, answer: sent });
    response.writeHead(status, headers);
    response.end(text === undefined ? undefined : Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8'));
  }

  /** Answers with an error of the gateway itself, in the form of API Gateway instead of OAuth. */
  #refuse(request: IncomingMessage, response: ServerResponse, status: keyof typeof MESSAGES): void {
    const message = MESSAGES[status];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    const [path = '/'] = (request.url ?? '/').split('?');
    this.onOwnAnswer?.({ method: request.method ?? 'GET', path, status, message });
  }
}

/** The texts of API Gateway's own errors. */
const MESSAGES = {
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Too Long',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

function callFrom(request: IncomingMessage, body: Buffer, isTrusted: boolean): IncomingCall {
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    rawHeaders: withoutLater(request.rawHeaders),
    body,
    sourceIp: request.socket.remoteAddress ?? '',
    host: request.headers.host ?? '',
    iamIdentity: isTrusted ? LOCAL_IDENTITY : undefined,
    clientCertificate: clientCertificateOf(request.socket),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size <= PAYLOAD_LIMIT_BYTES) chunks.push(bytes);
  }
  return size <= PAYLOAD_LIMIT_BYTES ? Buffer.concat(chunks) : undefined;
}
