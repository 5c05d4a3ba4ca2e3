import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile, type OutputFile } from 'esbuild';
import { allFunctions } from './deployed-functions.ts';
import { type Bundle, replace, splitBundle } from './split-bundle.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The bundles that are deployed, one folder per function. */
export const FUNCTIONS = join(ROOT, 'dist/functions');
/**
 * Files that are not deployed: source maps for reading stack traces, and `meta.json`, which lists the inputs of each
 * bundle.
 */
const SOURCE_MAPS = join(ROOT, 'dist/source-maps');

/**
 * Credential providers that the SDK imports dynamically when the environment has no credentials. In Lambda it always
 * has them. In a bundle they would be loaded at every cold start.
 */
const NEVER_LOADED_IN_LAMBDA = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/credential-provider-http',
  '@smithy/credential-provider-imds',
];
/** Also imported dynamically, for streamed answers. No call of the functions has one. */
const EVENT_STREAMS = '@smithy/core/event-streams';
/** Functions with a client of Lambda. It can stream, so loading it imports the module of event streams. */
const STREAMING: readonly string[] = ['first-keys'];

/**
 * Functions that seldom need some of their code. What they load by `import()` is in files of its own (docs/adr/0047). In
 * the other functions such code is in `index.mjs` like all the rest.
 */
const SPLIT: readonly string[] = ['admin', 'backchannel-authentication', 'token', 'token-revocation'];
/** What the first pass of a bundle of several files makes. */
const PARTS = join(ROOT, 'dist/function-parts');

/** Built-in modules that only middy imports, and what the bundles contain in their place. */
const BUILT_INS_OF_MIDDY = Object.fromEntries(
  ['node:stream/web', 'node:stream/promises', 'node:timers'].map((name) => [
    name,
    './infra/functions/built-ins-of-middy.mjs',
  ]),
);
/** The names of all deployed functions, which are the folders in `lambdas/`. */
export const deployedNames: readonly string[] = Object.keys(allFunctions);

let bundled: string | undefined;

/**
 * Bundles every function, once per process, and returns the folder with one folder per function. The SDK is bundled,
 * because loading Lambda's own copy takes far longer. A file is replaced atomically, and only when its content differs,
 * so that several processes can bundle at the same time.
 */
export function bundleFunctions(): string {
  if (bundled) return bundled;
  const builds = [
    build(deployedNames.filter((name) => !STREAMING.includes(name) && !SPLIT.includes(name))),
    build(STREAMING, { external: NEVER_LOADED_IN_LAMBDA }),
    ...SPLIT.map((name) => split(name)),
  ];
  for (const file of builds.flatMap(({ outputFiles }) => outputFiles))
    replace(file.path.endsWith('.map') ? sourceMapPath(file) : file.path, file.text);
  const inputs = Object.assign({}, ...builds.map(({ metafile }) => metafile.inputs));
  const outputs = Object.assign({}, ...builds.map(({ metafile }) => metafile.outputs));
  replace(join(SOURCE_MAPS, 'meta.json'), JSON.stringify({ inputs, outputs }));
  bundled = FUNCTIONS;
  return bundled;
}

/** Reads which files went into which bundle. The functions must have been bundled. */
export function readMetafile(): Pick<Metafile, 'outputs'> {
  return JSON.parse(readFileSync(join(SOURCE_MAPS, 'meta.json'), 'utf8'));
}

/**
 * Returns the names of the files of a function, sorted. The functions must have been bundled. A file that only an earlier
 * bundle had may still be in the folder, but is not among them.
 */
export function filesOfBundle(name: string): readonly string[] {
  const folder = `${relative(ROOT, join(FUNCTIONS, name)).replaceAll('\\', '/')}/`;
  const paths = Object.keys(readMetafile().outputs).filter((path) => path.startsWith(folder) && path.endsWith('.mjs'));
  return paths.map((path) => path.slice(folder.length)).sort();
}

function split(name: string): Bundle {
  return splitBundle({
    ...bundleOptions,
    handler: handlerOf(name),
    outdir: join(FUNCTIONS, name),
    parts: join(PARTS, name),
  });
}

function handlerOf(name: string): string {
  return join(ROOT, 'lambdas', name, 'handler.ts');
}

function build(names: readonly string[], options: { readonly external?: string[] } = {}): Bundle {
  return buildSync({
    ...bundleOptions,
    ...options,
    entryPoints: Object.fromEntries(names.map((name) => [name, handlerOf(name)])),
    entryNames: '[name]/index',
    outdir: FUNCTIONS,
    sourcemap: 'external',
    metafile: true,
  });
}

/** The options with which functions are bundled. The bundle budget is measured with them too. */
export const bundleOptions = {
  absWorkingDir: ROOT,
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  // The list of inputs has paths in this folder, also where `node_modules` is a link.
  preserveSymlinks: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  external: [...NEVER_LOADED_IN_LAMBDA, EVENT_STREAMS],
  alias: BUILT_INS_OF_MIDDY,
  // The SDK imports the whole package.json of each client for its version, which it tells AWS with every call.
  loader: { '.json': 'empty' },
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
} as const satisfies Parameters<typeof buildSync>[0];

function sourceMapPath({ path }: OutputFile): string {
  return join(SOURCE_MAPS, relative(FUNCTIONS, path));
}
