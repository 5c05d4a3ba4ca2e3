import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { deployedNames, FUNCTIONS, filesOfBundle } from '../../infra/functions/bundles.ts';
import { bundle, ROOT, textOf } from './bundle.ts';
import { compile } from './compile.ts';
import { functionZips, manifestOf } from './manifest.ts';
import { functionInputs, type Package, packageFiles } from './package.ts';
import type { PackageFile } from './tarball.ts';

const FOLDER = 'release/serverless-ciba-cli';
/** In ES modules, for the CommonJS that is bundled: it asks for built-in modules with `require`. */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);";

/** Makes `serverless-ciba-cli`: the command `ciba` with the local provider. */
export async function commandPackage(version: string): Promise<Package> {
  compile(`${FOLDER}/tsconfig.json`, '--noEmit');
  const programs = await bundle({
    entries: { ciba: 'cli/ciba.ts', 'function-worker': 'local/runtime/function-worker.ts' },
    format: 'esm',
    extension: '.mjs',
    splitting: true,
    minifySyntax: true,
    // Its database has a native part.
    external: ['dynalite'],
    inject: [`${FOLDER}/node-20.ts`],
    banner: { js: REQUIRE },
    replacements: {
      'local/installation.ts': `${FOLDER}/installation.ts`,
      'local/runtime/trusted-certificates.ts': `${FOLDER}/trusted-certificates.ts`,
    },
  });
  return {
    folder: FOLDER,
    version,
    made: [...programs.map((file) => inDist(file)), ...handlers()],
    others: packageFiles([...below('local/demo/pages', 'pages'), ...referredTo()]),
    manifest: manifestOf(version, functionZips()),
  };
}

function inDist<T extends PackageFile>(file: T): T {
  if (file.path !== 'ciba.mjs') return { ...file, path: `dist/${file.path}` };
  const text = `#!/usr/bin/env node\n${Buffer.from(file.content).toString('utf8')}`;
  return { ...file, path: 'dist/ciba.mjs', content: text, isExecutable: true };
}

/** Returns the functions that the local provider runs: the very files that are in the zips of the construct. */
function handlers() {
  return deployedNames.flatMap((name) =>
    filesOfBundle(name).map((file) => ({
      path: `functions/${name}/${file}`,
      content: readFileSync(join(FUNCTIONS, name, file)),
      inputs: functionInputs(`functions/${name}.zip`),
    })),
  );
}

/** Returns the sources that the demo page shows, and the documents that the command names. */
function referredTo(): readonly PackageFile[] {
  return [
    ...below('lambdas', 'sources/lambdas').filter(({ path }) => path.endsWith('/handler.ts')),
    ...below('docs', 'sources/docs').filter(({ path }) => path.endsWith('.md') && !path.includes('/adr/')),
    { path: 'sources/docs/openapi.json', content: textOf('docs/openapi.json') },
  ];
}

function below(folder: string, target: string): readonly PackageFile[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(join(ROOT, folder), join(parentPath, name)))
    .filter((path) => !path.endsWith('tsconfig.json'))
    .map((path) => ({
      path: `${target}/${path.replaceAll('\\', '/')}`,
      content: readFileSync(join(ROOT, folder, path)),
    }));
}
