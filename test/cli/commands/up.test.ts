import { describe, expect, it } from 'vitest';
import { ciba } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';

describe('ciba up', () => {
  it('runs the provider as npm start does, with its options after --, and ends by a signal', async () => {
    const run = startCiba(['up', '--', '--port', '0', '--limits', 'off']);
    const [, url = ''] = await run.said(/^ready (http:\S+)$/m);
    const discovered = await fetch(`${url}/.well-known/openid-configuration`);
    expect(await discovered.json()).toMatchObject({ issuer: `${url}/` });
    const asked = startCiba(['ask', 'ana@example.com', '--requested-expiry', '10', '--json'], {
      env: { CIBA_URL: url },
    });
    expect((await asked.ended).code).toBe(4);
    run.kill('SIGTERM');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stopped\. Nothing is kept; --data DIR keeps it\.$/m);
  });

  it('names a wrong option of npm start, and exits 1', async () => {
    const { code, stderr } = await ciba(['up', '--', '--prot', '1']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no option --prot. Did you mean --port?');
  });
});
