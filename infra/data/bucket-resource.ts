import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';

/** Returns the resource of a bucket, for properties that its construct has no option for. */
export function resourceOf({ node }: Bucket): CfnBucket {
  const { defaultChild } = node;
  if (!(defaultChild instanceof CfnBucket)) throw new Error(`${node.path} has no resource`);
  return defaultChild;
}
