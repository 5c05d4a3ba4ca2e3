import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { PATIENCE_MILLISECONDS } from '../../support/patience.ts';
import { verifyEvidence } from '../../support/plain-verifier.ts';
import { type TestClient, World } from '../../support/world.ts';
import { goodAccount, STACK } from '../doctor/doctor-deployment.ts';
import { FakeAws } from '../support/aws-account.ts';
import { cibaInOne as ciba } from '../support/ciba-in-one.ts';

const OPERATOR = 'arn:aws:iam::000000000000:user/local-operator';
type Change = {
  at: number;
  event: string;
  outcome?: string;
  txn?: string;
  records: (Record<string, unknown> & { phase?: string })[];
};

let world: World;
let env: Record<string, string>;
let client: TestClient;
let sub: string;
let txn: string;
const folder = mkdtempSync(join(tmpdir(), 'ciba-audit-'));

beforeAll(async () => {
  world = await World.start({ dataFolder: folder });
  const { runtime } = world;
  runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(runtime), runtime);
  env = { CIBA_URL: runtime.url };
  client = await world.client({ client_id: 'bank' });
  await world.client({ client_id: 'kiosk' });
  const person = await world.person();
  ({ sub } = person);
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  txn = createHash('sha256').update(requestId).digest('hex').slice(0, 16);
  await world.answer(person.phone, requestId, 'approve');
  expect((await world.poll(client, authReqId)).status).toBe(200);
  // What is only in the log comes after the answer.
  const issued = () => runtime.audit.lines.some((line) => line.includes('tokens_issued'));
  await vi.waitFor(() => expect(issued()).toBe(true), PATIENCE_MILLISECONDS);
  await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

async function audited(...args: string[]): Promise<Change[]> {
  const { code, stdout, stderr } = await ciba(['audit', '--json', ...args], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
const told = (changes: readonly Change[]) => changes.map(({ event, outcome }) => `${event} ${outcome ?? '-'}`);

describe('ciba audit on the local runtime', () => {
  it('shows what happened to a user, with what became of it', async () => {
    const changes = await audited('--user', sub);
    expect(told(changes)).toEqual([
      'user_created done',
      'ticket_created done',
      'device_enrolled done',
      'decision_recorded done',
      'tokens_issued -',
      'user_updated done',
    ]);
    const decision = changes[3];
    expect(decision?.txn).toBe(txn);
    expect(decision?.records.map(({ phase }) => phase)).toEqual(['intended', 'done']);
    expect(JSON.stringify(changes)).not.toContain('publicKey');
  });

  it('shows what concerns a client: its registration, decisions that it asked for, and its tokens', async () => {
    const changes = await audited('--client', client.client_id);
    expect(told(changes)).toEqual(['client_created done', 'decision_recorded done', 'tokens_issued -']);
  });

  it('shows one request by its txn', async () => {
    expect(told(await audited('--txn', txn))).toEqual(['decision_recorded done', 'tokens_issued -']);
  });

  it('shows what an operator did; several filters must all hold', async () => {
    const changes = await audited('--actor', OPERATOR, '--user', sub);
    expect(told(changes)).toEqual(['user_created done', 'ticket_created done', 'user_updated done']);
    expect(told(await audited('--actor', 'arn:aws:iam::1:user/nobody'))).toEqual([]);
  });

  it('is one line for people, without what could control the terminal', async () => {
    const { code, stdout, stderr } = await ciba(['audit', '--txn', txn, '--since', '1h'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [decision, tokens] = stdout.trimEnd().split('\n');
    expect(decision).toMatch(
      new RegExp(
        `^20\\d\\d-.*Z  decision_recorded {7}done {13}txn=${txn}  user=.*  decision=approve  result=recorded$`,
      ),
    );
    expect(tokens).toMatch(/ {2}tokens_issued +- +txn=.* {2}client=bank {2}jti=[\w-]{22}$/);
    const blocked = await ciba(['audit', '--user', sub, '--actor', OPERATOR], { env });
    expect(blocked.stdout).toMatch(/user_updated +done .*changed=blocked:true {2}by=arn:/);
  });

  it('has the records of the range alone', async () => {
    expect(await audited('--since', '2026-01-01', '--until', '2026-01-02')).toEqual([]);
    expect((await audited('--since', '2020-01-01')).length).toBeGreaterThan(8);
  });

  it('says that an outcome is unknown when the function died after the intention', async () => {
    const at = Math.floor(Date.now() / 1000);
    const intention = { v: 1, id: 'i', at, service: 'admin', change: 'c', phase: 'intended', by: OPERATOR };
    world.runtime.audit.add(JSON.stringify({ ...intention, event: 'client_removed', clientId: 'died' }));
    const { stdout } = await ciba(['audit', '--client', 'died'], { env });
    expect(stdout).toMatch(/client_removed +outcome unknown +client=died/);
  });

  it('remembers it in the data folder', () => {
    const kept = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
    expect(kept).toEqual(world.runtime.audit.lines);
  });

  it('says so when the provider is no local runtime of this version', async () => {
    const { localRoutes } = world.runtime.gateway;
    world.runtime.gateway.localRoutes = undefined;
    const { code, stderr } = await ciba(['audit'], { env });
    world.runtime.gateway.localRoutes = localRoutes;
    expect(code).toBe(1);
    expect(stderr).toContain('answered 404');
  });
});

describe('ciba audit on a deployment', () => {
  const aws = new FakeAws(goodAccount());
  let stackEnv: Record<string, string>;
  beforeAll(async () => {
    stackEnv = {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_CLOUDFORMATION: await aws.listen(),
      AWS_ENDPOINT_URL_S3: world.runtime.awsEndpoint,
    };
    aws.account.stack.outputs['AuditBucket'] = 'local-audit';
  });
  afterAll(() => aws.close());
  const run = (...args: string[]) => ciba(args, { env: stackEnv });

  it('finds the bucket in the outputs of the stack, and says that records may still arrive', async () => {
    const { code, stdout, stderr } = await run('audit', '--stack', STACK, '--txn', txn);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'ciba: Records of the last 5 minutes may still arrive.\n' });
    expect(stdout).toContain('decision_recorded');
    const past = await run('audit', '--stack', STACK, '--until', '2026-01-01', '--since', '2025-12-31');
    expect(past).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('signs each call with the identity of the operator', async () => {
    world.runtime.aws.calls.length = 0;
    await run('audit', '--bucket', 'local-audit', '--since', '1h');
    const calls = world.runtime.aws.calls.map(({ caller, service, action }) => `${caller} ${service} ${action}`);
    expect(new Set(calls)).toEqual(new Set(['AKIDEXAMPLE s3 ListObjectsV2', 'AKIDEXAMPLE s3 GetObject']));
  });

  it('exports evidence from the bucket, with the key that the admin API of the deployment returns', async () => {
    const { code, stdout } = await run('evidence', txn, '--stack', STACK, '--url', world.runtime.url);
    expect(code).toBe(0);
    expect(() => verifyEvidence(Buffer.from(stdout))).not.toThrow();
  });

  it('names a bucket in the environment, and S3 says when there is none', async () => {
    const { code, stderr } = await ciba(['audit'], { env: { ...stackEnv, CIBA_AUDIT_BUCKET: 'nope' } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'ciba: Amazon S3 refused: The specified bucket does not exist. Check --region, --profile, and what your AWS identity may do; the help of the command lists it.\n',
    });
  });

  it('says that a development stage has no bucket', async () => {
    const { AuditBucket, ...outputs } = aws.account.stack.outputs;
    aws.account.stack.outputs = outputs;
    const { code, stderr } = await run('audit', '--stack', STACK);
    aws.account.stack.outputs = { ...outputs, ...(AuditBucket !== undefined && { AuditBucket }) };
    expect(code).toBe(1);
    expect(stderr).toContain('has no audit bucket: events of a development stage are only in its logs');
  });

  it('counts what the delivery stream put aside, which is not in the list, and exits 1', async () => {
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    const objects = `<Contents><Key>not-delivered/processing-failed/${day}/x</Key></Contents>`;
    world.runtime.aws.interference = ({ action, input }) =>
      action === 'ListObjectsV2' && input['prefix'] === 'not-delivered/' ? { status: 200, body: objects } : undefined;
    const { code, stdout, stderr } = await run('audit', '--stack', STACK, '--txn', txn);
    world.runtime.aws.interference = undefined;
    expect(code).toBe(1);
    expect(stdout).toContain('decision_recorded');
    expect(stderr).toContain('Not in this list: 1 objects under not-delivered/');
  });
});
