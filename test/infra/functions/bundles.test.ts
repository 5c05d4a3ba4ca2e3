import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  bundleFunctions,
  bundleOptions,
  filesOfBundle,
  deployedNames as names,
  readMetafile,
} from '../../../infra/functions/bundles.ts';

const folder = bundleFunctions();
const run = promisify(execFile);

const KILOBYTE = 1024;
/** What a cold start of a function may load beyond the SDK's DynamoDB client. */
const BUDGET = 120 * KILOBYTE;
/** What the first call that needs a file on demand may load for it. */
const BUDGET_ON_DEMAND = 24 * KILOBYTE;
/** The table of letters that look alike is data (docs/adr/0029). */
const OWN_BUDGETS_ON_DEMAND: Readonly<Record<string, number>> = { 'admin/data.mjs': 75 * KILOBYTE };
/** The files that functions load on demand. All other code is loaded at a cold start. */
const ON_DEMAND: Partial<Record<string, readonly string[]>> = {
  admin: [
    'data',
    'erase-user',
    'export-user',
    'kept-evidence-keys-table',
    'list-asked-requests',
    'person-records-table',
    'user-code-hashes',
  ],
  'backchannel-authentication': [
    'enter-number',
    'https-key-sets',
    'json-form',
    'numbered-requests-table',
    'read-signed-request',
    'open-request',
    'resend-request',
    'rung-requests-table',
    'silent-denial-ends-table',
    'user-code-hashes',
    'verify-hint-token',
    'verify-id-token-hint',
    'withdraw-request',
    'withdrawable-requests-table',
  ],
  token: ['https-key-sets', 'json-form'],
  'token-revocation': ['https-key-sets', 'json-form'],
};
/** The client with the commands that `provider/adapters/dynamodb/table.ts` uses, and nothing of ours. */
const BARE_CLIENT = `
  import * as sdk from '@aws-sdk/client-dynamodb';
  export const handler = (name) => [
    sdk.DynamoDBClient, sdk.GetItemCommand, sdk.PutItemCommand, sdk.UpdateItemCommand, sdk.DeleteItemCommand,
    sdk.QueryCommand, sdk.BatchGetItemCommand, sdk.ConditionalCheckFailedException,
  ][name];`;
/** A value for every variable that a function needs to start. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  ISSUER: 'https://login.example.com/',
  DIRECTORY_TABLE: 'directory',
  TRANSACTIONS_TABLE: 'transactions',
  SIGNING_KMS_KEY: 'key',
  NOTIFICATION_TOPIC: 'topic',
  NOTIFICATION_QUEUE_URL: 'queue',
  DEAD_LETTER_QUEUE_URL: 'queue',
  SIGNING_KEYS_FUNCTION: 'signing-keys',
  SYNTHETIC_SECRET: 'secret',
  ORIGIN_HOST: 'login.example.com',
  TRUSTSTORE_BUCKET: 'bucket',
  CERTIFICATE_OWNER: 'ciba-main',
  VIEWER_CERTIFICATE: 'arn:aws:acm:us-east-1:000000000000:certificate/callers',
  EVENT_BUS: 'bus',
  EXPIRY_QUEUE_URL: 'queue',
  METRICS_NAMESPACE: 'Ciba/test',
};

/** Returns the files of a bundle that are loaded with one of them, itself included. */
function loadedWith(name: string, file: string): readonly string[] {
  const { outputs } = readMetafile();
  const start = `dist/functions/${name}/`;
  const found = new Set([`${start}${file}`]);
  for (const path of found)
    for (const one of outputs[path]?.imports ?? [])
      if (one.kind === 'import-statement' && outputs[one.path]) found.add(one.path);
  return [...found].map((path) => path.slice(start.length));
}
const sizeOf = (name: string, files: readonly string[]) =>
  files.reduce((sum, file) => sum + statSync(join(folder, name, file)).size, 0);
const onDemandIn = (name: string) => (ON_DEMAND[name] ?? []).map((module) => `${module}.mjs`);

let bareClient = 0;
beforeAll(() => {
  const { outputFiles } = buildSync({
    ...bundleOptions,
    stdin: { contents: BARE_CLIENT, resolveDir: join(import.meta.dirname, '../../../provider') },
  });
  bareClient = outputFiles[0]?.contents.length ?? 0;
});

describe('bundles', () => {
  it('are there for every folder in lambdas/, which are the deployed functions', () => {
    const folders = readdirSync(join(import.meta.dirname, '../../../lambdas'));
    expect(names.toSorted()).toEqual(folders.toSorted());
  });

  it.each(names)('%s loads at a cold start at most a bare DynamoDB client and its budget', (name) => {
    expect(bareClient).toBeGreaterThan(150 * KILOBYTE);
    expect(sizeOf(name, loadedWith(name, 'index.mjs'))).toBeLessThanOrEqual(bareClient + BUDGET);
  });

  it.each(names)('%s loads at most 24 KB for what a call needs on demand, or the table of letters', (name) => {
    const atStart = loadedWith(name, 'index.mjs');
    for (const file of onDemandIn(name)) {
      const added = loadedWith(name, file).filter((one) => !atStart.includes(one));
      const budget = OWN_BUDGETS_ON_DEMAND[`${name}/${file}`] ?? BUDGET_ON_DEMAND;
      expect([file, sizeOf(name, added) <= budget]).toEqual([file, true]);
    }
  });

  it.each(names)('%s loads two files at most at a cold start: each takes time', (name) => {
    expect(loadedWith(name, 'index.mjs').length).toBeLessThanOrEqual(2);
  });

  it('load nothing that they do not contain: what is left out is reached by dynamic import only', () => {
    const { outputs } = JSON.parse(readFileSync(join(folder, '../source-maps/meta.json'), 'utf8')) as Metafile;
    const files = Object.entries(outputs).filter(([path]) => path.endsWith('.mjs'));
    const loaded = files.flatMap(([path, { imports }]) =>
      imports
        .filter(
          ({ path: target, kind }) =>
            kind === 'import-statement' && !builtinModules.includes(target.replace('node:', '')) && !outputs[target],
        )
        .map(({ path: target }) => `${path} loads ${target}`),
    );
    expect(files.filter(([path]) => path.endsWith('/index.mjs'))).toHaveLength(names.length);
    expect(loaded).toEqual([]);
  });

  it('load no built-in modules for streamed answers, which no function gives', () => {
    const { outputs } = JSON.parse(readFileSync(join(folder, '../source-maps/meta.json'), 'utf8')) as Metafile;
    const imported = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(imported).toContain('node:stream');
    const streaming = ['node:stream/web', 'node:stream/promises', 'node:timers'];
    expect(imported.filter((path) => streaming.includes(path))).toEqual([]);
  });

  it('contain no JSON but the table of characters that look alike: the SDK takes no more than its version from such files', () => {
    const { inputs } = JSON.parse(readFileSync(join(folder, '../source-maps/meta.json'), 'utf8')) as Metafile;
    const files = Object.keys(inputs).filter((path) => path.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    const others = files.filter((path) => !/node_modules\/@aws-sdk\/client-[a-z-]+\/package\.json$/.test(path));
    expect(others.map((path) => path.replace(/.*node_modules\//, ''))).toEqual(['unhomoglyph/data.json']);
    // The other files are left empty. This one is imported with its type, and is whole: a Cyrillic letter with its
    // look.
    expect(readFileSync(join(folder, 'admin/data.mjs'), 'utf8')).toContain('\u0430:"a"');
  });

  it.each(names)('%s has the files that are loaded on demand, and what they share with the rest', (name) => {
    const files = filesOfBundle(name);
    expect(readdirSync(join(folder, name))).toEqual(expect.arrayContaining([...files]));
    const shared = files.filter((file) => /^chunk-[A-Z0-9]{8}\.mjs$/.test(file));
    expect(files.filter((file) => !shared.includes(file))).toEqual([...onDemandIn(name), 'index.mjs'].toSorted());
    const loaded = ['index.mjs', ...onDemandIn(name)].flatMap((file) => loadedWith(name, file));
    expect(shared.filter((file) => !loaded.includes(file))).toEqual([]);
  });

  it.each(names)('%s has source maps for its files, which are not deployed and name the sources', (name) => {
    const sourcesOf = (file: string): readonly string[] =>
      JSON.parse(readFileSync(join(folder, '../source-maps', name, `${file}.map`), 'utf8')).sources;
    expect(sourcesOf('index.mjs').join()).toContain(`lambdas/${name}/handler.ts`);
    for (const file of onDemandIn(name))
      expect(sourcesOf(file).join()).toMatch(new RegExp(`/${file.replace('.mjs', '')}\\.(ts|json)(,|$)`));
    expect(filesOfBundle(name).map((file) => sourcesOf(file).length > 0)).not.toContain(false);
  });

  it('start as they are deployed, far from node_modules, and export their handler', async () => {
    const onDemand = names.flatMap((name) => onDemandIn(name).map((file) => `${name}/${file}`));
    const script = `for (const name of ${JSON.stringify(names)}) {
      const { handler } = await import(${JSON.stringify(folder)} + '/' + name + '/index.mjs');
      if (typeof handler !== 'function') throw new Error(name + ' exports no handler');
    }
    for (const file of ${JSON.stringify(onDemand)}) await import(${JSON.stringify(folder)} + '/' + file);
    console.log('all started');`;
    const options = { env: ENVIRONMENT, cwd: '/' };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], options);
    expect(stdout).toContain('all started');
  });
});
