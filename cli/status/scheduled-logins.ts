import { outputOf } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from '../doctor/check.ts';
import { runsOf } from '../doctor/function-runs.ts';

const HOURS = 3;
/** A login is tried every 15 minutes, or as the settings say: every hour at most. Metrics come some minutes late. */
const SILENCE_MILLISECONDS = 75 * 60_000;
const SEE = 'docs/operations.md#alarm-synthetic-login';

/** How the last scheduled logins went. Unlike `ciba doctor`, it logs in to nothing itself. */
export const scheduledLogins: Check = {
  name: 'Logins',
  of: 'stack',
  async run(stack): Promise<Finding> {
    if (outputOf(stack, 'SyntheticLoginFunction') === undefined)
      return { state: 'skipped', says: 'The synthetic login of this stage is off: no login is tried by schedule.' };
    const periods = await runsOf(stack, 'SyntheticLoginFunction', HOURS);
    const [last] = periods;
    if (!last || Date.now() - last.at > SILENCE_MILLISECONDS) {
      const says = `No login was tried by schedule in the last ${last ? 'hour' : `${HOURS} hours`}.`;
      return { state: 'broken', says, todo: 'Check that its rule is enabled in EventBridge.', see: SEE };
    }
    const runs = periods.reduce((sum, one) => sum + one.runs, 0);
    const failed = periods.reduce((sum, one) => sum + one.failed, 0);
    const at = new Date(last.at).toISOString().slice(11, 16);
    const says = `${runs - failed} of ${runs} scheduled logins in ${HOURS} hours succeeded; the last, at about ${at}, ${last.failed > 0 ? 'failed' : 'succeeded'}.`;
    if (last.failed > 0)
      return { state: 'broken', says, todo: 'ciba tail --function synthetic-login --since 1h says why.', see: SEE };
    return { state: failed > 0 ? 'warning' : 'good', says, ...(failed > 0 && { see: SEE }) };
  },
};
