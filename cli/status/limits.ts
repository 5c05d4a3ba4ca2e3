import type { Check, Finding } from '../doctor/check.ts';
import { concurrencyQuota } from '../doctor/concurrency.ts';
import { latestMaximum } from './latest-metric.ts';

/** From this share of a limit on, somebody should look. */
const NEAR = 0.7;
const HOUR_MINUTES = 60;

/** How near the busiest minutes of the last hour came to the account's limit on functions that run at once. */
export const limits: Check = {
  name: 'Limits',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const metric = (MetricName: string) => ({ Namespace: 'AWS/Lambda', MetricName, dimensions: {} });
    const [quota, most = 0, throttles = 0] = await Promise.all([
      concurrencyQuota(stack),
      latestMaximum(stack, metric('ConcurrentExecutions'), HOUR_MINUTES),
      latestMaximum(stack, metric('Throttles'), HOUR_MINUTES),
    ]);
    const says = `At most ${most} of ${quota} functions of the account ran at once in the last hour.`;
    const see = 'docs/operations.md#alarm-concurrency';
    if (throttles > 0) {
      const todo = 'ciba tail --outcome failed shows who is affected. Ask for more concurrency in Service Quotas.';
      return { state: 'broken', says: `${says} Lambda throttled calls.`, todo, see };
    }
    if (most < quota * NEAR) return { state: 'good', says };
    return { state: 'warning', says, todo: 'Ask for more "Concurrent executions" of Lambda in Service Quotas.', see };
  },
};
