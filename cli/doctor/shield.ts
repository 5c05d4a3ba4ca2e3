import * as v from 'valibot';
import { callAwsJson } from '../deployment/aws-json-call.ts';
import { type DeployedStack, outputOf, readStack } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';
import type { Check, Finding } from './check.ts';
import { DISCOVERY } from './public-document.ts';

const SEE = 'docs/deploy.md#a-shield-against-strangers';
/** CloudFront and its web ACLs are there, wherever the stack is. */
const REGION = 'us-east-1';
const acl = v.object({ WebACL: v.object({ Name: v.string(), Rules: v.optional(v.array(v.unknown()), []) }) });

/** Checks that the shield stands, if one is set: calls come through CloudFront, and its web ACL has rules. */
export const shield: Check = {
  name: 'Shield',
  of: 'provider',
  async run({ deployment, stack }): Promise<Finding> {
    if (deployment.isLocal) return { state: 'skipped', says: 'Not applicable to the local runtime.' };
    if (!stack) return { state: 'skipped', says: 'Not checked: give --stack to check this.' };
    if (outputOf(stack, 'OriginCertificate') === undefined)
      return { state: 'good', says: 'No shield is set: API Gateway answers everybody, within its throttles.' };
    const answer = await callProvider(deployment, DISCOVERY);
    await answer.body?.cancel();
    if (!answer.headers.has('x-amz-cf-id')) {
      const says = `${deployment.origin} does not answer through CloudFront: its DNS record leads past the shield.`;
      return { state: 'broken', says, todo: "Let the name lead to the distribution of the stack's shield.", see: SEE };
    }
    return rulesFinding(stack, deployment);
  },
};

async function rulesFinding({ name }: DeployedStack, deployment: Deployment): Promise<Finding> {
  const behind = await readStack(`${name}-shield`, { ...deployment, region: REGION });
  const arn = outputOf(behind, 'WebAcl');
  if (arn === undefined) throw new Error(`the stack ${behind.name} has no output WebAcl`);
  const target = 'AWSWAF_20190729.GetWebACL';
  const answer = await callAwsJson(behind.aws, { service: 'wafv2', target, region: REGION }, { ARN: arn }).catch(gone);
  const todo = 'Deploy the stack of the shield again.';
  if (!answer) return { state: 'broken', says: 'The web ACL of the shield does not exist.', todo, see: SEE };
  const { WebACL } = v.parse(acl, answer);
  const count = WebACL.Rules.length;
  if (count > 0) return { state: 'good', says: `Calls come through CloudFront, behind a web ACL with ${count} rules.` };
  return { state: 'broken', says: 'The web ACL of the shield has no rules: it blocks nobody.', todo, see: SEE };
}

function gone(error: unknown): undefined {
  if (error instanceof Error && error.name === 'WAFNonexistentItemException') return undefined;
  throw error;
}
