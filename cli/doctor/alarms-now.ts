import type { Check, Finding } from './check.ts';

const RUNBOOK = /docs\/operations\.md#[a-z0-9-]+/;

/** What rings at this moment. A warning: what it means for callers differs, and its runbook says so. */
export const alarmsNow: Check = {
  name: 'Alarms now',
  of: 'alarms',
  async run({ found }): Promise<Finding> {
    const ringing = found.filter(({ StateValue }) => StateValue === 'ALARM');
    if (ringing.length === 0) return { state: 'good', says: 'None rings.' };
    const told = ringing.map(({ AlarmName, AlarmDescription = '' }) => {
      const runbook = RUNBOOK.exec(AlarmDescription)?.[0];
      return `${AlarmName}${runbook ? ` (${runbook})` : ''}`;
    });
    const see = 'docs/operations.md#alarms';
    return { state: 'warning', says: `In ALARM: ${told.join(', ')}.`, todo: 'Follow their runbooks.', see };
  },
};
