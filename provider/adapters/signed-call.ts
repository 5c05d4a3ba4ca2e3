import type { Readable } from 'node:stream';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

/** How often a call is tried, as by the clients of the SDK. */
export const TRIES = 3;
/** The pause before the second try, in milliseconds. It doubles. */
const FIRST_PAUSE_MILLISECONDS = 100;

/** A service of AWS with the JSON protocol 1.1, and its one call. */
export type SignedService = {
  /** The name in the signature, and in the address. */
  readonly service: string;
  /** The value of the header `x-amz-target`. */
  readonly target: string;
  /** The address of the service. Undefined in AWS, where it follows from the region. */
  readonly endpoint: string | undefined;
  /** How long the body of an answer may take. */
  readonly milliseconds: number;
};
/** The status of an answer, and its text. */
export type SignedAnswer = { readonly status: number; readonly text: string };

/**
 * Makes a call of AWS that is signed like those of the SDK. It uses the connections, the credentials and the region of
 * the DynamoDB client. A client of the SDK would cost each function that loads another 11 KB (docs/adr/0022).
 */
export function createSignedCall(
  { config }: DynamoDBClient,
  { service, target, endpoint, milliseconds }: SignedService,
): (input: object) => Promise<SignedAnswer> {
  const { credentials, region, sha256 } = config;
  const signer = new SignatureV4({ service, credentials, region, sha256 });
  return async (input) => {
    const address = new URL(endpoint ?? addressOf(service, await region()));
    const signed = await signer.sign(requestTo(address, target, JSON.stringify(input)));
    const { response } = await config.requestHandler.handle(signed as HttpRequest);
    return { status: response.statusCode, text: await textOf(response.body, milliseconds) };
  };
}

/** Waits before a call is tried again. The first try waits for nothing. */
export async function pauseBefore(tried: number): Promise<void> {
  if (tried > 0) await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MILLISECONDS * 2 ** (tried - 1)));
}

function requestTo({ protocol, hostname, port, host }: URL, target: string, body: string): HttpRequest {
  return new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    ...(port && { port: Number(port) }),
    path: '/',
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.1',
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-target': target,
    },
    body,
  });
}

/** The address of a service. Regions in China have a domain of their own. */
function addressOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Reads a body to its end. The time-outs of the connection end with its headers, so the body has one of its own. */
async function textOf(body: Readable, milliseconds: number): Promise<string> {
  const late = setTimeout(() => body.destroy(new Error('the answer of AWS does not end')), milliseconds);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } finally {
    clearTimeout(late);
  }
}
