import type { DeployedStack } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';
import type { StackAlarms } from './stack-alarms.ts';

const SEE = 'docs/operations.md#alarm-concurrency';
/** With fewer executions at once, a rush of logins runs into the quota. Accounts have 1,000, new ones as few as 10. */
const SOME_EXECUTIONS = 100;

/**
 * Checks how many functions the account may run at once, and whether the alarm on that number knows it. The alarm goes
 * off at a share of a setting, because CloudWatch does not know the quota.
 */
export const concurrency: Check = {
  name: 'Concurrency',
  of: 'alarms',
  async run(alarms, stack): Promise<Finding> {
    const quota = await concurrencyQuota(stack);
    return mergeFindings([findingAbout(quota), ...alarmFinding(quota, thresholdIn(alarms, stack))]);
  },
};

function findingAbout(quota: number): Finding {
  if (quota >= SOME_EXECUTIONS) return { state: 'good', says: `The account may run ${quota} functions at once.` };
  return {
    state: 'warning',
    says: `The account may run only ${quota} functions at once in this region: more logins at once are throttled.`,
    todo: 'Ask for more "Concurrent executions" of Lambda in Service Quotas.',
    see: SEE,
  };
}

function alarmFinding(quota: number, threshold: number | undefined): readonly Finding[] {
  if (threshold === undefined) return [];
  if (threshold < quota) return [{ state: 'good', says: `The alarm goes off at ${threshold}.` }];
  const says = `The alarm concurrency goes off at ${threshold}, which is never reached.`;
  return [{ state: 'warning', says, todo: `Set "alarms.concurrentExecutions" to ${quota} and deploy.`, see: SEE }];
}

/** Returns how many functions the account may run at once in this region. */
export async function concurrencyQuota(stack: DeployedStack): Promise<number> {
  const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const { AccountLimit } = await new LambdaClient(stack.aws).send(new GetAccountSettingsCommand({}));
  if (AccountLimit?.ConcurrentExecutions === undefined) throw new Error('Lambda told no quota of the account');
  return AccountLimit.ConcurrentExecutions;
}

function thresholdIn({ found }: StackAlarms, { name }: DeployedStack): number | undefined {
  const alarm = found.find(({ AlarmName }) => AlarmName === `${name}-concurrency`);
  return alarm && 'Threshold' in alarm ? alarm.Threshold : undefined;
}
