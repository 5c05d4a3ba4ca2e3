import { createHash, randomUUID } from 'node:crypto';
import type { AwsAnswer, AwsCall, AwsService } from './server.ts';

type Message = {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
  visibleAt: number;
  receives: number;
};

/** SQS queues in the JSON protocol: send, receive with a visibility timeout, change it, delete. Queues come into being on first use. */
export function createSqsService(now: () => number): AwsService {
  const queues = new Map<string, Message[]>();
  const queueOf = (url: string): Message[] => {
    const queue = queues.get(url) ?? [];
    queues.set(url, queue);
    return queue;
  };
  return async ({ action, input }) => act(queueOf(String(input['QueueUrl'])), { action, input }, now());
}

function act(queue: Message[], { action, input }: Pick<AwsCall, 'action' | 'input'>, now: number): AwsAnswer {
  switch (action) {
    case 'SendMessage': {
      const body = String(input['MessageBody']);
      const delay = Number(input['DelaySeconds'] ?? 0);
      const message = { id: randomUUID(), body, receipt: randomUUID(), visibleAt: now + delay, receives: 0 };
      queue.push(message);
      return json({ MessageId: message.id, MD5OfMessageBody: createHash('md5').update(body).digest('hex') });
    }
    case 'ReceiveMessage': {
      const visible = queue
        .filter((message) => message.visibleAt <= now)
        .slice(0, Number(input['MaxNumberOfMessages'] ?? 1));
      for (const message of visible) {
        message.visibleAt = now + Number(input['VisibilityTimeout'] ?? 30);
        message.receives += 1;
      }
      return json({ Messages: visible.map(received) });
    }
    case 'ChangeMessageVisibility': {
      const message = queue.find(({ receipt }) => receipt === input['ReceiptHandle']);
      if (message) message.visibleAt = now + Number(input['VisibilityTimeout']);
      return json({});
    }
    case 'DeleteMessage': {
      const index = queue.findIndex(({ receipt }) => receipt === input['ReceiptHandle']);
      if (index >= 0) queue.splice(index, 1);
      return json({});
    }
    default:
      return json({ __type: 'com.amazonaws.sqs#UnsupportedOperation', message: action }, 400);
  }
}

function received(message: Message): unknown {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: createHash('md5').update(message.body).digest('hex'),
    Attributes: { ApproximateReceiveCount: String(message.receives) },
  };
}

function json(body: unknown, status = 200): AwsAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}
