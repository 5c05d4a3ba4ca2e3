import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../local/runtime/loopback.ts';
import { selfSigned } from '../../local/runtime/self-signed.ts';
import { demoWith, json, type Started, startWith, stop, stopAll } from '../support/npm-start.ts';

// `npm start -- --https` in a process of its own, looked at with the tools of others: OpenSSL and curl.

const hasTools = ['openssl', 'curl'].every((tool) => spawnSync(tool, ['--version']).error === undefined);
if (!hasTools) console.warn('skipped: the probes of TLS need openssl and curl');

let home: string;
let started: Started;
let ca: string;
let ports: { readonly https: number; readonly mtls: number };

const options = (https: number, mtls: number) => ['--port', '0', '--https-port', `${https}`, '--mtls-port', `${mtls}`];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'https-'));
  ca = join(home, 'serverless-ciba', 'authority.pem');
  started = await startWith({ XDG_DATA_HOME: home }, ...options(0, 0));
  const mtls = /asks for certificates {2}https:\/\/localhost:(\d+)/.exec(started.output())?.[1];
  ports = { https: Number(new URL(started.url).port), mtls: Number(mtls) };
});
afterAll(async () => {
  await stopAll();
  await rm(home, { recursive: true });
});

/** What a program printed on both outputs. */
function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env: { PATH: process.env['PATH'] ?? '', ...env } }, (_, out, errors) =>
      resolve(out + errors),
    );
    child.stdin?.end();
  });
}

/** Shakes hands by OpenSSL. Returns version and suite, or `refused`. */
async function probe(port: number, ...more: string[]): Promise<string> {
  const said = await run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', ...more]);
  const [, version, suite] = /^New, (\S+), Cipher is (\S+)$/m.exec(said) ?? [];
  return suite === undefined || suite === '(NONE)' ? 'refused' : `${version} ${suite}`;
}

describe.skipIf(!hasTools)('npm start -- --https', () => {
  describe.each(['https', 'mtls'] as const)('the listener %s', (name) => {
    it.each([
      [['-tls1_3'], 'TLSv1.3 TLS_AES_128_GCM_SHA256'],
      [['-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384'], 'TLSv1.3 TLS_AES_256_GCM_SHA384'],
      [['-tls1_3', '-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'], 'TLSv1.3 TLS_CHACHA20_POLY1305_SHA256'],
      [['-tls1_2'], 'TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256'],
      [['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-GCM-SHA384'], 'TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384'],
      [['-tls1_2', '-cipher', 'ECDHE-RSA-CHACHA20-POLY1305'], 'refused'],
      [['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA256'], 'refused'],
      [['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-SHA'], 'refused'],
      [['-tls1_2', '-cipher', 'DHE-RSA-AES256-GCM-SHA384'], 'refused'],
      [['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], 'refused'],
      [['-tls1_1', '-cipher', 'ALL@SECLEVEL=0'], 'refused'],
      [['-tls1', '-cipher', 'ALL@SECLEVEL=0'], 'refused'],
    ])('answers OpenSSL with %j: %s', async (more, expected) => {
      expect(await probe(ports[name], ...more)).toBe(expected);
    });

    it('is trusted with the authority, has an RSA key of 2048 bits, and is not another host', async () => {
      const address = ['-connect', `127.0.0.1:${ports[name]}`, '-CAfile', ca, '-no-CAstore', '-no-CApath'];
      const trusted = await run('openssl', ['s_client', ...address, '-verify_hostname', 'localhost']);
      expect(trusted).toContain('Verify return code: 0 (ok)');
      expect(trusted).toContain('Server public key is 2048 bit');
      const other = await run('openssl', ['s_client', ...address, '-verify_hostname', 'bank.com']);
      expect(other).toContain('Verify return code: 62 (hostname mismatch)');
    });
  });

  it('asks for a client certificate only at --mtls-port, and names no authorities there', async () => {
    const [asking, other] = await Promise.all(
      [ports.mtls, ports.https].map((port) => run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`])),
    );
    expect(asking).toMatch(/^Client Certificate Types|Requested Signature Algorithms/m);
    expect(asking).toContain('No client certificate CA names sent');
    expect(other).not.toContain('Requested Signature Algorithms');
  });

  it('has a key that nobody else can read', async () => {
    expect((await stat(join(home, 'serverless-ciba', 'authority-key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('serves curl that trusts the authority, and no other', async () => {
    const url = `${started.url}/.well-known/openid-configuration`;
    expect(JSON.parse(await run('curl', ['-s', '--cacert', ca, url]))).toMatchObject({ issuer: `${started.url}/` });
    expect(await run('curl', ['-sS', '--cacert', '/etc/ssl/certs/ca-certificates.crt', url])).toContain('curl: (60)');
  });

  it('lets the phone of a user answer by POST /local/decide, with an empty body and a query', async () => {
    const url = `${started.url}/local/decide?auth_req_id=unknown&action=allow`;
    const said = await run('curl', ['-s', '-X', 'POST', '--cacert', ca, url]);
    expect(JSON.parse(said)).toMatchObject({ error: 'not_found' });
  });

  it('serves npm run demo, which trusts the authority of this machine by itself', async () => {
    const { code, output } = await demoWith({ XDG_DATA_HOME: home }, '--url', started.url, '--delivery', 'ping');
    expect([code, output]).toEqual([0, expect.stringContaining('✓ one login, end to end')]);
    expect(output).toContain(`POST ${started.url}/bc-authorize`);
    expect(output).not.toContain('http://');
  });

  it('keeps its authority when it starts again', async () => {
    const before = await readFile(ca, 'utf8');
    await stop(started.process);
    started = await startWith({ XDG_DATA_HOME: home }, ...options(ports.https, ports.mtls));
    expect(await readFile(ca, 'utf8')).toBe(before);
    const { url } = started;
    expect(await run('curl', ['-s', '--cacert', ca, `${url}/.well-known/jwks.json`])).toContain('"keys"');
    expect(started.output()).not.toContain('made just now');
  });

  it('refuses an issuer for which it may not make a certificate, with one sentence', async () => {
    const refused = startWith(
      { XDG_DATA_HOME: home },
      '--port',
      '0',
      '--https-port',
      '0',
      '--issuer',
      'https://bank.com',
    );
    await expect(refused).rejects.toThrow(
      /exit 1: .*--https has no certificate for bank\.com: choose an issuer below/s,
    );
  });

  it.each([
    [['--https-port', 'x'], '--https-port must be a number from 0 to 65535'],
    [['--issuer', 'login.test'], '--issuer must be a URL without a path, such as https://localhost:3443'],
    [['--issuer', 'https://login.test/tenant'], '--issuer must be a URL without a path'],
    [['--trust-ca', '/nowhere.pem'], '--trust-ca must name a file of certificates: /nowhere.pem cannot be read'],
    [['--call-networks', '10.0.0.0/99'], '--call-networks must be networks such as 127.0.0.0/8,172.17.0.0/16, or none'],
  ])('says what is wrong with %j', async (args, says) => {
    await expect(startWith({ XDG_DATA_HOME: home }, '--port', '0', ...args)).rejects.toThrow(says);
  });
});

describe('calls of clients', () => {
  /** Starts a provider, and lets it call the notification endpoint of a client on this machine. */
  async function called(...args: string[]): Promise<unknown> {
    const { cert, key } = selfSigned('endpoint.localhost', new Date(Date.now() + 86_400_000), ['localhost']);
    const file = join(home, 'endpoint.pem');
    await writeFile(file, cert);
    const server = createServer({ cert, key }, (_request, response) => response.writeHead(204).end());
    const endpoint = `https://localhost:${await listenOnLoopback(server, 0)}/`;
    const { url, process } = await startWith({}, '--port', '0', ...args.map((arg) => arg.replace('FILE', file)));
    const client = {
      client_id: 'pinged',
      client_name: 'Pinged',
      token_endpoint_auth_method: 'client_secret_basic',
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint,
    };
    const headers = { 'content-type': 'application/json' };
    await json(`${url}/admin/clients`, { method: 'POST', headers, body: JSON.stringify(client) });
    const answer = await json(`${url}/local/endpoint-test?client_id=pinged`, { method: 'POST' });
    server.close();
    await stop(process);
    return answer;
  }

  it('arrive with --trust-ca at an endpoint with such a certificate, on this machine', async () => {
    expect(await called('--trust-ca', 'FILE')).toMatchObject({ outcome: 'answered', status: 204 });
    expect(await called()).toMatchObject({ outcome: 'unreachable', reason: 'certificate_not_trusted' });
  });

  it('do not arrive at this machine with --call-networks none, as in AWS', async () => {
    const reached = await called('--trust-ca', 'FILE', '--call-networks', 'none');
    expect(reached).toMatchObject({ outcome: 'unreachable', reason: 'address_not_public' });
  });
});
