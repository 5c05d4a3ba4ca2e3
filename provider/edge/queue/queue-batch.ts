import * as v from 'valibot';
import type { Noted } from '../../core/operating/log-line.ts';
import type { EndpointLog } from '../http/endpoint.ts';

const number = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));
const batch = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      receiptHandle: v.string(),
      body: v.string(),
      attributes: v.object({ SentTimestamp: number }),
    }),
  ),
});
type QueueRecord = v.InferOutput<typeof batch>['Records'][number];

/** A message: its parsed JSON body, and the epoch second at which it was sent. */
export type QueueMessage = { readonly body: unknown; readonly sentAt: number };
/** What a function decides about a message: it is finished, or it comes back after some seconds. */
type Outcome = { readonly againInSeconds?: number; readonly noted: Noted };
/** The messages that SQS keeps, in the form of Lambda's partial batch responses. */
type BatchAnswer = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

type QueueWork<Content> = {
  /** The name that the log shows in place of an HTTP route. */
  readonly route: string;
  /** Parses a message. Throws if it does not have the expected form. */
  read(message: QueueMessage): Content & { readonly correlationId: string };
  handle(content: Content): Promise<Outcome>;
  /** Brings a message back later. Only where an outcome asks for it. */
  postpone?(receiptHandle: string, seconds: number): Promise<void>;
};

/**
 * Makes a Lambda handler for the messages of a queue. The messages are handled in parallel and independently, so that a
 * slow one delays no other. Each has its own log line. A message whose handling fails with a fault stays in the queue
 * until its visibility timeout has passed.
 */
export function queueBatch<Content>(log: EndpointLog, work: QueueWork<Content>) {
  return async (event: unknown): Promise<BatchAnswer> => {
    const { Records } = v.parse(batch, event);
    const areDone = await Promise.all(Records.map((record) => handleRecord(record, log, work)));
    const kept = Records.filter((_, index) => !areDone[index]);
    return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** Handles one message. Returns whether it is finished and can be deleted. */
async function handleRecord<Content>(
  { messageId, body, receiptHandle, attributes }: QueueRecord,
  log: EndpointLog,
  { route, read, handle, postpone }: QueueWork<Content>,
): Promise<boolean> {
  const startedAt = performance.now();
  const { SentTimestamp: sentAt } = attributes;
  let correlationId = messageId;
  try {
    const content = read({ body: JSON.parse(body), sentAt: Math.floor(sentAt / 1000) });
    ({ correlationId } = content);
    const { againInSeconds, noted } = await handle(content);
    const status = againInSeconds === undefined ? 200 : 202;
    const age_seconds = Math.max(0, Date.now() - sentAt) / 1000;
    const duration_ms = Math.round(performance.now() - startedAt);
    log.request({ route, status, ...noted, age_seconds, duration_ms, correlation_id: correlationId });
    if (againInSeconds === undefined) return true;
    await postpone?.(receiptHandle, againInSeconds);
  } catch (error) {
    log.fault(error, { route, correlationId });
  }
  return false;
}
