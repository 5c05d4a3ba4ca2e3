import { plainLine } from '../command-line/text-layout.ts';
import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-pings-delayed';

/** Checks that Lambda reads the queue of pings. It does not check whether the endpoints of clients can be reached. */
export const pings: Check = {
  name: 'Pings',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const state = await mappingState(stack);
    if (state === 'Enabled') return { state: 'good', says: 'Lambda reads them from their queue.' };
    if (state === undefined) {
      const says = 'The trigger that reads the queue was deleted: clients in ping mode get no pings.';
      return { state: 'broken', says, todo: 'Restore it: npx cdk deploy --revert-drift.', see: SEE };
    }
    if (/^(Creating|Enabling|Updating)$/.test(state)) {
      const says = `The trigger that reads the queue is ${state}: pings wait.`;
      return { state: 'warning', says, todo: 'Run ciba doctor again when it is done.', see: SEE };
    }
    const says = `The trigger that reads the queue is ${plainLine(state)}: clients in ping mode get no pings.`;
    const todo = 'Enable the trigger of client-notification, or run npx cdk deploy --revert-drift.';
    return { state: 'broken', says, todo, see: SEE };
  },
};

/** Returns the state of the mapping from the queue to the function, or undefined if there is no mapping. */
async function mappingState(stack: DeployedStack): Promise<string | undefined> {
  const UUID = requiredOutput(stack, 'NotificationMapping');
  const { GetEventSourceMappingCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  try {
    const { State } = await new LambdaClient(stack.aws).send(new GetEventSourceMappingCommand({ UUID }));
    return State ?? 'unknown';
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
