import { Token } from 'aws-cdk-lib';

/** The account and region of the deployment, as far as they are known. */
export type Place = { readonly account?: string | undefined; readonly region?: string | undefined };

/** Whether texts are known before the deployment. CloudFormation resolves the others, so nobody can compare them. */
export function isKnown(...texts: readonly string[]): boolean {
  return texts.every((one) => !Token.isUnresolved(one));
}

/** Returns where a resource is, as far as its ARN is known. */
export function placeOf(arn: string | undefined): Place & { readonly partition?: string | undefined } {
  if (arn === undefined || !isKnown(arn)) return {};
  const [, partition, , region, account] = arn.split(':');
  return { partition, region, account };
}
