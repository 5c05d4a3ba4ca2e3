import type { AuditStore } from '../log.ts';
import { type Connected, jsonCall, signedCalls } from '../signed-calls.ts';

type Stream = {
  readonly stream: string | undefined;
  readonly endpoint: string | undefined;
  /** How long each try of a call may take. */
  readonly milliseconds: number;
};

/**
 * Makes a store of audit lines in a delivery stream. Firehose keeps an acknowledged record for 24 hours while it tries to
 * deliver it. Each failure, whatever its kind, means that the store did not acknowledge the line. Without a stream there
 * is no store. A try whose answer was lost may store the line twice, under the same id.
 */
export function firehoseAuditStore(client: Connected, { stream, ...where }: Stream): AuditStore | undefined {
  if (stream === undefined) return undefined;
  const send = signedCalls(client, { service: 'firehose', ...where });
  return async (line) => {
    const Record = { Data: Buffer.from(line).toString('base64') };
    const call = jsonCall('Firehose_20150804.PutRecord', { DeliveryStreamName: stream, Record });
    const answer = await send(call).catch(() => undefined);
    return answer?.statusCode === 200 && answer.body.includes('"RecordId"');
  };
}
