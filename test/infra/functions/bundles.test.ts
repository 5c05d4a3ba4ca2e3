import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, bundleOptions, deployedNames as names } from '../../../infra/functions/bundles.ts';

const folder = bundleFunctions();
const run = promisify(execFile);

const KILOBYTE = 1024;
/** What a function may weigh beyond the SDK's DynamoDB client. */
const BUDGET = 120 * KILOBYTE;
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

  it.each(names)('%s weighs at most a bare DynamoDB client and its budget', (name) => {
    expect(bareClient).toBeGreaterThan(150 * KILOBYTE);
    expect(statSync(join(folder, name, 'index.mjs')).size).toBeLessThanOrEqual(bareClient + BUDGET);
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

  /** What `admin` loads when it is needed, and what that shares with the rest. */
  const SPLIT = ['bowser.mjs', 'chunk.mjs', 'data.mjs'];
  const filesOf = (name: string) => [...(name === 'admin' ? SPLIT : []), 'index.mjs'];

  it.each(names)('%s is one file, admin four: source maps are kept, but not deployed', (name) => {
    expect(readdirSync(join(folder, name)).toSorted()).toEqual(filesOf(name));
    expect(statSync(join(folder, '../source-maps', name, 'index.mjs.map')).size).toBeGreaterThan(0);
  });

  it('start as they are deployed, far from node_modules, and export their handler', async () => {
    const script = `for (const name of ${JSON.stringify(names)}) {
      const { handler } = await import(${JSON.stringify(folder)} + '/' + name + '/index.mjs');
      if (typeof handler !== 'function') throw new Error(name + ' exports no handler');
    }
    console.log('all started');`;
    const options = { env: ENVIRONMENT, cwd: '/' };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], options);
    expect(stdout).toContain('all started');
  });
});
