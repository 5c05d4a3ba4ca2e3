import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import { HttpsNotification } from '../../../provider/adapters/https/https-notification.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';

// What the guard itself does is shown by guarded-request.test.ts.

const notification = (endpoint: string) => ({ endpoint, token: 'token', authReqId: 'id', correlationId: 'c-1' });
const inAccount = new HttpsNotification([]);
const onLoopback = new HttpsNotification(['127.0.0.0/8', '::1/128']);

let client: NotificationEndpoint;
beforeAll(async () => {
  client = await NotificationEndpoint.start();
});
afterAll(() => client.close());

describe('an endpoint that gives no HTTP answer', () => {
  it.each([
    ['a name that leads to this machine', () => client.url],
    ['a private address', () => 'https://10.0.0.1/'],
  ])('because it is %s counts as unreachable, and is told nothing', async (_what, url) => {
    expect(await inAccount.send(notification(url()))).toEqual({ unreachable: 'address_not_public' });
    expect(client.received).toEqual([]);
  });

  it('without a certificate that is trusted counts as unreachable, and is told nothing', async () => {
    expect(await onLoopback.send(notification(client.url))).toEqual({ unreachable: 'certificate_not_trusted' });
    expect(client.received).toEqual([]);
  });

  it('that has no name counts as unreachable', async () => {
    const sent = await onLoopback.send(notification('https://nobody.invalid/'));
    expect(sent).toEqual({ unreachable: 'name_not_found' });
  });

  it('where nobody listens counts as unreachable', async () => {
    const gone = await NotificationEndpoint.start();
    await gone.close();
    expect(await onLoopback.send(notification(gone.url))).toEqual({ unreachable: 'connection_failed' });
  });
});

describe('an endpoint that is trusted', () => {
  beforeAll(() => setDefaultCACertificates([client.cert]));

  it('gets the token, the id and the correlation id (CIBA §10.2)', async () => {
    client.behave(204);
    expect(await onLoopback.send(notification(client.url))).toEqual({ status: 204 });
    const { method, headers, json } = await client.next();
    expect({ method, json }).toEqual({ method: 'POST', json: { auth_req_id: 'id' } });
    expect(headers).toMatchObject({
      authorization: 'Bearer token',
      'content-type': 'application/json',
      'content-length': '20',
      'user-agent': 'ciba-provider',
      'x-correlation-id': 'c-1',
    });
  });

  it('that is pushed to gets the token and the body as they are, as JSON (CIBA §10.3.1)', async () => {
    client.behave(204);
    const body = '{"auth_req_id":"id","access_token":"at"}';
    const { url: endpoint } = client;
    const pushed = await onLoopback.push({ endpoint, token: 'token', body, correlationId: 'c-1' });
    expect(pushed).toMatchObject({ status: 204 });
    const received = await client.next();
    expect(received).toMatchObject({ method: 'POST', body });
    expect(received.headers).toMatchObject({
      authorization: 'Bearer token',
      'content-type': 'application/json',
    });
  });

  it('that is probed gets the same, and its TLS and the end of its certificate are told', async () => {
    client.behave(401);
    const end = Date.parse(new X509Certificate(client.cert).validTo) / 1000;
    const probed = await onLoopback.probe(notification(client.url));
    expect(probed).toEqual({ status: 401, tlsVersion: 'TLSv1.3', certificateEndsAt: end });
    expect(await client.next()).toMatchObject({ method: 'POST', json: { auth_req_id: 'id' } });
  });

  it('that takes longer than five seconds counts as unreachable', async () => {
    client.behave('hang');
    expect(await onLoopback.send(notification(client.url))).toEqual({ unreachable: 'timeout' });
  }, 15_000);

  it('that hangs up counts as unreachable', async () => {
    client.behave('drop');
    expect(await onLoopback.send(notification(client.url))).toEqual({ unreachable: 'connection_failed' });
  });

  it.each([200, 204, 302, 401, 500])('that answers %i has answered', async (status) => {
    client.behave(status);
    expect(await onLoopback.send(notification(client.url))).toEqual({ status });
  });

  it('whose answer never ends has answered: no byte of its body is read (CIBA §10.2)', async () => {
    client.behave('endless');
    expect(await onLoopback.send(notification(client.url))).toEqual({ status: 200 });
  });
});

describe('an endpoint that speaks its own kind of HTTP', () => {
  const { cert, key } = selfSigned('localhost', new Date(Date.now() + 86_400_000));
  beforeAll(() => setDefaultCACertificates([cert]));

  /** What a notification comes to at a server that answers any request with these bytes. */
  async function answeredWith(
    bytes: string,
    send: (url: string) => Promise<unknown> = (url) => onLoopback.send(notification(url)),
  ): Promise<unknown> {
    const server = createServer({ cert, key }, (socket) => {
      socket.on('error', () => undefined).once('data', () => socket.write(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sent = await send(`https://localhost:${port}/`);
    server.close();
    return sent;
  }

  it.each([
    ['switches protocols', 'HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', 101],
    ['sends more headers than fit', `HTTP/1.1 204 X\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`, 0],
    ['contradicts itself', 'HTTP/1.1 200 X\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 0],
    ['speaks another protocol', '220 smtp.example ESMTP\r\n', 0],
    ['answers twice', 'HTTP/1.1 204 X\r\n\r\nHTTP/1.1 500 X\r\n\r\n', 204],
    ['goes on before it answers', 'HTTP/1.1 103 X\r\n\r\nHTTP/1.1 204 X\r\n\r\n', 204],
  ])('and %s has answered: it is not called again', async (_what, bytes, status) => {
    expect(await answeredWith(bytes)).toEqual({ status });
  });

  it('is told as one that does not speak HTTP when it is probed', async () => {
    const probe = (url: string) => onLoopback.probe(notification(url));
    expect(await answeredWith('220 smtp.example ESMTP\r\n', probe)).toEqual({ unreachable: 'not_http' });
  });
});

it('networks that are none stop the function at its start', () => {
  for (const network of ['10.0.0.0', 'localhost', '']) expect(() => new HttpsNotification([network])).toThrow();
});
