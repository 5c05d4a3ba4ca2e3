import * as v from 'valibot';
import type { StreamedWrite } from '../../flows/operating/ports.ts';
import type { Published } from '../../flows/operating/publish-changes.ts';
import type { EndpointLog } from '../http/endpoint.ts';

const image = v.optional(v.record(v.string(), v.unknown()));
/** Epoch seconds, as Lambda has them, or a date, as the command line of AWS prints it. */
const instant = v.union([
  v.pipe(v.number(), v.transform(Math.floor)),
  v.pipe(
    v.string(),
    v.transform((text) => Math.floor(Date.parse(text) / 1000)),
    v.integer(),
  ),
]);
const batch = v.object({
  Records: v.array(
    v.object({
      eventID: v.string(),
      dynamodb: v.object({
        ApproximateCreationDateTime: instant,
        SequenceNumber: v.string(),
        OldImage: image,
        NewImage: image,
      }),
    }),
  ),
});
type StreamRecord = v.InferOutput<typeof batch>['Records'][number];
/** The first record that Lambda must bring again, with all after it. */
type BatchAnswer = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

type StreamWork<Change> = {
  /** The name that the log shows in place of an HTTP route. */
  readonly route: string;
  /** Reads a write. Undefined if it is to nothing of interest. Throws if the item has another form than expected. */
  read(write: StreamedWrite): Change | undefined;
  handle(changes: readonly Change[]): Promise<Published>;
};

/**
 * Makes a Lambda handler for the stream of a table. The writes are handled in their order. If one cannot be read or its
 * events were not accepted, Lambda brings it again, with all after it. What comes before it is done.
 */
export function streamBatch<Change>(log: EndpointLog, work: StreamWork<Change>) {
  return async (event: unknown): Promise<BatchAnswer> => {
    const startedAt = performance.now();
    const { Records } = v.parse(batch, event);
    const [first] = Records;
    if (!first) return { batchItemFailures: [] };
    const at = { route: work.route, correlationId: first.eventID };
    const { changes, unread } = readUntilFault(Records, work, (error) => log.fault(error, at));
    let events = 0;
    let failed: StreamRecord | undefined = unread;
    try {
      const published = await work.handle(changes);
      ({ events } = published);
      failed = Records.find(({ eventID }) => published.failed.includes(eventID)) ?? unread;
    } catch (error) {
      log.fault(error, at);
      failed = first;
    }
    const duration_ms = Math.round(performance.now() - startedAt);
    const status = failed ? 500 : 200;
    log.request({ route: work.route, status, events, duration_ms, correlation_id: first.eventID });
    return { batchItemFailures: failed ? [{ itemIdentifier: failed.dynamodb.SequenceNumber }] : [] };
  };
}

/** Reads the writes up to the first that cannot be read. */
function readUntilFault<Change>(
  records: readonly StreamRecord[],
  { read }: StreamWork<Change>,
  onFault: (error: unknown) => void,
): { readonly changes: readonly Change[]; readonly unread: StreamRecord | undefined } {
  const changes: Change[] = [];
  for (const record of records) {
    const { ApproximateCreationDateTime: at, OldImage: before, NewImage: after } = record.dynamodb;
    try {
      const change = read({ id: record.eventID, at, before, after });
      if (change !== undefined) changes.push(change);
    } catch (error) {
      onFault(error);
      return { changes, unread: record };
    }
  }
  return { changes, unread: undefined };
}
