import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StartError } from '../../../local/runtime/start-error.ts';
import { makeServerCertificate } from '../../../local/tls/authority.ts';
import { type Authority, authorityFolder, openAuthority } from '../../../local/tls/authority-files.ts';

const DAY = 86_400_000;
let folder: string;
let authority: Authority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authority-'));
  authority = await openAuthority(join(folder, 'made', 'here'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the authority of a machine', () => {
  it('is made on first use, in a folder and with a key that nobody else can read', async () => {
    expect(authority.isNew).toBe(true);
    const key = join(folder, 'made', 'here', 'authority-key.pem');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'made', 'here'))).mode & 0o777).toBe(0o700);
    expect(await readFile(key, 'utf8')).toContain('-----BEGIN PRIVATE KEY-----');
    expect(await readFile(authority.path, 'utf8')).not.toContain('PRIVATE');
    expect(await readdir(join(folder, 'made', 'here'))).toEqual(['authority-key.pem', 'authority.pem']);
  });

  it('stays the same from start to start', async () => {
    const again = await openAuthority(join(folder, 'made', 'here'));
    expect(again.isNew).toBe(false);
    expect(again.keys.certificate).toBe(authority.keys.certificate);
    expect(await readFile(again.path, 'utf8')).toBe(authority.keys.certificate);
    const { cert } = await makeServerCertificate(again.keys, ['localhost'], new Date());
    expect(new X509Certificate(cert).checkIssued(new X509Certificate(authority.keys.certificate))).toBe(true);
  });

  it('is one, when two starts make it at the same time', async () => {
    const both = await Promise.all([1, 2].map(() => openAuthority(join(folder, 'twice'))));
    const [first, second] = both.map(({ keys }) => keys.certificate);
    expect(first).toBe(second);
  });

  it('has its certificate written again when only that file is gone', async () => {
    await rm(authority.path);
    await openAuthority(join(folder, 'made', 'here'));
    expect(await readFile(authority.path, 'utf8')).toBe(authority.keys.certificate);
  });

  it('is made anew before it ends', async () => {
    const early = await openAuthority(join(folder, 'ending'), new Date('2026-01-01'));
    const kept = await openAuthority(join(folder, 'ending'), new Date('2035-06-01'));
    expect(kept.keys.certificate).toBe(early.keys.certificate);
    const late = await openAuthority(join(folder, 'ending'), new Date('2035-12-01'));
    expect(late.isNew).toBe(true);
    expect(late.keys.name).not.toBe(early.keys.name);
  });

  it('is refused when other users of the machine could read its key', async () => {
    const { path } = await openAuthority(join(folder, 'open'));
    const key = path.replace('authority.pem', 'authority-key.pem');
    await chmod(key, 0o640);
    await expect(openAuthority(join(folder, 'open'))).rejects.toThrow(/can be read by other users: delete it/);
  });

  it.each(['', 'no PEM', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n'])(
    'is refused, and not replaced, when its file is damaged: %j',
    async (text) => {
      const { path } = await openAuthority(join(folder, 'made', 'here'));
      const damaged = await mkdtemp(join(folder, 'damaged-'));
      await writeFile(join(damaged, 'authority-key.pem'), text, { mode: 0o600 });
      const refused = expect(openAuthority(damaged)).rejects;
      await refused.toThrow(StartError);
      expect(await readFile(join(damaged, 'authority-key.pem'), 'utf8')).toBe(text);
      expect(path).toContain('authority.pem');
    },
  );

  it('is refused when its key is not that of its certificate', async () => {
    const mixed = await mkdtemp(join(folder, 'mixed-'));
    const other = await openAuthority(join(folder, 'twice'));
    const key = String(authority.keys.key.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(join(mixed, 'authority-key.pem'), key + other.keys.certificate, { mode: 0o600 });
    await expect(openAuthority(mixed)).rejects.toThrow(/has no authority: delete it/);
  });

  it.each([
    [{ XDG_DATA_HOME: '/data' }, 'linux', /^\/data\/serverless-ciba$/],
    [{}, 'linux', /\/\.local\/share\/serverless-ciba$/],
    [{}, 'darwin', /\/Library\/Application Support\/serverless-ciba$/],
    [{ LOCALAPPDATA: '/local' }, 'win32', /^\/local\/serverless-ciba$/],
  ] as const)('is kept for each user of a machine: %j on %s', (environment, platform, expected) => {
    expect(authorityFolder(environment, platform)).toMatch(expected);
  });
});

describe('the certificate of a server', () => {
  it('has an RSA key of 2048 bits, for 90 days, which Apple and browsers accept', async () => {
    const now = new Date();
    const { cert } = await makeServerCertificate(authority.keys, ['localhost', '127.0.0.1', '::1'], now);
    const certificate = new X509Certificate(cert);
    expect(certificate.publicKey.asymmetricKeyType).toBe('rsa');
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    const days = (Date.parse(certificate.validTo) - now.getTime()) / DAY;
    expect(Math.round(days)).toBe(90);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.verify(new X509Certificate(authority.keys.certificate).publicKey)).toBe(true);
  });

  it.each(['localhost', 'provider.localhost', 'login.test', 'login.example.com', 'host.docker.internal', '127.0.0.1'])(
    'is accepted for %s, by who trusts the authority',
    async (host) => expect(await handshake(host)).toBe('secure'),
  );

  it.each(['bank.com', 'localhost.evil.com', 'notlocalhost', 'com', '10.0.0.1', '2001:db8::1'])(
    'is refused for %s, even if somebody stole the key and made it: the authority may not sign for such names',
    async (host) => expect(await handshake(host)).toBe('permitted subtree violation'),
  );
});

/** Connects to a server that shows a certificate for a host, made by the authority. */
async function handshake(host: string): Promise<string> {
  const server = createServer(await makeServerCertificate(authority.keys, [host], new Date()));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const outcome = await new Promise<string>((resolve) => {
    const names = {
      servername: /^[\d.:]+$/.test(host) || host.includes(':') ? '' : host,
      checkServerIdentity: () => undefined,
    };
    const socket = connect({ port, host: '127.0.0.1', ca: authority.keys.certificate, ...names }, () => {
      socket.end();
      resolve('secure');
    }).on('error', (error) => resolve(error.message));
  });
  server.close();
  return outcome;
}
