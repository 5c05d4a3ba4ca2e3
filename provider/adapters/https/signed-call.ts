import type { Readable } from 'node:stream';
import type { ACMClient } from '@aws-sdk/client-acm';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

/** How often a call is tried, as by the clients of the SDK. */
const TRIES = 3;
/** The pause before the second try, in milliseconds. It doubles. */
const FIRST_PAUSE_MILLISECONDS = 200;

/** One call to a REST API of AWS. */
export type Call = {
  readonly method: 'GET' | 'PUT' | 'PATCH';
  /** The path as it is sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
/** What came back. Header names are in lower case. */
export type CallAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
/** Where a service is called, and in which region. */
export type ServiceAddress = { readonly service: 's3' | 'apigateway'; readonly region: string; readonly base: URL };

/**
 * Makes a function that calls a REST API of AWS, with the connections and the credentials of an SDK client. A call that
 * the service could not answer is tried again. It throws if no try was answered. Two operations of a service do not
 * justify the packages of its whole client.
 */
export function signedCalls({ config }: Pick<ACMClient, 'config'>, { service, region, base }: ServiceAddress) {
  const { credentials, sha256 } = config;
  // S3 alone signs the path as it is sent. All others encode it once more.
  const signer = new SignatureV4({ service, region, credentials, sha256, uriEscapePath: service !== 's3' });
  const once = async (call: Call): Promise<CallAnswer> => {
    const request = await signer.sign(requestOf(base, call));
    const { response } = await config.requestHandler.handle(request as HttpRequest);
    return { status: response.statusCode, headers: response.headers, body: await textOf(response.body) };
  };
  return async (call: Call): Promise<CallAnswer> => {
    for (let tried = 1; tried < TRIES; tried += 1) {
      const answer = await once(call).catch(() => undefined);
      if (answer && answer.status < 500 && answer.status !== 429) return answer;
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** (tried - 1));
    }
    return once(call);
  };
}

function requestOf(base: URL, { method, path, headers = {}, body }: Call): HttpRequest {
  return new HttpRequest({
    method,
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port && { port: Number(base.port) }),
    path: `${base.pathname.replace(/\/$/, '')}${path}`,
    headers: {
      host: base.host,
      ...headers,
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    },
    ...(body !== undefined && { body }),
  });
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
