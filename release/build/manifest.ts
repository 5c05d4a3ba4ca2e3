import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deployedNames } from '../../infra/functions/bundles.ts';
import { zipFunction } from '../../infra/functions/function-zips.ts';
import type { PackageFile } from './tarball.ts';

/** The code of a function in a version. */
type FunctionDigest = {
  /** The SHA-256 of its zip, in hexadecimal digits. */
  readonly sha256: string;
  /** The same in base64, as Lambda has it in `CodeSha256`. */
  readonly codeSha256: string;
  /** The size of the zip. */
  readonly bytes: number;
};

/** The functions of a version by their names, which tell whether what is deployed is that version. */
export type FunctionManifest = {
  /** The version of the packages, such as `1.2.3`. */
  readonly version: string;
  readonly functions: Readonly<Record<string, FunctionDigest>>;
};

/** Returns the zips of all functions, in the folder `functions`. */
export function functionZips(): readonly PackageFile[] {
  return [...deployedNames]
    .sort()
    .map((name) => ({ path: `functions/${name}.zip`, content: readFileSync(zipFunction(name)) }));
}

/** Returns what tells whether a deployed function is that of a version. */
export function manifestOf(version: string, zips: readonly PackageFile[]): FunctionManifest {
  const functions = zips.map(({ path, content }) => {
    const digest = createHash('sha256').update(content).digest();
    return [
      path.slice('functions/'.length, -'.zip'.length),
      { sha256: digest.toString('hex'), codeSha256: digest.toString('base64'), bytes: content.length },
    ];
  });
  return { version, functions: Object.fromEntries(functions) };
}
