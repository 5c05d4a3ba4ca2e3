import { instant } from '../command-line/text-layout.ts';
import type { Check, Finding } from './check.ts';
import type { StackAlarms } from './stack-alarms.ts';

/** The end of a description: where the runbook is read may be a setting. */
const RUNBOOK = /Runbook: (\S+)$/;

/** Lists the alarms that ring now. They are a warning only, because their effects differ; their runbooks say which. */
export const alarmsNow: Check = {
  name: 'Alarms now',
  of: 'alarms',
  run: async (alarms): Promise<Finding> => ringingFinding(alarms),
};

/** Says which alarms ring, since when, and where their runbooks are. */
export function ringingFinding({ found }: StackAlarms): Finding {
  const ringing = found.filter(({ StateValue }) => StateValue === 'ALARM');
  if (ringing.length === 0) return { state: 'good', says: 'No alarm rings.' };
  const names = ringing.map(({ AlarmName, AlarmDescription = '', StateTransitionedTimestamp: since }) => {
    const runbook = RUNBOOK.exec(AlarmDescription)?.[1];
    const more = [since && `since ${instant(since.getTime() / 1000)}`, runbook].filter(Boolean);
    return `${AlarmName}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
  });
  const see = 'docs/operations.md#alarms';
  return { state: 'warning', says: `In ALARM: ${names.join(', ')}.`, todo: 'Follow their runbooks.', see };
}
