import { Refused } from '../command-line/failure.ts';
import { type AwsSettings, awsSettings, refusedBy, regionIn } from './aws-settings.ts';
import type { Deployment } from './deployment.ts';
import { type ProviderOfStack, providerOf, readStackName } from './provider-of-stack.ts';

/** A stack as CloudFormation describes it, with the provider in it that is meant. */
export type DeployedStack = ProviderOfStack & {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly createdAt: Date;
  /** When the last deployment began. */
  readonly changedAt: Date;
  /** Settings for AWS clients in the region of the stack. */
  readonly aws: AwsSettings;
};

/**
 * Reads a stack with the operator's AWS credentials, for the provider that `typed` names after a slash, or else for its
 * only one. Throws Refused if there is no such stack or provider, and if there are several.
 */
export async function readStack(typed: string, deployment: Deployment): Promise<DeployedStack> {
  const { stack: name, provider } = readStackName(typed);
  const aws = await awsSettings(deployment, regionIn(name) ?? deployment.region);
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const { Stacks: [stack] = [] } = await new CloudFormationClient(aws)
    .send(new DescribeStacksCommand({ StackName: name }))
    .catch((error: unknown) => {
      if (error instanceof Error && /does not exist$/.test(error.message)) throw noStack(name, aws.region);
      throw refusedBy('AWS CloudFormation', error);
    });
  if (!stack) throw noStack(name, aws.region);
  const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']);
  return {
    name: stack.StackName ?? name,
    region: aws.region,
    status: stack.StackStatus ?? 'unknown',
    statusReason: stack.StackStatusReason,
    createdAt: stack.CreationTime ?? new Date(0),
    changedAt: stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0),
    ...providerOf(stack.StackName ?? name, Object.fromEntries(outputs), provider),
    aws,
  };
}

function noStack(name: string, region: string): Refused {
  const next = 'Check its name with npx cdk list, and give its region with --region.';
  return new Refused(`There is no stack ${name} in ${region}.`, next, 'not_found');
}

/** Returns an output by its name, or by the beginning of its name: CDK appends a hash to names that are not fixed. */
export function outputOf({ outputs }: Pick<DeployedStack, 'outputs'>, name: string): string | undefined {
  const longer = Object.keys(outputs).find((key) => key.startsWith(name));
  return outputs[name] ?? (longer === undefined ? undefined : outputs[longer]);
}

/** Returns an output that every stack of this version has. Throws if it is missing. */
export function requiredOutput(stack: Pick<DeployedStack, 'outputs'>, name: string): string {
  const value = outputOf(stack, name);
  if (value === undefined) throw new Error(`the stack has no output ${name}; deploy this version of the provider`);
  return value;
}

/** Returns the output with the name of a function (`FunctionToken`) or with the ARN of its role (`RoleToken`). */
export function outputAbout(stack: Pick<DeployedStack, 'outputs'>, what: 'Function' | 'Role', name: string): string {
  return requiredOutput(stack, `${what}${inPascalCase(name)}`);
}

/** Returns the name of a function in AWS, such as `ciba-Token-1A2B`, if an output of the stack has it. */
export function functionNameIn(stack: Pick<DeployedStack, 'outputs'>, name: string): string | undefined {
  return outputOf(stack, `Function${inPascalCase(name)}`);
}

/** Writes the name of a function as the names of outputs have it: `token-revocation` is `TokenRevocation`. */
export function inPascalCase(name: string): string {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return words.join('');
}

/** Returns the ARNs in a required output. For an empty list the output holds a word instead. */
export function arnsIn(stack: Pick<DeployedStack, 'outputs'>, name: string): readonly string[] {
  return requiredOutput(stack, name)
    .split(/[\s,]+/)
    .filter((arn) => arn.startsWith('arn:'));
}

/** A resource of the stack, with its logical and physical id. */
export type StackResource = { readonly logicalId: string; readonly physicalId: string };

/** Returns all resources of a type in the stack, except for those of another provider. */
export async function resourcesOf(stack: DeployedStack, type: string): Promise<readonly StackResource[]> {
  const { CloudFormationClient, paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const found: StackResource[] = [];
  const pages = paginateListStackResources({ client: new CloudFormationClient(stack.aws) }, { StackName: stack.name });
  for await (const { StackResourceSummaries = [] } of pages) {
    const ofType = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === type);
    const named = ofType.map(({ LogicalResourceId: logicalId = '', PhysicalResourceId: physicalId = '' }) => ({
      logicalId,
      physicalId,
    }));
    found.push(...named.filter(({ logicalId, physicalId }) => physicalId !== '' && stack.has(logicalId)));
  }
  return found;
}
