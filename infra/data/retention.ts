import { RemovalPolicy } from 'aws-cdk-lib';
import type { ProviderSettings } from '../settings/provider-settings.ts';

/** Whether what is stored outlives the stack. */
export function isRetained(props: Pick<ProviderSettings, 'removalPolicy'>): boolean {
  return props.removalPolicy !== 'destroy';
}

/** Returns for how many days the logs of the functions and of the API are kept. */
export function logRetentionDaysOf({ logRetentionDays = 90 }: Pick<ProviderSettings, 'logRetentionDays'>): number {
  return logRetentionDays;
}

export function removalPolicyOf(props: Pick<ProviderSettings, 'removalPolicy'>): RemovalPolicy {
  return isRetained(props) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
