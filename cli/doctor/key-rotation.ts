import { type DeployedStack, requiredOutput, resourcesOf } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-rotation-failed';
/** The schedule is twice a day; metrics are some minutes late. */
const WINDOW_HOURS = 25;
const HOUR_MILLISECONDS = 3_600_000;

type Runs = { readonly last: Date | undefined; readonly failed: boolean };

/** Keys are looked after: a schedule is there, it ran within a day, and its last run went well. */
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
    const { last, failed } = await runsOf(stack);
    if (!last) return notRun(stack);
    const at = last.toISOString().replace(/\.\d+Z$/, 'Z');
    if (!failed) return { state: 'good', says: `Scheduled; the last run, about ${at}, went well.` };
    const says = `Scheduled; the last run, about ${at}, failed. Logins go on with the keys there are.`;
    return { state: 'broken', says, todo: 'Read the log of signing-keys.', see: SEE };
  },
};

function notRun({ createdAt }: DeployedStack): Finding {
  const isYoung = Date.now() - createdAt.getTime() < WINDOW_HOURS * HOUR_MILLISECONDS;
  const says = `Scheduled, and not run within ${WINDOW_HOURS} hours.`;
  const see = 'docs/operations.md#alarm-rotation-missed';
  if (isYoung) return { state: 'warning', says, todo: 'The stack is young; look again tomorrow.', see };
  return { state: 'broken', says, todo: 'Is the rule of the stack enabled in EventBridge?', see };
}

async function runsOf(stack: DeployedStack): Promise<Runs> {
  const arn = requiredOutput(stack, 'SigningKeysFunction');
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME:ALIAS
  const name = arn.split(':')[6] ?? arn;
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const query = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: name }] },
      Period: 300,
      Stat: 'Sum',
    },
  });
  const now = Date.now();
  const { MetricDataResults = [] } = await new CloudWatchClient(stack.aws).send(
    new GetMetricDataCommand({
      MetricDataQueries: [query('runs', 'Invocations'), query('errors', 'Errors')],
      StartTime: new Date(now - WINDOW_HOURS * HOUR_MILLISECONDS),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
    }),
  );
  const instants = (id: string) => {
    const { Timestamps = [], Values = [] } = MetricDataResults.find((result) => result.Id === id) ?? {};
    return Timestamps.filter((_, index) => (Values[index] ?? 0) > 0).map((instant) => instant.getTime());
  };
  const [last] = instants('runs');
  return { last: last === undefined ? undefined : new Date(last), failed: instants('errors').includes(last ?? -1) };
}
