import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarms';

/** Checks that all alarms of the stack exist and are enabled. */
export const alarms: Check = {
  name: 'Alarms',
  of: 'alarms',
  async run({ found, missing }): Promise<Finding> {
    if (found.length + missing.length === 0)
      return {
        state: 'broken',
        says: 'The stack has no alarms.',
        todo: 'Check that it is the stack of a provider.',
        see: SEE,
      };
    if (missing.length > 0) {
      const says = `Someone deleted these alarms: ${missing.join(', ')}. They can report nothing.`;
      return { state: 'broken', says, todo: 'Restore them: npx cdk deploy --revert-drift.', see: SEE };
    }
    const mute = found.filter(({ ActionsEnabled }) => ActionsEnabled === false).map(({ AlarmName }) => AlarmName);
    if (mute.length > 0) {
      const says = `Someone disabled the actions of these alarms: ${mute.join(', ')}.`;
      const todo = 'Enable them: aws cloudwatch enable-alarm-actions --alarm-names …';
      return { state: 'warning', says, todo, see: SEE };
    }
    return { state: 'good', says: `All ${found.length} exist and are enabled.` };
  },
};
