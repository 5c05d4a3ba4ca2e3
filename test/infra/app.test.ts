import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const { app, context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
const run = promisify(execFile);
const outdir = mkdtempSync(join(tmpdir(), 'ciba-app-'));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Runs the app as the CDK command line does. */
async function runApp(own: Record<string, string>, place: Record<string, string> = {}) {
  const cdk = { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...own }), ...place };
  const env = { ...process.env, ...cdk };
  const [, ...args] = app.split(' ');
  const { stderr, code } = await run(process.execPath, args, { cwd: ROOT, env }).then(
    ({ stderr }) => ({ stderr, code: 0 }),
    (error: { stderr: string; code: number }) => ({ stderr: error.stderr, code: error.code }),
  );
  return { stderr, code };
}

describe('the app', () => {
  it('makes one stack, so that cdk deploy needs no argument, and protects it from being deleted', async () => {
    const { code, stderr } = await runApp({});
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
    const stacks = Object.entries<{ type: string; properties: object }>(artifacts).filter(
      ([, { type }]) => type === 'aws:cloudformation:stack',
    );
    expect(stacks.map(([name]) => name)).toEqual(['ciba-main']);
    expect(stacks[0]?.[1].properties).toMatchObject({ terminationProtection: true });
  });

  it('is made for the place that the credentials lead to, as if the settings named it', async () => {
    // Where a place is named later, versions of unchanged functions must not be made anew: Lambda refuses that.
    const place = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
    const { code, stderr } = await runApp({}, place);
    expect([code, stderr]).toEqual([0, '']);
    const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
    expect(artifacts['ciba-main'].environment).toBe('aws://123456789012/eu-west-1');
    const { Resources } = JSON.parse(readFileSync(join(outdir, 'ciba-main.template.json'), 'utf8'));
    const buckets = Object.values<{ Type: string; Properties: { Code: { S3Bucket: unknown } } }>(Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => Properties.Code.S3Bucket);
    expect(new Set(buckets)).toEqual(new Set(['cdk-hnb659fds-assets-123456789012-eu-west-1']));
  });

  it('stops at wrong settings with one sentence and no stack trace', async () => {
    const { code, stderr } = await runApp({ stage: 'nowhere' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no file infra\/stages\/nowhere\.json: [^\n]+\n$/);
  });

  it('stops at a mistyped context, which would deploy the minimal setting', async () => {
    const { code, stderr } = await runApp({ stgae: 'dev' });
    expect(code).toBe(1);
    expect(stderr).toBe('There is no context "stgae": remove it, or name a stage with "-c stage=…".\n');
  });
});
