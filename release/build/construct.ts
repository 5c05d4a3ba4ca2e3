import { bundle, textOf } from './bundle.ts';
import { functionZips, manifestOf } from './manifest.ts';
import { functionInputs, type Package, packageFiles } from './package.ts';
import { declarations } from './types.ts';

/** The module for `import`. It has the very classes that `require` gets, so that `instanceof` works between the two. */
const ES_MODULE = "export * from './index.js';\n";
/** The types, for both kinds of modules. */
const TYPES = "export * from './types/infra/index.js';\n";

/** Makes `serverless-ciba`: the construct, its types, and the zips of the functions. */
export async function constructPackage(version: string): Promise<Package> {
  const programs = await bundle({
    entries: { index: 'infra/index.ts' },
    format: 'cjs',
    extension: '.js',
    external: ['aws-cdk-lib', 'constructs'],
    replacements: { 'infra/functions/function-code.ts': 'release/serverless-ciba/function-code.ts' },
  });
  const zips = functionZips();
  return {
    folder: 'release/serverless-ciba',
    version,
    made: [...programs, ...zips.map((zip) => ({ ...zip, inputs: functionInputs(zip.path) }))],
    others: packageFiles([
      { path: 'index.mjs', content: ES_MODULE },
      { path: 'index.d.ts', content: TYPES },
      { path: 'index.d.mts', content: TYPES },
      ...declarations(),
      { path: 'openapi.json', content: textOf('docs/openapi.json') },
    ]),
    manifest: manifestOf(version, zips),
  };
}
