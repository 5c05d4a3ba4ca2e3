import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/**
 * Returns the code of a function: the zip in this package. In the package this module has the place of
 * `infra/functions/function-code.ts`.
 */
export function functionCode(name: string): Code {
  return Code.fromAsset(join(__dirname, 'functions', `${name}.zip`));
}
