import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkEvidenceFile } from '../../cli/audit-trail/evidence-file.ts';
import { DemoWorld } from '../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../local/demo/local-routes.ts';
import { isProven } from '../../provider/core/deciding/evidence-check.ts';
import { ciba } from '../cli/support/ciba-process.ts';
import { verifyEvidence } from '../support/plain-verifier.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { World } from '../support/world.ts';

// One login on the local runtime, its evidence as a file, and two verifiers that share no code.

let world: World;
let env: Record<string, string>;
let folder: string;
const fileOf = (name: string) => join(folder, name);
const txnOf = (requestId: string) => createHash('sha256').update(requestId).digest('hex').slice(0, 16);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ciba-evidence-'));
  world = await World.start();
  const { runtime } = world;
  runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(runtime), runtime);
  env = { CIBA_URL: runtime.url };
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

/** A request of a new person, with the bytes that the phone shows. */
async function asked() {
  const client = await world.client({ scope: 'openid profile' });
  const { email, phone, sub } = await world.person();
  const { authReqId, requestId } = await world.asked(client, { login_hint: email, binding_message: 'Pay 20 € to Ö.' });
  const { bytes } = await phone.read(requestId);
  return { client, sub, phone, authReqId, requestId, bytes, txn: txnOf(requestId) };
}

function plainSays(bytes: Buffer): boolean {
  try {
    verifyEvidence(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('the evidence of a login', () => {
  let file: Buffer;
  let login: Awaited<ReturnType<typeof asked>>;
  beforeAll(async () => {
    login = await asked();
    const { client, phone, authReqId, requestId, bytes, txn } = login;
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    expect((await world.poll(client, authReqId)).status).toBe(200);
    const { code, stdout, stderr } = await ciba(['evidence', txn, '--out', fileOf('login.json')], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('✓ the answer is signed with the key in the file');
    file = readFileSync(fileOf('login.json'));
  });

  it('is exported with the answer, the bytes that were shown, the key and the outcome', () => {
    const { approvals, outcome, ...rest } = JSON.parse(file.toString());
    expect(rest).toMatchObject({ version: 1, txn: login.txn, request_id: login.requestId });
    expect(outcome).toMatchObject({ outcome: 'recorded', decision: 'approve' });
    expect(approvals).toHaveLength(1);
    expect(Buffer.from(approvals[0].details, 'base64url')).toEqual(login.bytes);
    expect(approvals[0]).toMatchObject({ sub: login.sub, public_key: login.phone.identity.publicKey });
  });

  it('is accepted by a verifier that shares no code with the project, and by the command', async () => {
    expect(() => verifyEvidence(file)).not.toThrow();
    const { code, stdout, stderr } = await ciba(['evidence', 'verify', fileOf('login.json')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Pay 20 € to Ö.');
    expect(stdout).not.toContain('✗');
  });

  it('is refused by both after any change of one byte', () => {
    const accepted: string[] = [];
    for (const [at, byte] of file.entries()) {
      // The lowest bit, the case of a letter, and a sign that JSON and base64url both know.
      for (const other of new Set([byte ^ 1, byte ^ 0x20, 0x41])) {
        if (other === byte) continue;
        const changed = Buffer.from(file);
        changed[at] = other;
        if (plainSays(changed)) accepted.push(`plain ${at}: ${other}`);
        if (isProven(checkEvidenceFile(changed))) accepted.push(`ciba ${at}: ${other}`);
      }
    }
    expect(accepted).toEqual([]);
    expect(file.length).toBeGreaterThan(1500);
  });

  it('is refused by both with a byte more or less', () => {
    const without = (at: number) => Buffer.concat([file.subarray(0, at), file.subarray(at + 1)]);
    const others = [...file.keys()].map(without).concat(Buffer.concat([file, Buffer.from('\n')]), Buffer.alloc(0));
    expect(others.filter((one) => plainSays(one) || isProven(checkEvidenceFile(one)))).toEqual([]);
  });

  it('is refused by the command with the check that fails, and exit code 1', async () => {
    writeFileSync(fileOf('changed.json'), file.toString().replace('"decision": "approve"', '"decision": "deny"'));
    const { code, stdout } = await ciba(['evidence', 'verify', fileOf('changed.json'), '--json']);
    expect(code).toBe(1);
    const { proven, checks } = JSON.parse(stdout);
    expect(proven).toBe(false);
    const failed = checks.filter(({ holds }: { holds: boolean }) => !holds);
    expect(failed.map(({ check }: { check: string }) => check)).toEqual(['checksum', 'outcome']);
  });

  it('can be held against the issuer and the key that the reader knows', async () => {
    const { kty, crv, x, y } = login.phone.identity.publicKey;
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    const verified = (...more: string[]) => ciba(['evidence', 'verify', fileOf('login.json'), ...more]);
    expect((await verified('--issuer', world.issuer, `--key=${thumbprint}`)).code).toBe(0);
    const elsewhere = await verified('--issuer', 'https://other.example/');
    expect(elsewhere).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ the answer and the bytes name') });
    const strange = await verified('--key=AAAA');
    expect(strange).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ the key is the one that you expect') });
  });

  it('is printed as the same bytes, and never replaces a file', async () => {
    const { stdout } = await ciba(['evidence', 'export', login.txn], { env });
    expect(stdout).toBe(file.toString());
    const again = await ciba(['evidence', login.txn, '--out', fileOf('login.json')], { env });
    expect(again).toMatchObject({ code: 1, stderr: `ciba: ${fileOf('login.json')} exists. Choose another name.\n` });
    expect(statSync(fileOf('login.json')).mode & 0o777).toBe(0o600);
  });
});

describe('ciba evidence', () => {
  it('exports a denial with its reason', async () => {
    const { phone, requestId, bytes, txn } = await asked();
    const claims = { decision: 'deny', reason: 'fraud' };
    expect((await sendAnswer(world, phone, { requestId, bytes, claims })).status).toBe(204);
    const { stdout } = await ciba(['evidence', txn], { env });
    expect(JSON.parse(stdout).outcome).toMatchObject({ decision: 'deny', reason: 'fraud', outcome: 'recorded' });
    expect(() => verifyEvidence(Buffer.from(stdout))).not.toThrow();
  });

  it('leaves out the answers that decided nothing', async () => {
    const { phone, requestId, bytes, txn } = await asked();
    expect((await phone.answer(requestId, bytes, 'deny')).status).toBe(204);
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(409);
    expect((await phone.answer(requestId, bytes, 'deny')).status).toBe(204);
    const { stdout } = await ciba(['evidence', txn], { env });
    expect(JSON.parse(stdout).outcome).toMatchObject({ decision: 'deny', outcome: 'recorded' });
    expect(() => verifyEvidence(Buffer.from(stdout))).not.toThrow();
  });

  it('opens the evidence of a user who was removed, and of nobody who was erased', async () => {
    const { sub, phone, requestId, bytes, txn } = await asked();
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    await world.admin('DELETE', `/admin/users/${sub}`);
    const { stdout } = await ciba(['evidence', txn], { env });
    expect(() => verifyEvidence(Buffer.from(stdout))).not.toThrow();
    await world.admin('POST', `/admin/users/${sub}/erase`);
    const gone = await ciba(['evidence', txn], { env });
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(gone.stderr).toContain('there is no key that opens it: the user was erased.');
    expect(gone.stderr).toContain(`ciba audit --user ${sub} tells who did it and when`);
    const { stdout: who } = await ciba(['audit', '--user', sub], { env });
    expect(who).toMatch(/user_erased +done .*by=arn:/);
    // The trail still counts the decision, and has the client.
    const { stdout: told } = await ciba(['audit', '--txn', txn], { env });
    expect(told).toMatch(/decision_recorded .*client=\S+ .*decision=approve/);
  });

  it('is in the export of its user with --trail, with what was shown', async () => {
    const { sub, phone, requestId, bytes } = await asked();
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    const { code, stdout } = await ciba(['user', 'export', sub, '--trail'], { env });
    expect(code).toBe(0);
    const { profile, audit_trail: trail } = JSON.parse(stdout);
    expect(profile.profile_id).toMatch(/./);
    const told = trail.map(({ event, phase }: { event: string; phase?: string }) => `${event} ${phase ?? '-'}`);
    expect(told).toEqual(
      expect.arrayContaining(['user_created done', 'device_enrolled done', 'decision_recorded done']),
    );
    const ids = trail.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(trail.every((one: { sub: string }) => one.sub === sub)).toBe(true);
    const evidence = trail.find(({ event }: { event: string }) => event === 'decision_evidence');
    expect(evidence).toMatchObject({ details: { binding_message: 'Pay 20 € to Ö.' }, publicKey: { kty: 'EC' } });
    expect(evidence).not.toHaveProperty('sealed');
  });

  it('has nothing to export of a request that nobody answered, and writes no file', async () => {
    const { txn } = await asked();
    const { code, stdout, stderr } = await ciba(['evidence', txn, '--out', fileOf('none.json')], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`ciba: There is no decision ${txn} in this range. Give an earlier --since.\n`);
    expect(existsSync(fileOf('none.json'))).toBe(false);
  });

  it('tells a wrong TXN, and a file that is not there', async () => {
    const wrong = await ciba(['evidence', 'verfy', '--since', '1d'], { env });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('"verfy" is no TXN') });
    const missing = await ciba(['evidence', 'verify', '/nope.json']);
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("/nope.json can't be read: there is no such file"),
    });
  });
});
