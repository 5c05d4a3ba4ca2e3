import { describe, expect, it } from 'vitest';
import type { Noted } from '../../../provider/core/operating/log-line.ts';
import { type QueueMessage, queueBatch } from '../../../provider/edge/queue/queue-batch.ts';

type Lines = Parameters<Parameters<typeof queueBatch>[0]['request']>[0][];

/** Handles a batch of one message for each body, and tells all that happened. */
type Content = QueueMessage & { readonly correlationId: string };
const read = (message: QueueMessage): Content => {
  if ((message.body as { n?: unknown }).n === 'odd') throw new Error('none of ours');
  return { ...message, correlationId: 'c-1' };
};

async function run(
  bodies: readonly string[],
  handle: (content: Content) => Promise<{ againInSeconds?: number; noted: Noted }>,
  postpone?: () => Promise<void>,
) {
  const lines: Lines = [];
  const faults: { error: unknown; at: object }[] = [];
  const postponed: [string, number][] = [];
  const log = {
    request: (line: Lines[number]) => void lines.push(line),
    fault: (error: unknown, at: object) => void faults.push({ error, at }),
  };
  const note = async (handle: string, seconds: number) => void postponed.push([handle, seconds]);
  const handler = queueBatch(log, { route: 'SQS test', read, handle, postpone: postpone ?? note });
  const answer = await handler({ Records: bodies.map(record) });
  return { answer, lines, faults, postponed };
}

function record(body: string, index: number) {
  return {
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body,
    attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1800000000999', SenderId: 'x' },
    eventSource: 'aws:sqs',
  };
}

const done = async () => ({ noted: { reason: 'notified' } });

describe('a batch of messages', () => {
  it('gives a handler the body as JSON and the second it was sent', async () => {
    const seen: QueueMessage[] = [];
    await run(['{"a":1}'], async (message) => {
      seen.push(message);
      return done();
    });
    expect(seen).toEqual([{ body: { a: 1 }, sentAt: 1_800_000_000, correlationId: 'c-1' }]);
  });

  it('has no failures when all is done with, and one line in the log for each', async () => {
    const { answer, lines, postponed } = await run(['{}', '{}'], done);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ route: 'SQS test', status: 200, reason: 'notified', correlation_id: 'c-1' });
    expect(postponed).toEqual([]);
  });

  it('keeps a message that comes back, after the seconds that were asked', async () => {
    const { answer, lines, postponed } = await run(['{"n":0}', '{"n":1}'], async ({ body }) => ({
      ...(await done()),
      ...((body as { n: number }).n === 1 && { againInSeconds: 7 }),
    }));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(postponed).toEqual([['receipt-1', 7]]);
    expect(lines.map(({ status }) => status).toSorted()).toEqual([200, 202]);
  });

  it('keeps a message that faults, tells it in the log without its text, and handles the others', async () => {
    const { answer, lines, faults } = await run(['{"n":0}', 'no JSON', '{"n":2}'], done);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(lines).toHaveLength(2);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.at).toEqual({ route: 'SQS test', correlationId: 'message-1' });
  });

  it('keeps a message that cannot be taken apart, under its own id: nothing else is known of it', async () => {
    const { answer, faults } = await run(['{"n":"odd"}'], done);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(faults[0]?.at).toEqual({ route: 'SQS test', correlationId: 'message-0' });
  });

  it('tells a fault under the correlation id that came with the message', async () => {
    const { answer, faults, lines } = await run(['{}'], () => Promise.reject(new Error('outage')));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(faults[0]?.at).toEqual({ route: 'SQS test', correlationId: 'c-1' });
    expect(lines).toEqual([]);
  });

  it('keeps its line of a message that could not be postponed: it comes back by itself', async () => {
    const again = async () => ({ againInSeconds: 7, noted: { reason: 'endpoint_unreachable' } });
    const { answer, faults, lines } = await run(['{}'], again, () => Promise.reject(new Error('outage')));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(lines).toHaveLength(1);
    expect(faults).toHaveLength(1);
  });

  it('handles its messages side by side: a slow one holds up no other', async () => {
    const order: number[] = [];
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await run(['{"n":0}', '{"n":1}'], async ({ body }) => {
      const { n } = body as { n: number };
      if (n === 0) await held;
      order.push(n);
      release?.();
      return done();
    });
    expect(order).toEqual([1, 0]);
  });

  it('that is no event of a queue throws: all of it comes back', async () => {
    const handler = queueBatch(
      { request: () => undefined, fault: () => undefined },
      {
        route: 'SQS test',
        read,
        handle: done,
        postpone: async () => undefined,
      },
    );
    await expect(handler({ Records: [{ messageId: 'x' }] })).rejects.toThrow();
  });
});
