import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarms';

/** All alarms of the stack are there and switched on. */
export const alarms: Check = {
  name: 'Alarms',
  of: 'alarms',
  async run({ found, missing }): Promise<Finding> {
    if (found.length + missing.length === 0)
      return { state: 'broken', says: 'The stack has no alarms.', todo: 'Is it the stack of a provider?', see: SEE };
    if (missing.length > 0) {
      const says = `Deleted by hand: ${missing.join(', ')}. Nobody will hear of what they watch.`;
      return { state: 'broken', says, todo: 'Bring them back: npx cdk deploy --revert-drift.', see: SEE };
    }
    const mute = found.filter(({ ActionsEnabled }) => ActionsEnabled === false).map(({ AlarmName }) => AlarmName);
    if (mute.length > 0) {
      const says = `Muted by hand: ${mute.join(', ')}.`;
      return { state: 'warning', says, todo: 'aws cloudwatch enable-alarm-actions --alarm-names …', see: SEE };
    }
    return { state: 'good', says: `All ${found.length} are there and switched on.` };
  },
};
