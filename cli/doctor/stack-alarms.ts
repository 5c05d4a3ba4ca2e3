import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type DeployedStack, resourcesOf } from '../deployment/deployed-stack.ts';

/** The most names that CloudWatch accepts in one call. */
const PAGE = 100;

/** The alarms of a stack: those that CloudWatch has, and the names of those that it does not have. */
export type StackAlarms = { readonly found: readonly MetricAlarm[]; readonly missing: readonly string[] };

/** Reads all alarms of a stack. */
export async function readAlarms(stack: DeployedStack): Promise<StackAlarms> {
  const names = (await resourcesOf(stack, 'AWS::CloudWatch::Alarm')).map(({ physicalId }) => physicalId);
  const { CloudWatchClient, DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(stack.aws);
  const found: MetricAlarm[] = [];
  for (let start = 0; start < names.length; start += PAGE) {
    const AlarmNames = names.slice(start, start + PAGE);
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: PAGE }));
    found.push(...MetricAlarms);
  }
  const missing = names.filter((name) => !found.some((alarm) => alarm.AlarmName === name));
  return { found, missing };
}
