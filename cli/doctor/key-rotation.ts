import { instant } from '../command-line/text-layout.ts';
import { type DeployedStack, resourcesOf } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';
import { runsOf } from './function-runs.ts';

const SEE = 'docs/operations.md#alarm-rotation-failed';
/** The schedule runs twice a day, and metrics arrive some minutes late. */
const WINDOW_HOURS = 25;
const HOUR_MILLISECONDS = 3_600_000;

/** Checks that the key rotation has a schedule, ran within a day, and succeeded in its last run. */
export const keyRotation: Check = {
  name: 'Key rotation',
  of: 'stack',
  async run(stack): Promise<Finding> {
    // The synthetic login has a schedule as well.
    const rules = await resourcesOf(stack, 'AWS::Events::Rule');
    if (!rules.some(({ logicalId }) => logicalId.includes('SigningKeyRotation'))) {
      const says = 'The stack has no schedule: signing keys are not rotated.';
      return { state: 'broken', says, todo: 'Deploy again.', see: 'docs/operations.md#alarm-rotation-missed' };
    }
    const [last] = await runsOf(stack, 'SigningKeysFunction', WINDOW_HOURS);
    if (!last) return notRun(stack);
    const at = instant(last.at / 1000);
    if (last.failed === 0) return { state: 'good', says: `Scheduled. The last run, at about ${at}, succeeded.` };
    const says = `Scheduled. The last run, at about ${at}, failed. Logins still work with the existing keys.`;
    return { state: 'broken', says, todo: 'Read the log of the function signing-keys.', see: SEE };
  },
};

function notRun({ createdAt }: DeployedStack): Finding {
  const isYoung = Date.now() - createdAt.getTime() < WINDOW_HOURS * HOUR_MILLISECONDS;
  const says = `Scheduled, but not run in the last ${WINDOW_HOURS} hours.`;
  const see = 'docs/operations.md#alarm-rotation-missed';
  if (isYoung) return { state: 'warning', says, todo: 'The stack is new. Check again tomorrow.', see };
  return { state: 'broken', says, todo: 'Check that the rule of the stack is enabled in EventBridge.', see };
}
