import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from '../doctor/check.ts';
import { latestMaximum } from './latest-metric.ts';

/** What one queue holds. */
type Waiting = { readonly count: number; readonly oldestSeconds: number | undefined };
/** A ping that waits longer is late: the alarm pings-delayed rings at as much. */
const LATE_SECONDS = 60;

/** How many pings wait, and how many events were given up, each with the age of the oldest. */
export const queues: Check = {
  name: 'Queues',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const [pings, dead] = await Promise.all([
      waitingIn(stack, requiredOutput(stack, 'NotificationQueue')),
      waitingIn(stack, requiredOutput(stack, 'DeadLetterQueue')),
    ]);
    return mergeFindings([pingsFinding(pings), deadFinding(dead)]);
  },
};

function pingsFinding(waiting: Waiting): Finding {
  const says = `${waiting.count} ${waiting.count === 1 ? 'ping waits' : 'pings wait'}${ageOf(waiting)}.`;
  const isLate = waiting.count > 0 && (waiting.oldestSeconds ?? 0) > LATE_SECONDS;
  if (!isLate) return { state: 'good', says };
  const todo = 'ciba tail --function client-notification says which clients do not answer.';
  return { state: 'warning', says, todo, see: 'docs/operations.md#alarm-pings-delayed' };
}

function deadFinding(waiting: Waiting): Finding {
  if (waiting.count === 0) return { state: 'good', says: 'No dead letters.' };
  const says = `${waiting.count} dead ${waiting.count === 1 ? 'letter' : 'letters'}${ageOf(waiting)}.`;
  const todo = 'Read the messages in the queue, and the log of the function that each was meant for.';
  return { state: 'warning', says, todo, see: 'docs/operations.md#alarm-dead-letters' };
}

function ageOf({ count, oldestSeconds }: Waiting): string {
  return count === 0 || oldestSeconds === undefined ? '' : `, the oldest for ${spell(oldestSeconds)}`;
}

function spell(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

async function waitingIn(stack: DeployedStack, QueueUrl: string): Promise<Waiting> {
  const { GetQueueAttributesCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const client = new SQSClient({ ...stack.aws, useQueueUrlAsEndpoint: false });
  const QueueName = QueueUrl.split('/').at(-1) ?? '';
  const [{ Attributes = {} }, oldestSeconds] = await Promise.all([
    client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] })),
    latestMaximum(stack, {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName },
    }),
  ]);
  return { count: AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0), oldestSeconds };
}
