import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '../../../local/runtime/runtime.ts';
import { type AccessKey, wrongInSignature } from './signature-check.ts';

/** A deployment as the command sees it: API Gateway with an IAM authorizer in front of the real handlers. */
export type SignedDeployment = {
  /** Environment for a command whose `--url` is the deployment's. */
  readonly env: Readonly<Record<string, string>>;
  /** What was wrong with each call so far; undefined for a good one. */
  readonly verdicts: (string | undefined)[];
  /** More headers of each answer. Tests change them. */
  readonly headers: Record<string, string>;
  close(): void;
};

/** Lets through what is signed by this key for this region and host, and hands it to the local runtime. */
export async function startSignedDeployment(
  runtime: Runtime,
  expected: { url: string; key: AccessKey; region: string },
): Promise<SignedDeployment> {
  const verdicts: (string | undefined)[] = [];
  const headers: Record<string, string> = {};
  const { host } = new URL(expected.url);
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    request.headers.host = String(request.headers['rerouted-host']);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const wrong = wrongInSignature(request, body, { ...expected, host });
    verdicts.push(wrong);
    const isPublic = /^\/(\.well-known\/|token$)/.test(request.url ?? '');
    if (wrong === undefined || isPublic) await forward(request, body, { response, to: runtime.url });
    else response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { key } = expected;
  const env = {
    NODE_OPTIONS: `--import ${fileURLToPath(new URL('./reroute-fetch.mjs', import.meta.url))}`,
    REROUTE_FROM: expected.url,
    REROUTE_TO: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    CIBA_URL: expected.url,
    AWS_ACCESS_KEY_ID: key.id,
    AWS_SECRET_ACCESS_KEY: key.secret,
    ...(key.sessionToken !== undefined && { AWS_SESSION_TOKEN: key.sessionToken }),
  };
  return { env, verdicts, headers, close: () => void server.close() };
}

async function forward(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
  { response, to }: { response: ServerResponse; to: string },
): Promise<void> {
  const type = headers['content-type'];
  const { authorization } = headers;
  const answer = await fetch(to + url, {
    method,
    headers: {
      ...(type !== undefined && { 'content-type': type }),
      ...(authorization?.startsWith('Basic ') && { authorization }),
    },
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  const challenge = answer.headers.get('www-authenticate');
  const told = { 'content-type': 'application/json', ...(challenge !== null && { 'www-authenticate': challenge }) };
  response.writeHead(answer.status, told).end(await answer.text());
}
