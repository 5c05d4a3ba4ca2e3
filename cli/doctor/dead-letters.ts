import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-dead-letters';

/** Checks that no event of a push endpoint or of the schedule, and no announcement of a decision, was given up. */
export const deadLetters: Check = {
  name: 'Dead letters',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const count = await countOf(stack);
    if (count === undefined) {
      const says = 'The dead-letter queue does not exist: events that no function can handle are lost.';
      return { state: 'broken', says, todo: 'Restore it: npx cdk deploy --revert-drift.', see: SEE };
    }
    if (count === 0) return { state: 'good', says: 'None.' };
    const says = `${count} ${count === 1 ? 'event' : 'events'} could not be handled. The queue keeps each for 14 days.`;
    const todo = 'Read the messages in the queue, and the log of the function that each was meant for.';
    return { state: 'warning', says, todo, see: SEE };
  },
};

/** Counts the messages in the queue, including those being read. Returns undefined if there is no queue. */
async function countOf(stack: DeployedStack): Promise<number | undefined> {
  const QueueUrl = requiredOutput(stack, 'DeadLetterQueue');
  const { GetQueueAttributesCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const order = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  // Otherwise the SDK would call the host of the queue's URL, even if the operator has set another endpoint.
  const client = new SQSClient({ ...stack.aws, useQueueUrlAsEndpoint: false });
  try {
    const { Attributes = {} } = await client.send(order);
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (error) {
    if (error instanceof Error && /^(QueueDoesNotExist|.*NonExistentQueue)$/.test(error.name)) return undefined;
    throw error;
  }
}
