import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { ciba } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';

const COUNT = 10_000;
let runtime: Runtime;
let folder: string;
beforeAll(async () => {
  runtime = await startRuntime({ port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'ciba-import-'));
});
afterAll(async () => {
  await runtime?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Report = Readonly<Record<'created' | 'unchanged' | 'skipped', number>> & {
  readonly rejected: readonly { readonly line: number }[];
};
type Page = { readonly users: readonly { readonly sub: string }[] };

it('10,000 users are imported, with bad lines, interrupted in the middle and once more by a kill, and nobody is made twice', async () => {
  const subs = Array.from({ length: COUNT }, (_, at) => `crm-${String(at).padStart(6, '0')}`);
  const isBad = (at: number) => at % 500 === 250;
  const rows = subs.map((sub, at) => `${sub},${isBad(at) ? 'no address' : `${sub}@example.com`},true,"Name, ${at}"`);
  const path = join(folder, 'users.csv');
  writeFileSync(path, `sub,email,email_verified,name\n${rows.join('\n')}\n`);
  const good = subs.filter((_, at) => !isBad(at));
  const env = { CIBA_URL: runtime.url };
  const begin = performance.now();
  /** The lines are imported in their order. */
  const isThere = async (at: number) => (await fetch(`${runtime.url}/admin/users/${subs[at]}`)).status === 200;

  const first = startCiba(['user', 'import', path, '--json'], { env });
  await expect.poll(() => isThere(2000), { timeout: 200_000, interval: 500 }).toBe(true);
  first.kill('SIGINT');
  const interrupted = await first.ended;
  expect(interrupted.code).toBe(130);

  const second = startCiba(['user', 'import', path, '--json'], { env });
  await expect.poll(() => isThere(6000), { timeout: 400_000, interval: 500 }).toBe(true);
  second.kill('SIGKILL');
  await second.ended;

  const third = await ciba(['user', 'import', path, '--json'], { env });
  expect(third.code).toBe(7);
  const report = JSON.parse(third.stdout) as Report;
  expect(report.created + report.unchanged).toBe(good.length);
  expect(report.unchanged).toBeGreaterThan(6000 - 20);
  expect(report.skipped).toBe(0);
  expect(report.rejected).toHaveLength(COUNT / 500);
  const listed = JSON.parse((await ciba(['user', 'list', '--all', '--json'], { env })).stdout) as Page;
  expect(listed.users.map(({ sub }) => sub).filter((sub) => sub.startsWith('crm-'))).toEqual(good);
  console.log(`10,000 users in three runs: ${Math.round((performance.now() - begin) / 1000)} s`);
}, 1_200_000);
