import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { listenOnLoopback } from '../../local/runtime/loopback.ts';
import { selfSigned } from '../../local/runtime/self-signed.ts';
import { requestIdOf } from '../../provider/core/digest.ts';
import { Refused } from '../command-line/failure.ts';
import { type JsonObject, parseJsonObject } from '../command-line/json-object.ts';
import { systemCodeOf } from '../command-line/system-error.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';

/** The largest body that a call may have. */
const LARGEST_BODY = 65_536;
const CERTIFICATE_DAYS = 30;
/** How long the answers that are under way may take when the endpoint closes. */
const CLOSING_MILLISECONDS = 500;

/** A call that came to the notification endpoint (CIBA §10.2, §10.3), and how it is answered. */
export type Received = {
  /** `ping` or `push`: the right token and a request. Otherwise why it is none, and then nothing of it is believed. */
  readonly kind: 'ping' | 'push' | 'wrong_token' | 'malformed';
  readonly requestId?: string;
  readonly authReqId?: string;
  /** The members of a push: tokens, or an error. */
  readonly pushed?: JsonObject;
  /** What was sent, for an application that gets it forwarded. */
  readonly sent: { readonly body: string; readonly headers: Readonly<Record<string, string>> };
};
export type Listening = {
  /** `https://localhost:PORT/` */
  readonly url: string;
  readonly certificate: string;
  close(): void;
};

/**
 * Listens for pings and pushes on this machine, with a certificate made for it. `answer` gets each call, and returns the
 * status to answer it with. With a token, a call with another one is answered 401.
 */
export async function listenForCalls(
  port: number,
  token: string | undefined,
  answer: (received: Received) => Promise<number>,
): Promise<Listening> {
  // Its own subject: among roots of one subject, OpenSSL would take the key of any, and the others would be refused.
  const subject = `${randomBytes(8).toString('hex')}.localhost`;
  const until = new Date(Date.now() + CERTIFICATE_DAYS * 86_400_000);
  const { cert, key } = selfSigned(subject, until, ['localhost']);
  const server = createServer({ cert, key }, (request, response) => {
    serve(request, response, { token, answer }).catch(() => response.destroy());
  });
  const bound = await listenOnLoopback(server, port).catch((error: unknown) => {
    throw cannotListen(port, error);
  });
  const close = () => {
    server.close();
    setTimeout(() => server.closeAllConnections(), CLOSING_MILLISECONDS).unref();
  };
  return { url: `https://localhost:${bound}/`, certificate: cert, close };
}

/** Lets the local runtime trust the certificate, so that its calls arrive. Returns whether it does. */
export async function trustLocally(deployment: Deployment, { certificate }: Listening): Promise<boolean> {
  if (!deployment.isLocal) return false;
  const response = await callProvider(deployment, '/local/trust', { method: 'POST', body: certificate });
  return response.ok;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { token, answer }: { token: string | undefined; answer: (received: Received) => Promise<number> },
): Promise<void> {
  if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
  const body = await readBody(request);
  if (body === undefined) return void response.writeHead(413).end();
  const received = readCall(request, body, token);
  const status = await answer(received);
  const { kind } = received;
  response.writeHead(kind === 'ping' || kind === 'push' ? status : STATUS_OF[kind]).end();
}

const STATUS_OF = { wrong_token: 401, malformed: 400 } as const;

function readCall({ headers }: IncomingMessage, body: string, token: string | undefined): Received {
  const { authorization = '', 'content-type': type = '' } = headers;
  const sent = { body, headers: { authorization, 'content-type': type } };
  if (token !== undefined && !isSame(authorization, `Bearer ${token}`)) return { kind: 'wrong_token', sent };
  const members = parseJsonObject(body) ?? {};
  const { auth_req_id: authReqId } = members;
  if (typeof authReqId !== 'string') return { kind: 'malformed', sent };
  const known = { authReqId, requestId: requestIdOf(authReqId), sent };
  const isPing = members['access_token'] === undefined && members['error'] === undefined;
  return isPing ? { kind: 'ping', ...known } : { kind: 'push', pushed: members, ...known };
}

/** Compares in a time that tells nothing about the expected text. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    // The rest is read and dropped, so that the caller gets an answer and no broken connection.
    if (body.length <= LARGEST_BODY) body += chunk;
  }
  return body.length > LARGEST_BODY ? undefined : body;
}

function cannotListen(port: number, error: unknown): Refused {
  const code = systemCodeOf(error);
  const reason = code === 'EADDRINUSE' ? 'something else listens there' : (code ?? 'the system refuses it');
  return new Refused(
    `Port ${port} cannot be used: ${reason}.`,
    'Choose another port, and register it with the client.',
  );
}
