import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const cache = new URL('node_modules/.cache/', root);

/** Where the parts of this program are, and the words that start it. */
export type Installation = {
  /** The `package.json` with the version. */
  readonly packageFile: URL;
  /** The file that each thread of a function starts with. */
  readonly functionWorker: URL;
  /** Returns the file with the handler of a function. */
  readonly handlerOf: (functionName: string) => URL;
  /** The file with the digests of the functions of this version; undefined where they are built anew. */
  readonly functionManifest: URL | undefined;
  /** The folder of the demo page. */
  readonly demoPages: URL;
  /** The folder of the files that the demo page refers to: handlers, examples and documents. */
  readonly sources: URL;
  /** The folder of Node's compile cache; without it Node chooses one. */
  readonly compileCache: string | undefined;
  /** The folder of what is downloaded on demand. */
  readonly downloads: string;
  /** The words before the options of the local provider, such as `npm start --`. */
  readonly startCommand: string;
  /** How a script gets the output of a command. */
  readonly inScripts: string;
  /** The words before a noun and a command. */
  readonly cibaCommand: string;
  /** The command that runs a login in a terminal. */
  readonly loginCommand: string;
};

/**
 * This repository, whose sources Node runs. The package of the command has another module in the place of this one:
 * `release/serverless-ciba-cli/installation.ts`.
 */
export const installation: Installation = {
  packageFile: new URL('package.json', root),
  functionWorker: new URL('local/runtime/function-worker.ts', root),
  handlerOf: (functionName) => new URL(`lambdas/${functionName}/handler.ts`, root),
  functionManifest: undefined,
  demoPages: new URL('local/demo/pages/', root),
  sources: root,
  compileCache: fileURLToPath(new URL('compiled', cache)),
  downloads: fileURLToPath(cache),
  startCommand: 'npm start',
  cibaCommand: 'npm run ciba --',
  inScripts: 'npm run --silent ciba -- client list --json (--silent suppresses the output of npm itself)',
  loginCommand: 'npm run demo',
};
