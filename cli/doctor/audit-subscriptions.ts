import * as v from 'valibot';
import { callAwsJson } from '../deployment/aws-json-call.ts';
import { type DeployedStack, outputOf, resourcesOf } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#alarm-audit-stopped';
const filters = v.object({ subscriptionFilters: v.array(v.object({ filterName: v.string() })) });

/**
 * Checks that each log group still has the subscription that copies its audit events. The alarm audit-stopped hears of
 * it only when no copies arrive at all, and audit-changed only where a trail of CloudTrail records the deletion.
 */
export const auditSubscriptions: Check = {
  name: 'Audit copies',
  of: 'stack',
  async run(stack): Promise<Finding> {
    if (outputOf(stack, 'AuditBucket') === undefined)
      return { state: 'skipped', says: 'This stage has no audit bucket.' };
    const [deployed, groups] = await Promise.all([
      resourcesOf(stack, 'AWS::Logs::SubscriptionFilter'),
      resourcesOf(stack, 'AWS::Logs::LogGroup'),
    ]);
    const found = await Promise.all(groups.map(({ physicalId }) => subscriptionsOf(stack, physicalId)));
    const count = found.reduce((sum, one) => sum + one, 0);
    if (count >= deployed.length) return { state: 'good', says: `All ${deployed.length} log subscriptions are there.` };
    const says = `${count} of ${deployed.length} log subscriptions are there: audit events of the other functions are in the logs alone.`;
    const todo = 'Restore them: npx cdk deploy --revert-drift. Then fetch what is missing from the logs.';
    return { state: 'broken', says, todo, see: SEE };
  },
};

async function subscriptionsOf(stack: DeployedStack, logGroupName: string): Promise<number> {
  const target = 'Logs_20140328.DescribeSubscriptionFilters';
  const input = { logGroupName, filterNamePrefix: `${stack.deploymentName}-audit` };
  const answer = await callAwsJson(stack.aws, { service: 'logs', target, region: stack.region }, input).catch(gone);
  return v.parse(filters, answer).subscriptionFilters.length;
}

/** A log group that was deleted has no subscription. */
function gone(error: unknown): v.InferOutput<typeof filters> {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return { subscriptionFilters: [] };
  throw error;
}
