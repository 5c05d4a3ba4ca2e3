import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type OutputFile } from 'esbuild';
import { deploymentFunctions, functionNames } from './deployed-functions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is deployed: one folder a function. */
const FUNCTIONS = join(ROOT, 'dist/functions');
/** What is not: source maps to read stack traces with, and what each bundle is made of. */
const SOURCE_MAPS = join(ROOT, 'dist/source-maps');

/**
 * Reached by dynamic import only, after the credentials from the environment, which in Lambda are always there. Bundled
 * they would be loaded at every cold start.
 */
const NEVER_LOADED_IN_LAMBDA = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/credential-provider-http',
  '@smithy/credential-provider-imds',
];
/** Reached by dynamic import as well, for answers that stream: none of those that the functions ask for. */
const EVENT_STREAMS = '@smithy/core/event-streams';
/** Calls Lambda, whose client can stream and so imports the above when it is loaded. */
const STREAMING: readonly string[] = ['first-keys'];

/** The folders in `lambdas/`. */
export const deployedNames: readonly string[] = [...functionNames, ...Object.keys(deploymentFunctions)];

let bundled: string | undefined;

/**
 * Bundles every function, once a process, and tells the folder that has one folder a function. The SDK is bundled:
 * loading Lambda's own copy takes far longer. A file is only replaced when its content differs, whole and at once, so
 * that several processes may bundle at the same time.
 */
export function bundleFunctions(): string {
  if (bundled) return bundled;
  const isStreaming = (name: string) => STREAMING.includes(name);
  const builds = [
    build(deployedNames.filter((name) => !isStreaming(name))),
    build(deployedNames.filter(isStreaming), { external: NEVER_LOADED_IN_LAMBDA }),
  ];
  for (const file of builds.flatMap(({ outputFiles }) => outputFiles))
    replace(file.path.endsWith('.map') ? sourceMapPath(file) : file.path, file.text);
  const inputs = Object.assign({}, ...builds.map(({ metafile }) => metafile.inputs));
  const outputs = Object.assign({}, ...builds.map(({ metafile }) => metafile.outputs));
  replace(join(SOURCE_MAPS, 'meta.json'), JSON.stringify({ inputs, outputs }));
  bundled = FUNCTIONS;
  return bundled;
}

function build(names: readonly string[], options: { readonly external?: string[] } = {}) {
  return buildSync({
    ...bundleOptions,
    ...options,
    entryPoints: Object.fromEntries(names.map((name) => [name, join(ROOT, 'lambdas', name, 'handler.ts')])),
    entryNames: '[name]/index',
    outdir: FUNCTIONS,
    sourcemap: 'external',
    metafile: true,
  });
}

/** How a function is bundled; the bundle budget is measured the same way. */
export const bundleOptions = {
  absWorkingDir: ROOT,
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  external: [...NEVER_LOADED_IN_LAMBDA, EVENT_STREAMS],
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
} as const satisfies Parameters<typeof buildSync>[0];

function sourceMapPath({ path }: OutputFile): string {
  return join(SOURCE_MAPS, relative(FUNCTIONS, path));
}

function replace(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}
