import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { SettingsError } from './settings-error.ts';

/**
 * Names that CDK itself puts into the context: feature flags and options that begin with `@`, names with a colon such
 * as those of look-ups, and three older names. `-c` itself accepts any name.
 */
const CDK_NAMES = /^@|:|^(cli-.+|acknowledged-issue-numbers|assets-ecr-repository-name)$/;

/**
 * Throws on a name after `-c` that has no meaning. Without this check, `-c stgae=dev` would deploy the minimal
 * settings. `fromFiles` are the names that come from files instead of the command line.
 */
export function refuseUnknownContext(context: object, fromFiles: readonly string[] = namesInFiles()): void {
  const unknown = Object.keys(context).find(
    (name) => name !== 'stage' && !CDK_NAMES.test(name) && !fromFiles.includes(name),
  );
  if (unknown !== undefined)
    throw new SettingsError(`There is no context "${unknown}": remove it, or name a stage with "-c stage=…".`);
}

/** Returns the names in the three files from which the CDK command line reads context. */
function namesInFiles(): readonly string[] {
  const { context: project } = readObject(resolve('cdk.json'));
  const { context: user } = readObject(join(homedir(), '.cdk.json'));
  return [project, user, readObject(resolve('cdk.context.json'))].flatMap((one) => Object.keys(one ?? {}));
}

/** Reads a JSON object. Returns an empty one if the file is missing or malformed, which CDK has already reported. */
function readObject(file: string): Readonly<Record<string, unknown>> {
  try {
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
