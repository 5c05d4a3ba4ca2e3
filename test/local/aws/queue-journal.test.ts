import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QueueJournal } from '../../../local/aws/queue-journal.ts';
import { SqsStandIn } from '../../../local/aws/sqs.ts';

// SQS keeps what it acknowledged. Here each start of the stand-in is one after a crash: nothing was closed.
let now = 1_800_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ciba-queues-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, 'queues.jsonl');
const redrive = { notifications: { deadLetterQueue: 'dead-letters', maxReceiveCount: 1 } };
const start = () => new SqsStandIn(() => now, redrive, new QueueJournal(file())).queue('notifications');
const receiving = { limit: 10, waitSeconds: 0, visibilityTimeout: 30, gone: new AbortController().signal };
const send = (queue: ReturnType<typeof start>, body: string, delaySeconds = 0) =>
  queue.send({ body, group: 'client', sender: 'sns', delaySeconds });
const bodies = async (queue: ReturnType<typeof start>) => (await queue.receive(receiving)).map(({ body }) => body);

describe('the queues of a runtime with a data folder', () => {
  it('have a message after a crash, also one that was in work', async () => {
    const before = start();
    send(before, 'waits');
    send(before, 'in work');
    await before.receive({ ...receiving, limit: 1 });
    expect(await bodies(start())).toEqual(['waits', 'in work']);
  });

  it('do not have a message that was deleted before the crash', async () => {
    const before = start();
    send(before, 'done');
    send(before, 'waits');
    const [done] = await before.receive({ ...receiving, limit: 1 });
    before.delete(done?.receipt ?? '');
    expect(await bodies(start())).toEqual(['waits']);
  });

  it('still hide a message that is delayed', async () => {
    send(start(), 'later', 60);
    const after = start();
    expect(await bodies(after)).toEqual([]);
    now += 60;
    expect(await bodies(after)).toEqual(['later']);
  });

  it('keep dead letters apart', async () => {
    send(start(), 'poison');
    const before = start();
    await before.receive(receiving);
    now += 30;
    expect(await bodies(before)).toEqual([]);
    expect(await bodies(start())).toEqual([]);
    const after = new SqsStandIn(() => now, redrive, new QueueJournal(file()));
    expect(await bodies(after.queue('dead-letters'))).toEqual(['poison']);
  });

  it('start from half a line, which nobody acknowledged', async () => {
    send(start(), 'whole');
    appendFileSync(file(), '{"id":"half');
    expect(await bodies(start())).toEqual(['whole']);
  });

  it('forget at each start what is gone, so that the file does not grow for ever', async () => {
    const before = start();
    send(before, 'done');
    const [done] = await before.receive(receiving);
    before.delete(done?.receipt ?? '');
    start();
    expect(readFileSync(file(), 'utf8')).toBe('');
  });
});
