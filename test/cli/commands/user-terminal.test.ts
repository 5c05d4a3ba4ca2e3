import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { hasTerminals } from '../../support/engines.ts';
import { prepared } from '../../support/prepared.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

let runtime: Runtime;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  folder = mkdtempSync(join(tmpdir(), 'ciba-users-'));
  env = { CIBA_URL: runtime.url, XDG_CONFIG_HOME: folder };
});
afterAll(async () => {
  await runtime?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasTerminals())('users in a terminal', () => {
  it('an import says how far it is, removes that line, and shows the result', async () => {
    const path = join(folder, 'users.csv');
    const rows = Array.from({ length: 400 }, (_, at) => `terminal-${at}`);
    writeFileSync(path, `sub\n${rows.join('\n')}\n`);
    const { code, screen } = await inTerminal(`${CIBA} user import ${path} --concurrency 2`, { env });
    expect(code).toBe(0);
    expect(screen).toMatch(/\d+ of 400 lines/);
    const [, result = ''] = screen.split('\u001B[KRead ');
    expect(result).toMatch(/^400 of 400 lines\.\n\ncreated +400\n/);
  });

  it('an invitation is a QR code and a link', async () => {
    const { code, screen } = await inTerminal(`${CIBA} user invite guest@example.com --create`, { env });
    expect(code).toBe(0);
    expect(screen).toContain('\u001B[97;40m');
    expect(screen).toMatch(/ciba:\/\/enrol\?issuer=\S+&ticket=\S+\n\nguest@example\.com can enrol one phone/);
    const { screen: plain } = await inTerminal(`${CIBA} user invite guest@example.com --no-qr`, { env });
    expect(plain).not.toContain('\u001B[97;40m');
  });

  it.each([80, 200])('a list fits %i columns: a table if it can, else one field on each line', async (columns) => {
    const { screen } = await inTerminal(`${CIBA} user list --email-prefix guest@`, {
      env: { ...env, NO_COLOR: '1' },
      columns,
    });
    // What was shown while it waited is gone from the screen.
    const shown = screen.split('\u001B[K').at(-1) ?? '';
    expect(shown).toContain('guest@example.com');
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(/^SUB +NAME/.test(shown)).toBe(columns === 200);
  });
});
