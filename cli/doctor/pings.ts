import { plainLine } from '../command-line/text-layout.ts';
import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-pings-delayed';

/** Clients in ping mode are told: Lambda takes decisions from their queue. Whether a client can be reached is its own. */
export const pings: Check = {
  name: 'Pings',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const state = await mappingState(stack);
    if (state === 'Enabled') return { state: 'good', says: 'Lambda takes them from their queue.' };
    if (state === undefined) {
      const says = 'Nothing takes them from their queue: its trigger was deleted. Clients in ping mode hear nothing.';
      return { state: 'broken', says, todo: 'Bring it back: npx cdk deploy --revert-drift.', see: SEE };
    }
    if (/^(Creating|Enabling|Updating)$/.test(state)) {
      const says = `What takes them from their queue is ${state}: they wait.`;
      return { state: 'warning', says, todo: 'Run this again when it is done.', see: SEE };
    }
    const says = `What takes them from their queue is ${plainLine(state)}: clients in ping mode hear nothing.`;
    const todo = 'Enable the trigger of client-notification, or: npx cdk deploy --revert-drift.';
    return { state: 'broken', says, todo, see: SEE };
  },
};

/** As Lambda has it; undefined when there is none. */
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
