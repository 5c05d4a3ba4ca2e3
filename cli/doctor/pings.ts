import { plainLine } from '../command-line/text-layout.ts';
import { requiredOutput } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';
import { isStarting, mappingState } from './mapping-state.ts';

const SEE = 'docs/operations.md#alarm-pings-delayed';

/** Checks that Lambda reads the queue of pings. It does not check whether the endpoints of clients can be reached. */
export const pings: Check = {
  name: 'Pings',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const state = await mappingState(stack, requiredOutput(stack, 'NotificationMapping'));
    if (state === 'Enabled') return { state: 'good', says: 'Lambda reads them from their queue.' };
    if (state === undefined) {
      const says = 'The trigger that reads the queue was deleted: clients in ping mode get no pings.';
      return { state: 'broken', says, todo: 'Restore it: npx cdk deploy --revert-drift.', see: SEE };
    }
    if (isStarting(state)) {
      const says = `The trigger that reads the queue is ${state}: pings wait.`;
      return { state: 'warning', says, todo: 'Run ciba doctor again when it is done.', see: SEE };
    }
    const says = `The trigger that reads the queue is ${plainLine(state)}: clients in ping mode get no pings.`;
    const todo = 'Enable the trigger of client-notification, or run npx cdk deploy --revert-drift.';
    return { state: 'broken', says, todo, see: SEE };
  },
};
