import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Runtime } from '../runtime/runtime.ts';
import type { DemoWorld } from './demo-world.ts';

/** A call of a route that exists only on this machine. */
export type LocalCall = {
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
};
/** Answers calls of one such route. */
export type LocalRoute = (world: DemoWorld, runtime: Runtime, call: LocalCall) => Promise<void> | void;

/** Answers with JSON. */
export function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

/** The interval at which an idle event stream sends a sign of life. */
const HEARTBEAT_MS = 15_000;

/**
 * Begins a stream of server-sent events. `begin` gets the function that sends one, and returns what ends the stream when
 * its reader has gone.
 */
export function stream(
  response: ServerResponse,
  name: string,
  begin: (send: (data: unknown) => void) => () => void,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': connected\n\n');
  const stop = begin((data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
  const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}

/** Answers that a call is wrong, and why. */
export function sendWrong(response: ServerResponse, description: string): void {
  send(response, 400, { error: 'invalid_request', error_description: description });
}

/** Parses a body. Returns undefined if it is no JSON. */
export function jsonIn(body: LocalCall['body']): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
