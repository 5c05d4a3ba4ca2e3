import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-dead-letters';

/** Nothing was given up: an event of a push endpoint, an order of the schedule, an announcement of a decision. */
export const deadLetters: Check = {
  name: 'Dead letters',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const count = await countOf(stack);
    if (count === undefined) {
      const says = 'There is no queue for them: what a function gives up is lost.';
      return { state: 'broken', says, todo: 'Bring it back: npx cdk deploy --revert-drift.', see: SEE };
    }
    if (count === 0) return { state: 'good', says: 'None.' };
    const says = `${count}: so many events could not be handled, and are kept for 14 days.`;
    return { state: 'warning', says, todo: 'Read them, and the log of the function that each was for.', see: SEE };
  },
};

/** Messages in the queue, those included that somebody is just reading; undefined when there is no queue. */
async function countOf(stack: DeployedStack): Promise<number | undefined> {
  const QueueUrl = requiredOutput(stack, 'DeadLetterQueue');
  const { GetQueueAttributesCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const order = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  // Else the SDK would call the host of the URL, whatever endpoint the operator has set.
  const client = new SQSClient({ ...stack.aws, useQueueUrlAsEndpoint: false });
  try {
    const { Attributes = {} } = await client.send(order);
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (error) {
    if (error instanceof Error && /^(QueueDoesNotExist|.*NonExistentQueue)$/.test(error.name)) return undefined;
    throw error;
  }
}
