import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ProviderFunction } from './functions/provider-function.ts';

/** Outputs of the stack, each under its own name without what CDK would append: operators and their tools look them up by it. */
export function addOutputs(scope: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values))
    new CfnOutput(scope, `${name}Output`, { value }).overrideLogicalId(name);
}

/** The name of a function, as `aws lambda` takes it: `FunctionToken`, `FunctionProviderMetadata`. */
export function addFunctionOutput(scope: Construct, { name, lambda }: ProviderFunction): void {
  addOutputs(scope, { [`Function${inPascalCase(name)}`]: lambda.functionName });
}

/** A list of ARNs as one output, which must not be empty. */
export function listed(arns: readonly string[]): string {
  return arns.join(' ') || 'none';
}

function inPascalCase(name: string): string {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return words.join('');
}
