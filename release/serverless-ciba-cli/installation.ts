import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Installation } from '../../local/installation.ts';

// All files of the program are in one folder of the package.
const folder = new URL('./', import.meta.url);
const root = new URL('../', folder);

/** The package of the command, in which this module has the place of `local/installation.ts`. It writes nothing there. */
export const installation: Installation = {
  packageFile: new URL('package.json', root),
  functionWorker: new URL('function-worker.mjs', folder),
  handlerOf: (functionName) => new URL(`functions/${functionName}/index.mjs`, root),
  functionManifest: new URL('functions.json', root),
  demoPages: new URL('pages/', root),
  sources: new URL('sources/', root),
  compileCache: undefined,
  downloads: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'serverless-ciba'),
  startCommand: 'npx ciba up',
  cibaCommand: 'npx ciba',
  inScripts: 'npx ciba client list --json',
  loginCommand: 'npx ciba ask',
};
