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

/** Answers that a call is wrong, and why. */
export function sendWrong(response: ServerResponse, description: string): void {
  send(response, 400, { error: 'invalid_request', error_description: description });
}
