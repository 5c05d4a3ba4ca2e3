import type { Readable } from 'node:stream';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AuditStore } from '../log.ts';

/** How often a call is tried, as by the clients of the SDK. */
const TRIES = 3;
/** The pause before the second try, in milliseconds. It doubles. */
const FIRST_PAUSE_MILLISECONDS = 50;
/** The errors after which another try may succeed. Firehose answers them with status 400. */
const THROTTLED = /ThrottlingException|LimitExceededException|RequestLimitExceeded/;

/**
 * Makes a store of audit lines in a delivery stream. Firehose keeps an acknowledged record for 24 hours while it tries to
 * deliver it. Each failure, whatever its kind, means that the store did not acknowledge the line. Without a stream there
 * is no store. A try whose answer was lost may store the line twice, under the same id.
 *
 * It calls `PutRecord` with the connections, the credentials and the region of the DynamoDB client. The SDK's client of
 * Firehose would cost each function that loads another 11 KB (docs/adr/0022).
 */
export function firehoseAuditStore(
  { config }: DynamoDBClient,
  {
    stream,
    endpoint,
    milliseconds,
  }: { stream: string | undefined; endpoint: string | undefined; milliseconds: number },
): AuditStore | undefined {
  if (stream === undefined) return undefined;
  const { credentials, region, sha256 } = config;
  const signer = new SignatureV4({ service: 'firehose', credentials, region, sha256 });
  const put = async (line: string): Promise<'stored' | 'refused' | 'try again'> => {
    const request = putRecord(new URL(endpoint ?? addressIn(await region())), stream, line);
    const { response } = await config.requestHandler.handle((await signer.sign(request)) as HttpRequest);
    const answer = await textOf(response.body, milliseconds);
    if (response.statusCode === 200) return answer.includes('"RecordId"') ? 'stored' : 'refused';
    return response.statusCode >= 500 || THROTTLED.test(answer) ? 'try again' : 'refused';
  };
  return async (line) => {
    for (let tried = 0; tried < TRIES; tried += 1) {
      if (tried > 0) await pause(FIRST_PAUSE_MILLISECONDS * 2 ** tried);
      // What cannot be signed or sent was not acknowledged either.
      const outcome = await put(line).catch(() => 'try again' as const);
      if (outcome !== 'try again') return outcome === 'stored';
    }
    return false;
  };
}

function putRecord({ protocol, hostname, port, host }: URL, stream: string, line: string): HttpRequest {
  const body = JSON.stringify({
    DeliveryStreamName: stream,
    Record: { Data: Buffer.from(line).toString('base64') },
  });
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
      'x-amz-target': 'Firehose_20150804.PutRecord',
    },
    body,
  });
}

/** The address of Firehose. Regions in China have a domain of their own. */
function addressIn(region: string): string {
  return `https://firehose.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Reads a body to its end. The time-outs of the connection end with its headers, so the body has one of its own. */
async function textOf(body: Readable, milliseconds: number): Promise<string> {
  const late = setTimeout(() => body.destroy(new Error('the answer of Firehose does not end')), milliseconds);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } finally {
    clearTimeout(late);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
