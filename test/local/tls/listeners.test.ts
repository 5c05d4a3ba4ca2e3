import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gateway } from '../../../local/runtime/gateway.ts';
import { type Listeners, listen } from '../../../local/runtime/listeners.ts';
import { LOCAL_IDENTITY } from '../../../local/runtime/loopback.ts';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import { makeServerCertificate } from '../../../local/tls/authority.ts';
import { der, oid, sequence, TAG } from '../../../local/tls/der.ts';
import { trustingFetch } from '../../support/trusting-fetch.ts';

const ISSUER = 'https://login.test:7443';
let folder: string;
let ca: string;
let listeners: Listeners;
let secure: NonNullable<Listeners['secure']>;
const gateway = new Gateway();
/** The events that functions got. */
const events: { requestContext: Record<string, unknown> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listeners-'));
  listeners = await listen(gateway, { port: 0, issuer: ISSUER, https: { port: 0, mtlsPort: 0, authority: folder } });
  if (!listeners.secure) throw new Error('there is no TLS');
  secure = listeners.secure;
  ca = secure.authority.keys.certificate;
  gateway.host = {
    invoke: async (_name, event) => {
      events.push(event as (typeof events)[number]);
      return { statusCode: 200, body: '{}' };
    },
    cool: async () => {},
  };
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

/** Shakes hands with a listener. Returns the version and the suite, or the code of the error. */
async function handshake(url: string, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect(
      { host: '127.0.0.1', port: Number(new URL(url).port), servername: 'localhost', ca, ...options },
      () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
        socket.end();
      },
    ).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const listening = [
  ['the listener of --https', () => secure.url],
  ['the listener of --mtls-port', () => secure.mtlsUrl ?? ''],
] as const;

describe.each(listening)('%s', (_name, urlOf) => {
  const only = (version: 'TLSv1.3' | 'TLSv1.2' | 'TLSv1.1', ciphers?: string) =>
    handshake(urlOf(), { minVersion: version, maxVersion: version, ...(ciphers && { ciphers }) });

  it('speaks TLS 1.3, and 1.2 with two suites (RFC 9325 §4.2)', async () => {
    expect(await only('TLSv1.3')).toBe('TLSv1.3 TLS_AES_128_GCM_SHA256');
    const [first, second] = ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'];
    expect(await only('TLSv1.2', first)).toBe('TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
    expect(await only('TLSv1.2', second)).toBe('TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384');
  });

  it.each([
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-RSA-AES256-SHA384',
    'ECDHE-RSA-AES128-SHA',
    'DHE-RSA-AES128-GCM-SHA256',
    'AES128-GCM-SHA256',
    'AES256-SHA',
  ])('refuses TLS 1.2 with %s', async (suite) => {
    expect(await only('TLSv1.2', suite)).toMatch(/^ERR_SSL_.*_ALERT_HANDSHAKE_FAILURE$/);
  });

  it('refuses TLS 1.1', async () => {
    expect(await only('TLSv1.1', 'DEFAULT@SECLEVEL=0')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  it.each(['localhost', 'login.test'])('shows a certificate for %s', async (servername) => {
    expect(await handshake(urlOf(), { servername })).toMatch(/^TLSv1\.3/);
  });

  it.each(['other.test', 'login.test.example.com', 'bank.com'])('is not %s', async (servername) => {
    expect(await handshake(urlOf(), { servername })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is not trusted by who does not trust its authority', async () => {
    const other = selfSigned('localhost', new Date(Date.now() + 86_400_000)).cert;
    expect(await handshake(urlOf(), { ca: other })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });
});

/** A part of a name: one or more attributes, each with the last byte of its object identifier (2.5.4.x). */
type NamePart = readonly (readonly [attribute: number, value: string])[];

/** Makes a certificate with a name of several parts, the most general first, which its own key signed. */
function certificateOf(...parts: readonly NamePart[]): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const attribute = ([id, value]: NamePart[number]) =>
    sequence(oid(0x55, 0x04, id), der(TAG.utf8String, Buffer.from(value)));
  const name = sequence(...parts.map((part) => der(TAG.set, ...part.map(attribute))));
  const algorithm = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const instants = ['200101000000Z', '491231235959Z'].map((text) => der(TAG.utcTime, Buffer.from(text)));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = der(TAG.integer, Buffer.of(1));
  // Version 1, which has no extensions.
  const toBeSigned = sequence(serial, algorithm, name, sequence(...instants), name, spki);
  const signature = der(TAG.bitString, Buffer.of(0), sign('sha256', toBeSigned, privateKey));
  const cert = new X509Certificate(sequence(toBeSigned, algorithm, signature)).toString();
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

describe('a certificate of the caller', () => {
  const call = (url: string | undefined, tls?: { cert: string; key: string }) =>
    trustingFetch(ca, tls)(`${url}/.well-known/jwks.json`);

  it('is handed on as API Gateway has it in events of payload version 2', async () => {
    const { cert, key } = selfSigned('client.example.com', new Date('2049-12-31T23:59:59Z'));
    expect((await call(secure.mtlsUrl, { cert, key })).status).toBe(200);
    const { serialNumber } = new X509Certificate(cert);
    expect(events.at(-1)?.requestContext['authentication']).toEqual({
      clientCert: {
        clientCertPem: cert,
        subjectDN: 'CN=client.example.com',
        issuerDN: 'CN=client.example.com',
        serialNumber: serialNumber.match(/../g)?.join(':').toLowerCase(),
        validity: { notBefore: 'Nov 26 23:59:59 2048 GMT', notAfter: 'Dec 31 23:59:59 2049 GMT' },
      },
    });
  });

  it('has its names as RFC 4514 writes them: the most specific first, and no value passes for another part', async () => {
    const [country, organization, commonName] = [0x06, 0x0a, 0x03];
    const tls = certificateOf(
      [[country, 'SE']],
      [[organization, 'Harbor']],
      [
        [commonName, 'a\nO=Bank, OU=b + OU=c'],
        [organization, 'Crew'],
      ],
    );
    expect((await call(secure.mtlsUrl, tls)).status).toBe(200);
    expect(events.at(-1)?.requestContext['authentication']).toMatchObject({
      clientCert: { subjectDN: String.raw`CN=a\0AO=Bank\, OU=b \+ OU=c+O=Crew,O=Harbor,C=SE` },
    });
  });

  it.each([
    [
      'the authority of this machine',
      async () => makeServerCertificate(secure.authority.keys, ['localhost'], new Date()),
    ],
    ['nobody, and that has ended', async () => selfSigned('old.example', new Date(Date.now() - 86_400_000))],
  ])('is not judged: one by %s is handed on too', async (_who, make) => {
    expect((await call(secure.mtlsUrl, await make())).status).toBe(200);
    expect(events.at(-1)?.requestContext['authentication']).toBeDefined();
  });

  it('is not demanded', async () => {
    expect((await call(secure.mtlsUrl)).status).toBe(200);
    expect(events.at(-1)?.requestContext).not.toHaveProperty('authentication');
  });

  it('is not asked for by the listener of --https, so that no browser asks its user for one', async () => {
    const own = selfSigned('client.example.com', new Date(Date.now() + 86_400_000));
    expect((await call(secure.url, own)).status).toBe(200);
    expect(events.at(-1)?.requestContext).not.toHaveProperty('authentication');
  });
});

describe('a caller on this machine', () => {
  /** Calls without TLS with any headers, which `fetch` would not send. Returns whether it is trusted. */
  async function isTrusted(headers: Record<string, string>): Promise<boolean> {
    const before = events.length;
    await new Promise((resolve, reject) => {
      plainRequest(`${listeners.plainUrl}/admin/clients`, { headers, agent: false }, (answer) => {
        answer.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
    expect(events.length).toBe(before + 1);
    return JSON.stringify(events.at(-1)?.requestContext['authorizer'] ?? '').includes(LOCAL_IDENTITY);
  }

  it.each([
    ['the name of the issuer', { host: 'login.test:7443' }],
    ['the name of the issuer, at a page of its own', { host: 'login.test:7443', origin: 'https://login.test:7443' }],
    ['the name of the issuer, in capitals', { host: 'Login.Test' }],
    ['localhost, behind a proxy on this machine', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }],
  ])('is trusted under %s', async (_what, headers) => expect(await isTrusted(headers)).toBe(true));

  it.each([
    ['another name', { host: 'other.test' }],
    ['a name that ends like that of the issuer', { host: 'evil-login.test' }],
    ['a name that begins like that of this machine', { host: 'localhost.evil.test:3000' }],
    ['a page of another origin', { host: 'login.test:7443', origin: 'https://evil.test' }],
    ['a page without an origin of its own, such as a frame in a sandbox', { host: 'localhost:3000', origin: 'null' }],
    ['a tunnel that rewrites the name', { host: 'localhost:3000', 'x-forwarded-for': '203.0.113.7' }],
    ['a tunnel and a proxy of this machine', { host: 'localhost', 'x-forwarded-for': '203.0.113.7, 127.0.0.1' }],
    ['a proxy that speaks RFC 7239', { host: 'localhost', forwarded: 'for=203.0.113.7' }],
  ])('is not trusted under %s', async (_what, headers) => expect(await isTrusted(headers)).toBe(false));
});

describe('an issuer that others can reach, such as the address of a tunnel', () => {
  it('makes no caller trusted under its name: who calls there may be anybody', async () => {
    const tunnelled = new Gateway();
    const { plainUrl } = await listen(tunnelled, { port: 0, issuer: 'https://demo.tunnel.dev/' });
    const status = await new Promise((resolve) => {
      plainRequest(plainUrl, { headers: { host: 'demo.tunnel.dev', 'x-local-later': '1' } }, (answer) =>
        resolve(answer.resume().statusCode),
      ).end();
    });
    expect(status).toBe(403);
    await tunnelled.close();
  });

  it('gets no certificate by the authority of this machine', async () => {
    const refused = new Gateway();
    const started = listen(refused, {
      port: 0,
      issuer: 'https://login.bank.com',
      https: { port: 0, authority: folder },
    });
    await expect(started).rejects.toThrow(/--https has no certificate for login\.bank\.com/);
    await refused.close();
  });
});
