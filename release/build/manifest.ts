import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deployedNames } from '../../infra/functions/bundles.ts';
import { zipFunction } from '../../infra/functions/function-zips.ts';
import type { FunctionManifest } from '../../provider/core/operating/function-manifest.ts';
import type { PackageFile } from './tarball.ts';

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
