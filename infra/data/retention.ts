import { RemovalPolicy } from 'aws-cdk-lib';
import type { CibaProviderProps } from '../settings/provider-props.ts';

/** Whether what is stored outlives the stack. */
export function isRetained(props: Pick<CibaProviderProps, 'removalPolicy'>): boolean {
  return props.removalPolicy !== 'destroy';
}

/** Returns for how many days the logs of the functions and of the API are kept. */
export function logRetentionDaysOf({ logRetentionDays = 90 }: Pick<CibaProviderProps, 'logRetentionDays'>): number {
  return logRetentionDays;
}

export function removalPolicyOf(props: Pick<CibaProviderProps, 'removalPolicy'>): RemovalPolicy {
  return isRetained(props) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
