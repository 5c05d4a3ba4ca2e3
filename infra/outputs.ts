import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ProviderFunction } from './functions/provider-function.ts';

/** Each value under its own name, without what CDK would append: operators and their tools look them up by it. */
export function tellOutputs(scope: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) new CfnOutput(scope, name, { value }).overrideLogicalId(name);
}

/** The names of functions, as `aws lambda` takes them: `FunctionToken`, `FunctionProviderMetadata`. */
export function functionOutputs(functions: readonly ProviderFunction[]): Readonly<Record<string, string>> {
  const named = functions.map(({ name, lambda }) => [`Function${inPascalCase(name)}`, lambda.functionName]);
  return Object.fromEntries(named);
}

function inPascalCase(name: string): string {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return words.join('');
}
