import { existsSync, writeFileSync } from 'node:fs';
import { bundleFunctions, FUNCTIONS } from '../../../infra/functions/bundles.ts';

/** Returns the folder of the functions as they are deployed. The first file that needs them bundles them for the run. */
export function deployedBundles(): string {
  const folder = process.env['TEST_PREPARED'];
  const mark = `${folder}/are-bundled`;
  if (folder !== undefined && existsSync(mark)) return FUNCTIONS;
  const bundles = bundleFunctions();
  if (folder !== undefined) writeFileSync(mark, '');
  return bundles;
}
