import { type DeployedStack, outputOf, requiredOutput } from '../deployment/deployed-stack.ts';
import { type Replication, readReplication } from '../deployment/s3-call.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-audit-copy-failed';
const HOURS = 24;

/**
 * Checks that S3 copies the audit trail into the other account: the rule is there and enabled, and no copy failed in the
 * last day. It cannot look into the other account.
 */
export const auditCopy: Check = {
  name: 'Audit trail copy',
  of: 'stack',
  async run(stack): Promise<Finding> {
    if (outputOf(stack, 'AuditCopyRole') === undefined)
      return { state: 'good', says: 'No copy in another account is set (auditCopy).' };
    const bucket = requiredOutput(stack, 'AuditBucket');
    const rule = await readReplication({ bucket, ...stack.aws });
    const todo = 'Restore it: npx cdk deploy --revert-drift. Then copy what is missing by S3 Batch Replication.';
    if (!rule) {
      const says = 'The audit bucket has no rule for copies any more: new objects are in this account alone.';
      return { state: 'broken', says, todo, see: SEE };
    }
    if (!rule.isEnabled) {
      const says = `The rule that copies into ${rule.destination} is disabled: new objects are in this account alone.`;
      return { state: 'broken', says, todo, see: SEE };
    }
    const failed = await failedCopies(stack, bucket, rule);
    if (failed === 0)
      return { state: 'good', says: `S3 copies into ${rule.destination}. No copy failed in the last ${HOURS} hours.` };
    return {
      state: 'broken',
      says: `${failed} copies into ${rule.destination} failed in the last ${HOURS} hours.`,
      todo: 'Read the bucket policy in the other account, and the replication status of the newest objects.',
      see: SEE,
    };
  },
};

async function failedCopies(stack: DeployedStack, bucket: string, rule: Replication): Promise<number> {
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const dimensions = { SourceBucket: bucket, DestinationBucket: rule.destination, RuleId: rule.id };
  const now = Date.now();
  const { MetricDataResults: [result] = [] } = await new CloudWatchClient(stack.aws).send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        {
          Id: 'failed',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/S3',
              MetricName: 'OperationsFailedReplication',
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 3600,
            Stat: 'Sum',
          },
        },
      ],
      StartTime: new Date(now - HOURS * 3_600_000),
      EndTime: new Date(now),
    }),
  );
  return (result?.Values ?? []).reduce((sum, value) => sum + value, 0);
}
