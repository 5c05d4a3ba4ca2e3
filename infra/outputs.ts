import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { outputPrefixOf } from './deployment-name.ts';
import type { ProviderFunction } from './functions/provider-function.ts';

/**
 * Adds outputs to the stack under exactly these names, which operators and their tools look up. CDK would add a suffix.
 * Those of a provider that does not have the stack for itself begin with its place in the stack.
 */
export function addOutputs(scope: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values))
    new CfnOutput(scope, `${name}Output`, { value }).overrideLogicalId(`${outputPrefixOf(scope)}${name}`);
}

/** Adds an output with the function's name for `aws lambda`, such as `FunctionToken` or `FunctionProviderMetadata`. */
export function addFunctionOutput(scope: Construct, { name, lambda }: ProviderFunction): void {
  addOutputs(scope, { [`Function${inPascalCase(name)}`]: lambda.functionName });
}

/** Adds an output with the ARN of the function's role, such as `RoleToken`. */
export function addRoleOutput(scope: Construct, { name, role }: Pick<ProviderFunction, 'name' | 'role'>): void {
  addOutputs(scope, { [`Role${inPascalCase(name)}`]: role.roleArn });
}

/** Joins ARNs into the value of one output. CloudFormation refuses an empty output, so an empty list becomes `none`. */
export function joinArns(arns: readonly string[]): string {
  return arns.join(' ') || 'none';
}

function inPascalCase(name: string): string {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return words.join('');
}
