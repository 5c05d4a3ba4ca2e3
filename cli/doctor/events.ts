import { plainLine } from '../command-line/text-layout.ts';
import { type DeployedStack, outputOf, requiredOutput } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';
import { isStarting, mappingState } from './mapping-state.ts';

const SEE = 'docs/operations.md#alarm-events-delayed';
/** The outputs that name the mappings, and what Lambda reads by each. */
const SOURCES = {
  DirectoryMapping: 'the stream of Directory',
  TransactionsMapping: 'the stream of Transactions',
  ExpiryMapping: 'the queue of reminders',
} as const;

/** Checks that Lambda reads what events for other systems are made of. It does not check the rules on the bus. */
export const events: Check = {
  name: 'Events',
  of: 'stack',
  async run(stack): Promise<Finding> {
    if (outputOf(stack, 'EventBus') === undefined)
      return { state: 'good', says: 'Other systems are told nothing: the setting "events" is off.' };
    const found = await Promise.all(Object.entries(SOURCES).map(([output, source]) => stateOf(stack, output, source)));
    const wrong = found.filter(({ state }) => state !== 'Enabled');
    if (wrong.length === 0) return { state: 'good', says: 'Lambda reads both streams and the queue of reminders.' };
    const says = `Other systems are not told: ${wrong.map(({ says }) => says).join(', ')}.`;
    if (wrong.every(({ state }) => state !== undefined && isStarting(state)))
      return { state: 'warning', says, todo: 'Run ciba doctor again when it is done.', see: SEE };
    return { state: 'broken', says, todo: 'Put the triggers back: npx cdk deploy --revert-drift.', see: SEE };
  },
};

async function stateOf(stack: DeployedStack, output: string, source: string) {
  const state = await mappingState(stack, requiredOutput(stack, output));
  return { state, says: `the trigger for ${source} ${state === undefined ? 'was deleted' : `is ${plainLine(state)}`}` };
}
