import type { AlarmType, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type DeployedStack, resourcesOf } from '../deployment/deployed-stack.ts';

/** The most names that CloudWatch accepts in one call. */
const PAGE = 100;

/** What CloudFormation and CloudWatch call the two kinds of alarms. The second kind combines others. */
const RESOURCE_TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];
const ALARM_TYPES: readonly AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

type AnyAlarm = MetricAlarm | CompositeAlarm;

/** The alarms of a stack: those that CloudWatch has, and the names of those that it does not have. */
export type StackAlarms = { readonly found: readonly AnyAlarm[]; readonly missing: readonly string[] };

/** Reads all alarms of a stack. */
export async function readAlarms(stack: DeployedStack): Promise<StackAlarms> {
  const resources = await Promise.all(RESOURCE_TYPES.map((type) => resourcesOf(stack, type)));
  const names = resources.flat().map(({ physicalId }) => physicalId);
  const { CloudWatchClient, DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(stack.aws);
  const found: AnyAlarm[] = [];
  for (let start = 0; start < names.length; start += PAGE) {
    const AlarmNames = names.slice(start, start + PAGE);
    // Without the types CloudWatch returns no alarm that combines others.
    const command = new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: [...ALARM_TYPES], MaxRecords: PAGE });
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(command);
    found.push(...MetricAlarms, ...CompositeAlarms);
  }
  const missing = names.filter((name) => !found.some((alarm) => alarm.AlarmName === name));
  return { found, missing };
}
