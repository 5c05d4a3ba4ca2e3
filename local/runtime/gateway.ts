import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { type IncomingCall, routeEvent } from './event.ts';
import type { Host } from './function-host.ts';
import { isTrustedLoopback, LOCAL_IDENTITY, listenOnLoopback } from './loopback.ts';
import type { RouteThrottles } from './route-throttles.ts';

/** API Gateway's own limit on request bodies. */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

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
  readonly #server: Server;
  readonly #throttles: RouteThrottles | undefined;

  /** Without throttles it lets every call through. */
  constructor(throttles?: RouteThrottles) {
    this.#throttles = throttles;
    this.#server = createServer({ maxHeaderSize: 10_240 }, (request, response) => {
      this.#serve(request, response).catch(() => {
        if (!response.headersSent) sendMessage(response, 500, 'Internal Server Error');
        else response.end();
      });
    });
  }

  /** Starts listening on loopback and returns the port. Rejects with the system's error if the port is in use. */
  listen(port: number): Promise<number> {
    return listenOnLoopback(this.#server, port);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (!body) return sendMessage(response, 413, 'Request Too Long');
    if (await this.localRoutes?.(request, response, body)) return;
    const routed = routeEvent(callFrom(request, body));
    if (!routed) return sendMessage(response, 404, 'Not Found');
    if (this.#throttles?.take(routed.routeKey) === false) return sendMessage(response, 429, 'Too Many Requests');
    // It listens before everything behind it has started. A client that calls meanwhile is to try again.
    if (!this.host) return sendMessage(response, 503, 'Service Unavailable');
    const answer = await this.host.invoke(routed.functionName, routed.event).catch(() => undefined);
    const result = v.safeParse(lambdaResult, answer);
    // API Gateway answers like this when an integration fails. The function's log has the reason.
    if (!result.success) return sendMessage(response, 500, 'Internal Server Error');
    const { statusCode, headers, body: text, isBase64Encoded } = result.output;
    response.writeHead(statusCode, headers);
    response.end(text === undefined ? undefined : Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8'));
  }
}

function callFrom(request: IncomingMessage, body: Buffer): IncomingCall {
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    rawHeaders: request.rawHeaders,
    body,
    sourceIp: request.socket.remoteAddress ?? '',
    host: request.headers.host ?? '',
    iamIdentity: isTrustedLoopback(request) ? LOCAL_IDENTITY : undefined,
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

/** Sends an error of the gateway itself, in the form of API Gateway instead of OAuth. */
function sendMessage(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}
