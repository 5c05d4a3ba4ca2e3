import type { DeployedStack } from '../deployment/deployed-stack.ts';

/** A metric of AWS. */
type Metric = {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

/** Returns the largest value of a metric in the last minutes, or undefined if it has none. */
export async function latestMaximum(
  stack: DeployedStack,
  { Namespace, MetricName, dimensions }: Metric,
  minutes = 15,
): Promise<number | undefined> {
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const now = Date.now();
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const { MetricDataResults: [result] = [] } = await new CloudWatchClient(stack.aws).send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        { Id: 'one', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 300, Stat: 'Maximum' } },
      ],
      StartTime: new Date(now - minutes * 60_000),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
    }),
  );
  const values = result?.Values ?? [];
  return values.length === 0 ? undefined : Math.max(...values);
}
