import { CfnResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Keeps the logical id when the construct moves. Another id would mean another table or bucket, and an empty one. */
export function pinLogicalId({ node }: Construct, logicalId: string): void {
  const { defaultChild } = node;
  if (!CfnResource.isCfnResource(defaultChild)) throw new Error(`${node.path} has no resource to pin`);
  defaultChild.overrideLogicalId(logicalId);
}
