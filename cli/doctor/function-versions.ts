import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { installation } from '../../local/installation.ts';
import type { FunctionManifest } from '../../provider/core/operating/function-manifest.ts';
import { type DeployedStack, functionNameIn } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#which-version-is-deployed';
const manifest: v.GenericSchema<FunctionManifest> = v.object({
  version: v.string(),
  functions: v.record(v.string(), v.object({ sha256: v.string(), codeSha256: v.string(), bytes: v.number() })),
});

/** Checks whether the functions that get the calls are those of the version of this command, byte for byte. */
export const functionVersions: Check = {
  name: 'Functions',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const file = installation.functionManifest;
    if (file === undefined) {
      return { state: 'skipped', says: 'Not compared: this command runs from the sources.' };
    }
    return compareFunctions(stack, v.parse(manifest, JSON.parse(readFileSync(file, 'utf8'))));
  },
};

/** Compares the live version of each function that the outputs of the stack name. */
export async function compareFunctions(
  stack: Pick<DeployedStack, 'outputs' | 'aws'>,
  { version, functions }: FunctionManifest,
): Promise<Finding> {
  const deployed = Object.keys(functions).flatMap((name) => {
    const functionName = functionNameIn(stack, name);
    return functionName === undefined ? [] : [{ name, functionName }];
  });
  const live = await Promise.all(
    deployed.map(async ({ name, functionName }) => ({ name, digest: await liveDigest(stack, functionName) })),
  );
  const others = live.filter(({ name, digest }) => functions[name]?.codeSha256 !== digest).map(({ name }) => name);
  if (live.length === 0) return { state: 'unknown', says: 'No output of the stack names a function.', see: SEE };
  if (others.length === 0) return { state: 'good', says: `These are the functions of version ${version}.` };
  const says =
    others.length === live.length
      ? `None of the functions is that of version ${version}.`
      : `Not those of version ${version}: ${others.join(', ')}.`;
  const todo =
    'Use the command of the version that is deployed. A stack of the app in the repository has functions that were built there: they are those of a version only if its commit was deployed.';
  return { state: 'warning', says, todo, see: SEE };
}

/** Returns the SHA-256 of the zip behind the alias that gets the calls, in base64. */
async function liveDigest({ aws }: Pick<DeployedStack, 'aws'>, functionName: string): Promise<string | undefined> {
  const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const call = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: 'live' });
  return (await new LambdaClient(aws).send(call)).CodeSha256;
}
