import { RemovalPolicy } from 'aws-cdk-lib';
import type { CibaProviderProps } from '../settings/provider-props.ts';

/** Whether what is stored outlives the stack. */
export function isRetained(props: Pick<CibaProviderProps, 'removalPolicy'>): boolean {
  return props.removalPolicy !== 'destroy';
}

export function removalPolicyOf(props: Pick<CibaProviderProps, 'removalPolicy'>): RemovalPolicy {
  return isRetained(props) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
