import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { demoSeed } from '../../../local/demo/seed-file.ts';
import { authorityFolder } from '../../../local/tls/authority-files.ts';
import { World } from '../../support/world.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';

let home: string;
let world: World;
let url: string;
let ca: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ciba-https-'));
  const authority = authorityFolder({ XDG_DATA_HOME: home });
  world = await World.start({ clock: 'running', https: { port: 0, authority } });
  const demo = new DemoWorld(world.runtime);
  world.runtime.gateway.localRoutes = createLocalRoutes(demo, world.runtime);
  await demo.createFrom(demoSeed);
  url = world.runtime.url;
  ca = world.runtime.secure?.authority.path ?? '';
});
afterAll(async () => {
  await world?.close();
  await rm(home, { recursive: true });
});

const list = (args: readonly string[], env: Record<string, string> = {}) =>
  cibaInOne(['client', 'list', '--json', '--url', url, ...args], { env });
const LISTED = { code: 0, stdout: expect.stringContaining('call-centre'), stderr: '' };

describe('ciba over https', () => {
  it('trusts the authority of this machine by itself, when the provider is local', async () => {
    expect(url).toMatch(/^https:/);
    expect(await list([], { XDG_DATA_HOME: home })).toMatchObject(LISTED);
  });

  it('says what to do about an authority that it does not trust', async () => {
    const { code, stderr } = await list([], { XDG_DATA_HOME: '/nonexistent/other' });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `ciba: No answer from ${url}: its certificate is from an authority that is not trusted here. Give --ca, or set CIBA_CA, with the file of the authority that npm start printed.\n`,
    );
  });

  it('trusts the certificates of --ca', async () => {
    expect(await list(['--ca', ca], { XDG_DATA_HOME: '/nonexistent/a' })).toMatchObject(LISTED);
  });

  it('trusts those of CIBA_CA, and asks --ca first', async () => {
    const env = { XDG_DATA_HOME: '/nonexistent/b', CIBA_CA: ca };
    expect(await list([], env)).toMatchObject(LISTED);
    const { stderr } = await list(['--ca', join(home, 'missing.pem')], env);
    expect(stderr).toMatch(/^ciba: --ca must name a file of certificates: \S+missing\.pem cannot be read\n/);
  });

  it.each([
    ['nothing', '', 'has no certificate in PEM'],
    [
      'a damaged certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'has a damaged certificate',
    ],
  ])('refuses a file with %s, before it calls anybody', async (what, content, says) => {
    const file = join(home, `${what.length}.pem`);
    await writeFile(file, content);
    const { code, stderr } = await list([], { CIBA_CA: file, XDG_DATA_HOME: home });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`CIBA_CA must name a file of certificates: ${file} ${says}`),
    ]);
  });

  it('plays a whole login, with a ping to an endpoint of its own', async () => {
    const { code, stdout } = await cibaInOne(['trigger', 'ping', '--json', '--url', url], {
      env: { XDG_DATA_HOME: home },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'as_expected', issuer: `${url}/` });
  });

  it('finds nothing broken with ciba doctor', async () => {
    const { code, stdout } = await cibaInOne(['doctor', '--url', url], { env: { XDG_DATA_HOME: home } });
    expect(stdout).toMatch(/✓ TLS certificate\s+Valid until/);
    expect(stdout).toMatch(/✓ A login/);
    expect(code).toBe(0);
  });
});

describe('an address without TLS, where the issuer has it', () => {
  it('serves a whole login of ciba too', async () => {
    const args = ['trigger', 'approve', '--json', '--url', world.runtime.plainUrl];
    const { stdout, stderr } = await cibaInOne(args, { env: { XDG_DATA_HOME: home } });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'as_expected' });
  });

  it('leads pages to the issuer, because the page calls where it comes from', async () => {
    const answer = await fetch(`${world.runtime.plainUrl}/demo/phone?user=ana`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${url}/demo/phone?user=ana`]);
  });
});
