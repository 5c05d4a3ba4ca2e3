import { describe, expect, it } from 'vitest';
import { ciba } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';

describe('ciba up', () => {
  it('runs the provider as npm start does, with its options, and ends by a signal', async () => {
    const run = startCiba(['up', '--port', '0', '--limits', 'off']);
    const [, url = ''] = await run.said(/^ready (http:\S+)$/m);
    const discovered = await fetch(`${url}/.well-known/openid-configuration`);
    expect(await discovered.json()).toMatchObject({ issuer: `${url}/` });
    const { code: listed, stdout: clients } = await ciba(['client', 'list', '--json'], { env: { CIBA_URL: url } });
    expect([listed, clients.includes('call-centre')]).toEqual([0, true]);
    run.kill('SIGTERM');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stopped\. Nothing is kept; --data DIR keeps it\.$/m);
  });

  it('takes the options of npm start after --, too', async () => {
    const { code, stdout } = await ciba(['up', '--', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^npm start -- \[options\]$/m);
  });

  it.each([
    [['up', '3001'], { npm_config_port: 'true' }, 'ciba up takes options only, not "3001"', '--port'],
    [['client', 'list', '3'], { npm_config_limit: 'true' }, '"3" is one argument too many', '--limit'],
    [['client', 'show'], { npm_config_json: 'true' }, 'CLIENT_ID is missing', '--json'],
  ])('says that npm took an option for itself: %j', async (args, taken, message, option) => {
    const { code, stderr } = await ciba(args, { env: { npm_lifecycle_event: 'ciba', ...taken } });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`npm took ${option} for itself: write npm run ciba -- … ${option} …, with -- after ciba`);
    // Without npm, the variable is somebody else's.
    expect((await ciba(args, { env: taken })).stderr).not.toContain('npm took');
  });

  it('names a wrong option, and the nearest that there is', async () => {
    const { code, stderr } = await ciba(['up', '--prot', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('There is no option --prot; did you mean --port?');
  });

  it('names a wrong option of npm start after --, and exits 1', async () => {
    const { code, stderr } = await ciba(['up', '--', '--prot', '1']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no option --prot. Did you mean --port?');
  });
});
