import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../local/runtime/loopback.ts';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import {
  authoritiesIn,
  certificateInUse,
  makeOriginCertificate,
} from '../../../provider/adapters/x509/origin-certificate.ts';

const DAY = 86_400;
const host = 'login.example.com';
const now = Math.floor(Date.now() / 1000);
const [before, made, stranger] = [now - 100 * DAY, now, now].map((one) => makeOriginCertificate({ host, now: one }));
if (!before || !made || !stranger) throw new Error('three certificates were made');

describe('the certificate for CloudFront', () => {
  const certificate = new X509Certificate(made.certificate);
  const authority = new X509Certificate(made.authority.pem);

  it('belongs to its private key, and its authority signed it and itself (RFC 5280 §6.1.3)', () => {
    expect(certificate.checkPrivateKey(createPrivateKey(made.privateKey))).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(stranger.authority.pem).publicKey)).toBe(false);
  });

  it('names the host, has a P-256 key, and is for client authentication alone (CloudFront, origin mutual TLS)', () => {
    expect(certificate.subjectAltName).toBe('DNS:login.example.com');
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect([certificate.ca, authority.ca]).toEqual([false, true]);
  });

  it('is valid for 365 days, beginning five minutes early, for clocks that are late', () => {
    expect(certificate.validFromDate.getTime() / 1000).toBe(now - 300);
    expect(certificate.validToDate.getTime() / 1000).toBe(now + 365 * DAY);
    const late = new X509Certificate(makeOriginCertificate({ host, now: Date.UTC(2049, 5) / 1000 }).certificate);
    expect([late.validFromDate.getUTCFullYear(), late.validToDate.getUTCFullYear()]).toEqual([2049, 2050]);
  });

  it('has an authority whose name no other authority has, so that a verifier with several finds it', () => {
    const names = [before, made, stranger].map(({ authority: one }) => new X509Certificate(one.pem).subject);
    expect(new Set(names).size).toBe(3);
    expect(new X509Certificate(made.certificate).issuer).toBe(authority.subject);
  });

  it('is read back: which authority, since when, until when', () => {
    expect(certificateInUse(made.certificate, made.authority.pem)).toEqual({
      authority: made.authority,
      madeAt: now,
      expiresAt: now + 365 * DAY,
    });
    expect(authoritiesIn(`${before.authority.pem}\n${made.authority.pem}`)).toEqual([before.authority, made.authority]);
    expect(authoritiesIn('')).toEqual([]);
    expect(() => authoritiesIn('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow();
  });
});

describe('openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ciba-x509-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
  const hasOpenssl = (() => {
    try {
      return openssl('version') !== '';
    } catch {
      return false;
    }
  })();

  it.skipIf(!hasOpenssl)('accepts the chain for client authentication, strictly, beside the authority before', () => {
    const trusted = file('both.pem', before.authority.pem + made.authority.pem);
    const certificate = file('certificate.pem', made.certificate);
    const verify = (purpose: string, from = trusted) =>
      openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', from, certificate);
    expect(verify('sslclient')).toContain(': OK');
    expect(() => verify('sslserver')).toThrow(/unsupported certificate purpose|unsuitable certificate purpose/);
    const others = file('others.pem', before.authority.pem + stranger.authority.pem);
    expect(() => verify('sslclient', others)).toThrow(/unable to get local issuer certificate/);
  });

  it.skipIf(!hasOpenssl)('reads what the extensions say', () => {
    const text = (name: string, pem: string) => openssl('x509', '-in', file(name, pem), '-noout', '-text');
    expect(text('leaf.pem', made.certificate)).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text('authority.pem', made.authority.pem)).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign\n/);
    expect(text('authority.pem', made.authority.pem)).toMatch(/critical\s+CA:TRUE, pathlen:0\n/);
  });
});

describe('a server that demands a certificate of these authorities', () => {
  const server = selfSigned('localhost', new Date(Date.now() + DAY * 1000));

  /** Connects with a certificate, and says what the server made of it. */
  async function shake(trusted: readonly string[], client?: { certificate: string; privateKey: string }) {
    const options = {
      cert: server.cert,
      key: server.key,
      ca: [...trusted],
      requestCert: true,
      rejectUnauthorized: true,
    };
    let subject: string | undefined;
    const listener = createServer(options, (socket: TLSSocket) => {
      subject = String(socket.getPeerCertificate().subject?.CN);
      socket.end('welcome');
    });
    const port = await listenOnLoopback(listener, 0);
    const answer = await new Promise<string>((resolve) => {
      const own = client && { cert: client.certificate, key: client.privateKey };
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: server.cert, ...own });
      socket.once('data', (bytes) => resolve(bytes.toString()));
      socket.once('error', () => resolve('refused'));
      socket.once('close', () => resolve('refused'));
    });
    listener.close();
    return { answer, subject };
  }
  const both = [before.authority.pem, made.authority.pem];

  it('lets in the certificate before and the new one while it trusts both', async () => {
    expect(await shake(both, before)).toEqual({ answer: 'welcome', subject: 'CloudFront' });
    expect(await shake(both, made)).toEqual({ answer: 'welcome', subject: 'CloudFront' });
  });

  it('lets in the new one alone once the old authority is dropped', async () => {
    expect((await shake([made.authority.pem], made)).answer).toBe('welcome');
    expect((await shake([made.authority.pem], before)).answer).toBe('refused');
  });

  it('lets in neither a stranger’s certificate of the same form nor a caller without any', async () => {
    expect((await shake(both, stranger)).answer).toBe('refused');
    expect((await shake(both)).answer).toBe('refused');
  });
});
