import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import { expiryReminderFrom } from '../../../provider/edge/queue/expiry-reminder.ts';
import { bySource } from '../../../provider/edge/stream/event-source.ts';
import { streamBatch } from '../../../provider/edge/stream/stream-batch.ts';
import type { StreamedWrite } from '../../../provider/flows/operating/ports.ts';

const record = (n: number, more: object = {}) => ({
  eventID: `event-${n}`,
  eventName: 'MODIFY',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    ApproximateCreationDateTime: 1_800_000_000.5,
    Keys: { pk: { S: 'x' } },
    OldImage: { n: { N: String(n) } },
    NewImage: { n: { N: String(n + 1) } },
    SequenceNumber: `00${n}`,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    ...more,
  },
});

/** Handles a batch. Writes that begin with `odd` cannot be read, and what is in `refused` is not accepted. */
async function run(records: readonly object[], { refused = [] as string[], throws = false } = {}) {
  const lines: object[] = [];
  const faults: { error: unknown; at: object }[] = [];
  const handled: StreamedWrite[] = [];
  const log = {
    request: (line: object) => void lines.push(line),
    fault: (error: unknown, at: object) => void faults.push({ error, at }),
  };
  const handler = streamBatch<StreamedWrite>(log, {
    route: 'DynamoDB test',
    read(write) {
      if (write.after?.['odd']) throw new Error('another form');
      return write.after?.['other'] ? undefined : write;
    },
    async handle(changes) {
      if (throws) throw new Error('out');
      handled.push(...changes);
      return { events: changes.length - refused.length, failed: refused };
    },
  });
  return { answer: await handler({ Records: records }), lines, faults, handled };
}

const failedAt = (...numbers: string[]) => ({
  batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of a stream', () => {
  it('gives a handler the writes in their order, with both images and the second', async () => {
    const { answer, handled, lines } = await run([record(1), record(2)]);
    expect(answer).toEqual(failedAt());
    expect(handled).toEqual([
      { id: 'event-1', at: 1_800_000_000, before: { n: { N: '1' } }, after: { n: { N: '2' } } },
      { id: 'event-2', at: 1_800_000_000, before: { n: { N: '2' } }, after: { n: { N: '3' } } },
    ]);
    expect(lines).toEqual([
      {
        route: 'DynamoDB test',
        status: 200,
        events: 2,
        duration_ms: expect.any(Number),
        correlation_id: 'event-1',
      },
    ]);
  });

  it('leaves out what is of no interest', async () => {
    const { answer, handled } = await run([record(1, { NewImage: { other: { S: 'x' } } }), record(2)]);
    expect(answer).toEqual(failedAt());
    expect(handled.map(({ id }) => id)).toEqual(['event-2']);
  });

  it('comes again from the first write that was not accepted', async () => {
    const { answer, lines } = await run([record(1), record(2), record(3)], { refused: ['event-3', 'event-2'] });
    expect(answer).toEqual(failedAt('002'));
    expect(lines).toMatchObject([{ status: 500, events: 1 }]);
  });

  it('comes again from a write that cannot be read, after those before it were handled', async () => {
    const odd = record(2, { NewImage: { odd: { S: 'x' } } });
    const { answer, handled, faults } = await run([record(1), odd, record(3)]);
    expect(answer).toEqual(failedAt('002'));
    expect(handled.map(({ id }) => id)).toEqual(['event-1']);
    expect(faults.map(({ at }) => at)).toEqual([{ route: 'DynamoDB test', correlationId: 'event-1' }]);
  });

  it('comes again as a whole if the handler throws', async () => {
    const { answer, faults } = await run([record(1), record(2)], { throws: true });
    expect(answer).toEqual(failedAt('001'));
    expect(faults).toHaveLength(1);
  });

  it('may be sent again by an operator, with dates as the command line of AWS prints them', async () => {
    const { handled } = await run([record(1, { ApproximateCreationDateTime: '2027-01-15T08:00:00+00:00' })]);
    expect(handled[0]?.at).toBe(1_800_000_000);
  });

  it('without a write is nothing to do', async () => {
    const { answer, lines } = await run([]);
    expect(answer).toEqual(failedAt());
    expect(lines).toEqual([]);
  });

  it('of another form throws, so that Lambda keeps it', async () => {
    await expect(run([{ eventID: 'x' }])).rejects.toThrow();
  });
});

describe('a function with two sources', () => {
  const handler = bySource({ 'aws:dynamodb': async () => 'stream', 'aws:sqs': async () => 'queue' });

  it('handles a batch as its source demands', async () => {
    expect(await handler({ Records: [{ eventSource: 'aws:dynamodb' }] })).toBe('stream');
    expect(await handler({ Records: [{ eventSource: 'aws:sqs' }] })).toBe('queue');
  });

  it.each([{ Records: [{ eventSource: 'aws:kinesis' }] }, { Records: [] }, {}])('throws on %j', (event) => {
    expect(() => handler(event)).toThrow();
  });
});

describe('a reminder of a request that may expire', () => {
  const REQUEST_ID = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

  it('has the id of the request alone', () => {
    expect(expiryReminderFrom({ body: { request_id: REQUEST_ID }, sentAt: 1 })).toEqual({
      requestId: REQUEST_ID,
      correlationId: txnOf(REQUEST_ID),
    });
  });

  it.each([{}, { request_id: 'x' }, 'text', null])('throws on %j', (body) => {
    expect(() => expiryReminderFrom({ body, sentAt: 1 })).toThrow();
  });
});
