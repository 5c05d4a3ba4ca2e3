import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IncomingCall, routeEvent } from './event.ts';
import type { Host } from './function-host.ts';
import { isTrustedLoopback, LOCAL_IDENTITY } from './loopback.ts';

/** API Gateway's own limit on request bodies. */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

/** Serves what exists only on this machine; false when the call is not one of those. */
export type LocalRoutes = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<boolean>;
type LambdaResult = { statusCode: number; headers?: Record<string, string>; body?: string; isBase64Encoded?: boolean };

/** API Gateway on one machine: HTTP in, payload v2 events to the real handlers, their results out. */
export class Gateway {
  host: Host | undefined;
  localRoutes: LocalRoutes | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ maxHeaderSize: 10_240 }, (request, response) => {
      this.#serve(request, response).catch(() => {
        if (!response.headersSent) sendMessage(response, 500, 'Internal Server Error');
        else response.end();
      });
    });
  }

  /** Starts listening on loopback and tells the port; rejects with the system's error when it is taken. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
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
    if (!routed || !this.host) return sendMessage(response, 404, 'Not Found');
    // As API Gateway answers for an integration that failed; the function's own log says more.
    const result = (await this.host.invoke(routed.functionName, routed.event).catch(() => undefined)) as
      | LambdaResult
      | undefined;
    if (!result) return sendMessage(response, 500, 'Internal Server Error');
    response.writeHead(result.statusCode, result.headers);
    response.end(
      result.body === undefined ? undefined : Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8'),
    );
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
    size += (chunk as Buffer).length;
    if (size <= PAYLOAD_LIMIT_BYTES) chunks.push(chunk as Buffer);
  }
  return size <= PAYLOAD_LIMIT_BYTES ? Buffer.concat(chunks) : undefined;
}

/** Errors that the gateway itself makes look like this, not like OAuth errors. */
function sendMessage(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}
