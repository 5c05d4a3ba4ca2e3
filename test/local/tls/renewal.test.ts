import { connect } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenOnLoopback } from '../../../local/runtime/loopback.ts';
import { makeAuthority } from '../../../local/tls/authority.ts';
import { makeSecureServer } from '../../../local/tls/secure-server.ts';

afterEach(() => vi.useRealTimers());

describe('the certificate of a provider that runs for weeks', () => {
  it('is made anew half-way to its end, and new connections get it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const authority = await makeAuthority(new Date());
    const serve = () => {};
    const more = { hosts: ['localhost'], asksForCertificate: false, maxHeaderSize: 10_240, serve };
    const server = await makeSecureServer({ authority, ...more });
    const port = await listenOnLoopback(server, 0);
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.certificate }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        }).on('error', reject);
      });
    const first = await serial();
    vi.advanceTimersByTime(44 * 86_400_000);
    expect(await serial()).toBe(first);
    vi.advanceTimersByTime(86_400_000);
    await expect.poll(serial).not.toBe(first);
    server.close();
  });
});
