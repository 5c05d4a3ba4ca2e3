import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { addRecent } from '../../../local/aws/recent.ts';
import { SnsStandIn } from '../../../local/aws/sns.ts';
import { AuditRecords } from '../../../local/runtime/audit-records.ts';
import { PushService } from '../../../local/runtime/push-service.ts';
import { tableNames } from '../../../local/runtime/tables.ts';
import { World } from '../../support/world.ts';

const LOGINS = 10_000;

describe('what the local runtime holds is bounded over ten thousand logins', () => {
  it('keeps the last items of a list and returns those that it drops', () => {
    const items: number[] = [];
    const dropped = Array.from({ length: LOGINS }, (_, index) => addRecent(items, index, 100)).flat();
    expect(items).toEqual(Array.from({ length: 100 }, (_, index) => LOGINS - 100 + index));
    expect(dropped).toHaveLength(LOGINS - 100);
  });

  it('drops pushes that nobody fetched when they expire', () => {
    const sns = new SnsStandIn();
    let now = 0;
    const push = new PushService(sns, () => now, 50);
    for (let login = 0; login < LOGINS; login += 1) {
      now = login;
      sns.emit('delivery', {
        endpointArn: '',
        token: `phone-${login % 500}`,
        attributes: {},
        expiresAt: now + 120,
        payload: {},
      });
    }
    expect(push.deliveries).toHaveLength(50);
    push.sweep();
    expect(push.waiting).toBeLessThanOrEqual(120);
    now += 120;
    push.sweep();
    expect(push.waiting).toBe(0);
  });

  it('keeps the last audit records in memory', () => {
    const audit = new AuditRecords(undefined, 100);
    for (let login = 0; login < LOGINS; login += 1) audit.add(JSON.stringify({ id: login, at: 1 }));
    expect(audit.lines).toHaveLength(100);
    expect(audit.lines.at(-1)).toContain(String(LOGINS - 1));
  });

  it('keeps all audit records in the file of a data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ciba-audit-'));
    const audit = new AuditRecords(folder, 10);
    for (let login = 0; login < 100; login += 1) audit.add(JSON.stringify({ id: login, at: 1 }));
    expect(audit.lines).toHaveLength(100);
    expect(new AuditRecords(folder, 10).lines).toHaveLength(100);
    await rm(folder, { recursive: true });
  });

  it('sweeps the tables by TTL, so that logins leave nothing behind', async () => {
    const world = await World.start({ remembers: 20 });
    const client = await world.client();
    const { email, phone } = await world.person();
    const { runtime } = world;
    const login = async () => {
      const { authReqId, requestId } = await world.asked(client, { login_hint: email });
      const { bytes } = await phone.read(requestId);
      await phone.answer(requestId, bytes, 'approve');
      expect((await world.poll(client, authReqId)).status).toBe(200);
    };
    const before = await countItems(runtime.awsEndpoint);
    for (let count = 0; count < 10; count += 1) await login();
    await runtime.sweep();
    expect(await countItems(runtime.awsEndpoint)).toBeGreaterThan(before);
    runtime.advance(A_WEEK);
    await runtime.sweep();
    expect(await countItems(runtime.awsEndpoint)).toBeLessThanOrEqual(before);
    expect(runtime.aws.calls).toHaveLength(20);
    expect(runtime.push.deliveries.length).toBeLessThanOrEqual(20);
    await login();
    await runtime.close();
  });
});

const A_WEEK = 7 * 86_400;

/** Counts the items of both tables. */
async function countItems(endpoint: string): Promise<number> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  const tables = Object.values(tableNames).map((TableName) =>
    client.send(new ScanCommand({ TableName, Select: 'COUNT' })),
  );
  const counts = await Promise.all(tables);
  client.destroy();
  return counts.reduce((sum, { Count = 0 }) => sum + Count, 0);
}
