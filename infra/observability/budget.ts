import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import type { AlarmSettings } from '../settings/provider-settings.ts';

/**
 * Adds a monthly budget for the whole account, if the settings have a limit. AWS can tell the cost of one deployment
 * only where an account activates its tags for cost allocation, so an account of its own is what makes this exact.
 */
export function addBudget(scope: Construct, alarms: AlarmSettings | undefined): void {
  const { monthlyBudget, email, page } = alarms ?? {};
  const address = email ?? page?.email;
  // The settings with a limit have an address.
  if (monthlyBudget === undefined || address === undefined) return;
  const tell = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
    subscribers: [{ subscriptionType: 'EMAIL', address }],
  });
  new CfnBudget(scope, 'Budget', {
    budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount: monthlyBudget, unit: 'USD' } },
    notificationsWithSubscribers: [tell('ACTUAL', 80), tell('FORECASTED', 100)],
  });
}
