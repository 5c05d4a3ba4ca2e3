import { CfnResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Sets a logical id that stays when the construct moves. A new id would make a new, empty table or bucket. */
export function pinLogicalId({ node }: Construct, logicalId: string): void {
  const { defaultChild } = node;
  if (!CfnResource.isCfnResource(defaultChild))
    throw new Error(`${node.path} has no resource whose logical id could be set`);
  defaultChild.overrideLogicalId(logicalId);
}
