import type { Check, Finding } from './check.ts';

/** The end of a description: where the runbook is read may be a setting. */
const RUNBOOK = /Runbook: (\S+)$/;

/** Lists the alarms that ring now. They are a warning only, because their effects differ; their runbooks say which. */
export const alarmsNow: Check = {
  name: 'Alarms now',
  of: 'alarms',
  async run({ found }): Promise<Finding> {
    const ringing = found.filter(({ StateValue }) => StateValue === 'ALARM');
    if (ringing.length === 0) return { state: 'good', says: 'No alarm rings.' };
    const names = ringing.map(({ AlarmName, AlarmDescription = '' }) => {
      const runbook = RUNBOOK.exec(AlarmDescription)?.[1];
      return `${AlarmName}${runbook ? ` (${runbook})` : ''}`;
    });
    const see = 'docs/operations.md#alarms';
    return { state: 'warning', says: `In ALARM: ${names.join(', ')}.`, todo: 'Follow their runbooks.', see };
  },
};
