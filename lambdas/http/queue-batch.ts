import * as v from 'valibot';
import type { Noted } from '../flows/ports.ts';
import type { EndpointLog } from './endpoint.ts';

const number = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));
const batch = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      receiptHandle: v.string(),
      body: v.string(),
      attributes: v.object({ ApproximateReceiveCount: number, SentTimestamp: number }),
    }),
  ),
});
type QueueRecord = v.InferOutput<typeof batch>['Records'][number];

/** What a function says of a message: it is done with, or comes back in some seconds. */
type Outcome = { readonly againInSeconds?: number; readonly correlationId: string; readonly noted: Noted };
/** A message as a handler sees it. */
export type QueueMessage = { readonly body: unknown; readonly sentAt: number; readonly receives: number };
/** The messages that SQS keeps, as Lambda's partial batch responses name them. */
type BatchAnswer = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

type QueueWork = {
  /** Stands in the log where others have their route. */
  readonly route: string;
  handle(message: QueueMessage): Promise<Outcome>;
  postpone(receiptHandle: string, seconds: number): Promise<void>;
};

/**
 * A Lambda handler for the messages of a queue: each on its own and side by side, so that a slow one holds up no other,
 * one line in the log for each. A message that faults stays in the queue until its visibility timeout has passed.
 */
export function queueBatch(log: EndpointLog, work: QueueWork): (event: unknown) => Promise<BatchAnswer> {
  return async (event) => {
    const { Records } = v.parse(batch, event);
    const settled = await Promise.allSettled(Records.map((record) => handleRecord(record, log, work)));
    const kept = Records.filter((_, index) => {
      const outcome = settled[index];
      return outcome?.status !== 'fulfilled' || outcome.value === 'comes_back';
    });
    Records.forEach(({ messageId }, index) => {
      const outcome = settled[index];
      if (outcome?.status === 'rejected') log.fault(outcome.reason, { route: work.route, correlationId: messageId });
    });
    return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

async function handleRecord(
  { body, receiptHandle, attributes }: QueueRecord,
  log: EndpointLog,
  { route, handle, postpone }: QueueWork,
): Promise<'done' | 'comes_back'> {
  const startedAt = performance.now();
  const { againInSeconds, correlationId, noted } = await handle({
    body: JSON.parse(body),
    sentAt: Math.floor(attributes.SentTimestamp / 1000),
    receives: attributes.ApproximateReceiveCount,
  });
  if (againInSeconds !== undefined) await postpone(receiptHandle, againInSeconds);
  log.request({
    route,
    status: againInSeconds === undefined ? 200 : 503,
    ...noted,
    duration_ms: Math.round(performance.now() - startedAt),
    correlation_id: correlationId,
  });
  return againInSeconds === undefined ? 'done' : 'comes_back';
}
