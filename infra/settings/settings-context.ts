import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { SettingsError } from './settings.ts';

/**
 * What CDK puts into the context beside the files: feature flags and its own options, which begin with `@` or carry a
 * colon, as every look-up does, and three names from before that rule. `-c` refuses nothing by itself.
 */
const OF_CDK = /^@|:|^(cli-.+|acknowledged-issue-numbers|assets-ecr-repository-name)$/;

/**
 * Stops at a name after `-c` that nobody reads: with `-c stgae=dev` the minimal setting would be deployed instead.
 * `fromFiles` are the names that the files give, which are not from the command line.
 */
export function refuseUnknownContext(context: object, fromFiles: readonly string[] = namesInFiles()): void {
  const unknown = Object.keys(context).find(
    (name) => name !== 'stage' && !OF_CDK.test(name) && !fromFiles.includes(name),
  );
  if (unknown !== undefined)
    throw new SettingsError(`There is no context "${unknown}": name a stage with "-c stage=…", or take it out.`);
}

/** The context of the three files that the CDK command line reads it from. */
function namesInFiles(): readonly string[] {
  const { context: project } = readObject(resolve('cdk.json'));
  const { context: user } = readObject(join(homedir(), '.cdk.json'));
  return [project, user, readObject(resolve('cdk.context.json'))].flatMap((one) => Object.keys(one ?? {}));
}

/** Nothing for a file that is missing or holds no JSON object: CDK has said so already. */
function readObject(file: string): Readonly<Record<string, unknown>> {
  try {
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
