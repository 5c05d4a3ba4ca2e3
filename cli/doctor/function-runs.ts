import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';

const PERIOD_SECONDS = 300;
const HOUR_MILLISECONDS = 3_600_000;

/** Runs of a function in periods of five minutes, the newest first. */
export type RunPeriod = { readonly at: number; readonly runs: number; readonly failed: number };

/** Reads from metrics when a function ran in the last hours, and which runs failed. Metrics arrive some minutes late. */
export async function runsOf(stack: DeployedStack, output: string, hours: number): Promise<readonly RunPeriod[]> {
  const arn = requiredOutput(stack, output);
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME:ALIAS
  const name = arn.split(':')[6] ?? arn;
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const query = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: name }] },
      Period: PERIOD_SECONDS,
      Stat: 'Sum',
    },
  });
  const now = Date.now();
  const { MetricDataResults = [] } = await new CloudWatchClient(stack.aws).send(
    new GetMetricDataCommand({
      MetricDataQueries: [query('runs', 'Invocations'), query('errors', 'Errors')],
      StartTime: new Date(now - hours * HOUR_MILLISECONDS),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
    }),
  );
  const counts = (id: string) => {
    const { Timestamps = [], Values = [] } = MetricDataResults.find((result) => result.Id === id) ?? {};
    return new Map(Timestamps.map((instant, index) => [instant.getTime(), Values[index] ?? 0]));
  };
  const failed = counts('errors');
  return [...counts('runs')]
    .filter(([, runs]) => runs > 0)
    .map(([at, runs]) => ({ at, runs, failed: failed.get(at) ?? 0 }));
}
