import { Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { outermostStackOf } from './deployment-name.ts';

/** Below CDK's own default, so that a tag of the same name from outside wins. */
const YIELDING = 50;

/**
 * Tags every resource that takes tags: with `App` and `Stack`, and with the deployer's own tags. An own tag replaces one
 * of the same name in any case, because IAM refuses two tags whose names differ in nothing but their case.
 */
export function tagEverything(construct: Construct, own: Readonly<Record<string, string>> = {}): void {
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const ours = { App: 'serverless-ciba', Stack: outermostStackOf(construct).stackName };
  for (const [name, value] of Object.entries(ours))
    if (!taken.has(name.toLowerCase())) Tags.of(construct).add(name, value, { priority: YIELDING });
  for (const [name, value] of Object.entries(own)) Tags.of(construct).add(name, value);
}
