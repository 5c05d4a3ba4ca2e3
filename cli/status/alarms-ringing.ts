import { ringingFinding } from '../doctor/alarms-now.ts';
import type { Check, Finding } from '../doctor/check.ts';

/** The severity of an alarm that somebody must act on now is the first word of its description. */
const PAGES = /^Page\b/;

/** Which alarms ring, and since when. One that pages means that something is broken. */
export const alarmsRinging: Check = {
  name: 'Alarms',
  of: 'alarms',
  async run(alarms): Promise<Finding> {
    const finding = ringingFinding(alarms);
    const ringing = alarms.found.filter(({ StateValue }) => StateValue === 'ALARM');
    if (ringing.length === 0) return { ...finding, says: `None of ${alarms.found.length} rings.` };
    const pages = ringing.some(({ AlarmDescription = '' }) => PAGES.test(AlarmDescription));
    return { ...finding, state: pages ? 'broken' : 'warning' };
  },
};
