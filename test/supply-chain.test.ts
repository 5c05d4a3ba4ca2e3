import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDigest, digestOf, fetchDynamoDBLocal, isDynamoDBLocalFetched } from '../local/aws/dynamodb-local.ts';

// What is fetched outside package-lock.json is compared with a hash in the repository before it runs.

const root = join(import.meta.dirname, '..');
const load = (file: string) => import(join(root, file));
const json = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8'));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supply-chain-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the Node that the npm package `node` fetches by itself', () => {
  it('has the hash in the repository, which is for the version in package.json', async () => {
    const { NODE_VERSION, faultOfNodeBinary } = await load('.ci/check-node-binary.mjs');
    const { optionalDependencies, scripts } = await json('package.json');
    expect(NODE_VERSION).toBe(optionalDependencies.node);
    expect(faultOfNodeBinary(root)).toBeUndefined();
    // The Node that runs npm checks it, not the one that was fetched.
    expect(scripts.prepare).toBe('"$npm_node_execpath" .ci/check-node-binary.mjs');
  });

  it('is refused when one byte is another, and goes unchecked on a machine for which there is no hash', async () => {
    const { faultOfNodeBinary } = await load('.ci/check-node-binary.mjs');
    expect(faultOfNodeBinary(folder)).toBeUndefined();
    await mkdir(join(folder, 'node_modules/node/bin'), { recursive: true });
    await writeFile(join(folder, 'node_modules/node/bin/node'), 'another program');
    expect(faultOfNodeBinary(folder)).toContain('has the SHA-256');
    expect(faultOfNodeBinary(folder, {})).toBeUndefined();
    const machine = `${process.platform}-${process.arch}`;
    const hash = createHash('sha256').update('another program').digest('hex');
    expect(faultOfNodeBinary(folder, { [machine]: hash })).toBeUndefined();
  });
});

describe('AWS’s DynamoDB Local', () => {
  it.skipIf(!isDynamoDBLocalFetched())('has the hash in the repository', async () => {
    await expect(checkDigest(await fetchDynamoDBLocal())).resolves.toBeUndefined();
  });

  it('is not run with another jar, another library or one more', async () => {
    const jars = join(folder, 'emulator');
    await mkdir(join(jars, 'DynamoDBLocal_lib'), { recursive: true });
    await writeFile(join(jars, 'DynamoDBLocal.jar'), 'jar');
    await writeFile(join(jars, 'DynamoDBLocal_lib/a.so'), 'library');
    const digest = await digestOf(jars);
    await writeFile(join(jars, 'metadata.json'), 'what it writes while it runs');
    await expect(checkDigest(jars, digest)).resolves.toBeUndefined();
    await writeFile(join(jars, 'DynamoDBLocal_lib/b.jar'), 'one more');
    await expect(checkDigest(jars, digest)).rejects.toThrow('have the digest');
    await rm(join(jars, 'DynamoDBLocal_lib/b.jar'));
    await writeFile(join(jars, 'DynamoDBLocal.jar'), 'another');
    await expect(checkDigest(jars, digest)).rejects.toThrow('have the digest');
  });
});

describe('npm audit in CI', () => {
  const report = (counts: object, vulnerabilities: object) =>
    JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { total: 1, ...counts } } });

  it('fails for a finding of high or critical severity, and names it', async () => {
    const { judgeAudit } = await load('.ci/audit.mjs');
    for (const severity of ['high', 'critical']) {
      const judged = judgeAudit(report({ [severity]: 1 }, { evil: { severity }, mild: { severity: 'low' } }));
      expect(judged).toEqual({ isRed: true, line: `npm audit: 1 findings, severe ones in evil (${severity})` });
    }
  });

  it('reports lesser findings and goes on', async () => {
    const { judgeAudit } = await load('.ci/audit.mjs');
    expect(judgeAudit(report({ moderate: 1 }, { mild: { severity: 'moderate' } })).isRed).toBe(false);
  });

  it.each([
    [
      'a registry that does not know the question',
      '{"message":"405 Method Not Allowed - POST https://r/","statusCode":405}',
      '405 Method Not Allowed',
    ],
    ['no network', '{"error":{"code":"ENOAUDIT","summary":"request failed"}}', 'request failed'],
    ['no answer', '', 'npm printed no report'],
  ])('says that it was not possible with %s, and goes on', async (_what, printed, why) => {
    const { judgeAudit } = await load('.ci/audit.mjs');
    const { isRed, line } = judgeAudit(printed);
    expect(isRed).toBe(false);
    expect(line).toContain(`not possible here, nothing was checked (${why}`);
  });

  it('is part of CI, right after the packages are installed', async () => {
    expect(existsSync(join(root, '.ci/audit.mjs'))).toBe(true);
    expect(await readFile(join(root, '.ci/run'), 'utf8')).toContain('npm ci && node .ci/audit.mjs && npm test');
  });
});
