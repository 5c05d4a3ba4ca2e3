import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleFunctions, bundleOptions } from '../../../infra/functions/bundles.ts';
import { type FunctionName, functionNames } from '../../../infra/functions/deployed-functions.ts';

/** The design's budget: the first import of a bundle against that of a bare client bundled the same way. */
const BUDGET = 1.3;
/** `admin` has all routes of operators, and nobody who logs in waits for it (docs/adr/0022). */
const OWN_BUDGETS: Partial<Record<FunctionName, number>> = { admin: 1.4 };
const budgetOf = (name: FunctionName) => OWN_BUDGETS[name] ?? BUDGET;
/** The same on a machine whose caches others use: a bundle is larger than the bare client, and suffers more. */
const BUSY_BUDGET = 1.4;
const isBusy = () => (loadavg()[0] ?? 0) > 1.5 * availableParallelism();
const RUNS = 9;
const MOST_RUNS = 150;
/**
 * What every function needs at least: a client, made when the module loads, as Lambda functions do, and able to send.
 */
const BARE = `import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = () => client.send(new GetItemCommand({}));`;

let folder: string;
let bare: string;
let bundles: string;
beforeAll(() => {
  bundles = bundleFunctions();
  folder = mkdtempSync(join(tmpdir(), 'ciba-bare-'));
  bare = join(folder, 'bare.mjs');
  const stdin = { contents: BARE, resolveDir: join(import.meta.dirname, '../../../provider') };
  const [file] = buildSync({ ...bundleOptions, stdin, outdir: folder }).outputFiles;
  writeFileSync(bare, file?.text ?? '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const ENVIRONMENT = {
  ISSUER: 'https://op.example/',
  DIRECTORY_TABLE: 'D',
  TRANSACTIONS_TABLE: 'T',
  SIGNING_KMS_KEY: 'K',
  NOTIFICATION_TOPIC: 'N',
  NOTIFICATION_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/0/Q',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/0/D',
  METRICS_NAMESPACE: 'Ciba/test',
  AWS_REGION: 'eu-central-1',
};

/** CPU milliseconds of importing a file in a fresh process. */
function importOnce(file: string): number {
  const script = `const before = process.cpuUsage(); await import(${JSON.stringify(file)}); const { user, system } = process.cpuUsage(before); process.stdout.write(String((user + system) / 1000));`;
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: ENVIRONMENT, encoding: 'utf8' }),
  );
}

/**
 * The ratio of two imports, which take turns. Each import's least of all runs is the one that nothing disturbed. On a
 * busy machine there may be no such run; then the median of the pairs tells more, because whatever disturbs a pair
 * disturbs both of it. Where neither shows that the budget holds, more runs tell whether it was the bundle or the
 * machine.
 */
function ratio(name: FunctionName): number {
  const own: number[] = [];
  const bares: number[] = [];
  let measured = Number.POSITIVE_INFINITY;
  while (own.length < RUNS || (own.length < MOST_RUNS && measured > budgetOf(name))) {
    own.push(importOnce(join(bundles, name, 'index.mjs')));
    bares.push(importOnce(bare));
    const pairs = own.map((milliseconds, run) => milliseconds / (bares[run] ?? milliseconds));
    const median = pairs.sort((a, b) => a - b)[Math.floor(pairs.length / 2)] ?? Number.POSITIVE_INFINITY;
    measured = Math.min(median, Math.min(...own) / Math.min(...bares));
  }
  return measured;
}

it.each(functionNames)(
  '%s is imported within 1.3 times the CPU time of a bare DynamoDB client, admin within 1.4',
  { timeout: 300_000 },
  (name) => {
    const measured = ratio(name);
    console.log(`${name}: ${measured.toFixed(2)} times the bare client`);
    expect(measured).toBeLessThanOrEqual(isBusy() ? Math.max(BUSY_BUDGET, budgetOf(name)) : budgetOf(name));
  },
);
