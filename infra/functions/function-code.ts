import { Code } from 'aws-cdk-lib/aws-lambda';
import { zipFunction } from './function-zips.ts';

/**
 * Returns the code of a function, which is bundled and zipped from the sources here. The package `serverless-ciba` has
 * another module in the place of this one: `release/serverless-ciba/function-code.ts`, which finds the zips beside it.
 */
export function functionCode(name: string): Code {
  return Code.fromAsset(zipFunction(name));
}
