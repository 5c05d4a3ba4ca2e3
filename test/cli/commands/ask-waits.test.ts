import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../support/world.ts';
import { ciba } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';

// What `ciba ask` waits for in real time: ten seconds and more each.

let world: World;
let env: Record<string, string>;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  env = { CIBA_URL: world.runtime.url };
  folder = mkdtempSync(join(tmpdir(), 'ciba-ask-'));
});
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('ciba ask', () => {
  it.concurrent('polls more slowly after slow_down, and says so (CIBA §11)', async () => {
    const client = await world.client();
    const { email, phone } = await world.person();
    const secret = file('slow.secret', client.client_secret);
    const run = startCiba(['ask', email, '--client', client.client_id, '--secret-file', secret, '--json'], { env });
    await run.said(/^2\. Asked .* \(txn [0-9a-f]{16}\)$/m);
    const [request] = await phone.list();
    const requestId = String(request?.request_id);
    // The provider's clock stands still, so the second poll comes too early for it.
    await run.said(/No answer yet\.\n.*\(slow_down\): polling every 10 s from now on\./);
    await world.answer(phone, requestId, 'approve');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'approved', interval: 10, polls: 3 });
  });

  it.concurrent('exits 4 when nobody answers in time', async () => {
    const client = await world.client();
    const { email } = await world.person();
    const secret = file('expired.secret', client.client_secret);
    const options = ['--client', client.client_id, '--secret-file', secret, '--requested-expiry', '10', '--json'];
    const { code, stdout } = await ciba(['ask', email, ...options], { env });
    expect(code).toBe(4);
    const next = expect.stringContaining('Do not ask again by yourself');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'expired', refusal: { error: 'expired_token', next } });
  });
});
