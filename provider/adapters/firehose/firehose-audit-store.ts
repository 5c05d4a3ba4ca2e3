import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditStore } from '../log.ts';
import { createSignedCall, pauseBefore, TRIES } from '../signed-call.ts';

/** The errors after which another try may succeed. Firehose answers them with status 400. */
const THROTTLED = /ThrottlingException|LimitExceededException|RequestLimitExceeded/;

type DeliveryStream = {
  readonly stream: string | undefined;
  readonly endpoint: string | undefined;
  /** How long the body of an answer may take. */
  readonly milliseconds: number;
};

/**
 * Makes a store of audit lines in a delivery stream. Firehose keeps an acknowledged record for 24 hours while it tries to
 * deliver it. Each failure, whatever its kind, means that the store did not acknowledge the line. Without a stream there
 * is no store. A try whose answer was lost may store the line twice, under the same id.
 */
export function firehoseAuditStore(
  dynamodb: DynamoDBClient,
  { stream, ...address }: DeliveryStream,
): AuditStore | undefined {
  if (stream === undefined) return undefined;
  const putRecord = createSignedCall(dynamodb, {
    service: 'firehose',
    target: 'Firehose_20150804.PutRecord',
    ...address,
  });
  const put = async (line: string): Promise<'stored' | 'refused' | 'try again'> => {
    const record = { Data: Buffer.from(line).toString('base64') };
    const { status, text } = await putRecord({ DeliveryStreamName: stream, Record: record });
    if (status === 200) return text.includes('"RecordId"') ? 'stored' : 'refused';
    return status >= 500 || THROTTLED.test(text) ? 'try again' : 'refused';
  };
  return async (line) => {
    for (let tried = 0; tried < TRIES; tried += 1) {
      await pauseBefore(tried);
      // What cannot be signed or sent was not acknowledged either.
      const outcome = await put(line).catch(() => 'try again' as const);
      if (outcome !== 'try again') return outcome === 'stored';
    }
    return false;
  };
}
