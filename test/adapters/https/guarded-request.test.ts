import { once } from 'node:events';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { createServer, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import { type GuardedRequest, guardedRequest } from '../../../provider/adapters/https/guarded-request.ts';
import { parseNetwork } from '../../../provider/adapters/https/public-address.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'].map(parseNetwork);
const call = (url: string, over: Partial<GuardedRequest> = {}) =>
  guardedRequest({
    url: new URL(url),
    method: 'GET',
    headers: {},
    networks: LOOPBACK,
    timeLimitMilliseconds: 5000,
    bodyLimitBytes: 1000,
    ...over,
  });

let endpoint: NotificationEndpoint;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
});
afterAll(() => endpoint.close());

describe('a call goes to public addresses only', () => {
  it.each([
    ['a name that leads to this machine', () => endpoint.url],
    ['this machine', () => 'https://127.0.0.1/'],
    ['this machine in another spelling', () => 'https://2130706433/'],
    ['this machine in hexadecimal', () => 'https://0x7f.1/'],
    ['this machine in IPv6', () => 'https://[::1]/'],
    ['this machine, IPv4 within IPv6', () => 'https://[::ffff:127.0.0.1]/'],
    ['any address', () => 'https://0.0.0.0/'],
    ['any address in IPv6', () => 'https://[::]/'],
    ['the credentials of the function, where instances have them', () => 'https://169.254.169.254/'],
    ['the same in IPv6', () => 'https://[fd00:ec2::254]/'],
    ['a private network', () => 'https://10.0.0.1/'],
    ['another', () => 'https://172.16.0.1/'],
    ['and another', () => 'https://192.168.0.1/'],
    ['a carrier’s network', () => 'https://100.64.0.1/'],
    ['a link', () => 'https://[fe80::1]/'],
    ['a private network behind a translation prefix', () => 'https://[64:ff9b::a00:1]/'],
    ['many at once', () => 'https://224.0.0.1/'],
    ['everybody', () => 'https://255.255.255.255/'],
  ])('never to %s', async (_what, url) => {
    expect(await call(url(), { networks: [] })).toEqual({ failure: 'address_not_public' });
    expect(endpoint.received).toEqual([]);
  });

  it('never to a private network when another one is allowed', async () => {
    expect(await call('https://10.0.0.1/')).toEqual({ failure: 'address_not_public' });
  });

  it('never without TLS (CIBA §9)', async () => {
    expect(await call(endpoint.url.replace('https:', 'http:'))).toEqual({ failure: 'not_https' });
    expect(endpoint.received).toEqual([]);
  });
});

describe('a server that is not reached', () => {
  it('has no certificate that is trusted: it gets no request', async () => {
    expect(await call(endpoint.url)).toEqual({ failure: 'certificate_not_trusted' });
    expect(endpoint.received).toEqual([]);
  });

  it.each([
    ['has a certificate that has expired', { days: -1 }, 'certificate_expired'],
    ['has a certificate for another name', { host: 'other.example' }, 'certificate_for_another_name'],
  ])('%s: it gets no request', async (_, own, failure) => {
    const other = await NotificationEndpoint.start(own);
    setDefaultCACertificates([other.cert]);
    expect(await call(other.url)).toEqual({ failure });
    expect(other.received).toEqual([]);
    setDefaultCACertificates([]);
    await other.close();
  });

  it('speaks no TLS', async () => {
    const plain = createPlainServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 X\r\n\r\n'));
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await call(`https://localhost:${port}/`)).toEqual({ failure: 'tls_failed' });
    plain.close();
  });

  it('has a name that nobody knows', async () => {
    expect(await call('https://nobody.invalid/')).toEqual({ failure: 'name_not_found' });
  });

  it('does not listen', async () => {
    const gone = await NotificationEndpoint.start();
    await gone.close();
    expect(await call(gone.url)).toEqual({ failure: 'connection_failed' });
  });
});

describe('a call to a server that is trusted', () => {
  beforeAll(() => setDefaultCACertificates([endpoint.cert]));

  it('has the method, headers and body that were given, the length of the body, and a name of ours', async () => {
    endpoint.behave(204);
    const headers = { 'content-type': 'application/json' };
    const answer = await call(`${endpoint.url}path?a=b`, { method: 'POST', headers, body: '{"a":"ü"}' });
    expect(answer).toEqual({ status: 204, body: '' });
    const received = await endpoint.next();
    expect(received).toMatchObject({ method: 'POST', path: '/path?a=b', body: '{"a":"ü"}' });
    expect(received.headers).toMatchObject({ ...headers, 'content-length': '10', 'user-agent': 'ciba-provider' });
  });

  it('without a body has no length, and takes bytes as well as text', async () => {
    endpoint.behave(200);
    await call(endpoint.url);
    const get = await endpoint.next();
    expect([get.method, get.headers['content-length']]).toEqual(['GET', undefined]);
    await call(endpoint.url, { method: 'POST', body: new Uint8Array([97, 98]) });
    expect(await endpoint.next()).toMatchObject({ body: 'ab' });
  });

  it('shows its connection when the headers of the answer are there', async () => {
    endpoint.behave(204);
    const seen: (string | null)[] = [];
    const onAnswer = (connection: TLSSocket) => seen.push(connection.getProtocol());
    await call(endpoint.url, { onAnswer });
    expect(seen).toEqual(['TLSv1.3']);
  });

  it.each([301, 302, 307, 308])('that answers %i does not follow the redirect (CIBA §10.2, §10.3)', async (status) => {
    endpoint.behave(status);
    const before = endpoint.received.length;
    expect(await call(endpoint.url)).toEqual({ status, body: '' });
    expect(endpoint.received).toHaveLength(before + 1);
  });

  it('that gives no answer ends at the time limit', async () => {
    endpoint.behave('hang');
    expect(await call(endpoint.url, { timeLimitMilliseconds: 300 })).toEqual({ failure: 'timeout' });
  });

  it('that hangs up ends at once', async () => {
    endpoint.behave('drop');
    expect(await call(endpoint.url)).toEqual({ failure: 'connection_failed' });
  });

  it('that answers without end is cut off at the body limit; without a limit its status is the answer', async () => {
    endpoint.behave('endless');
    expect(await call(endpoint.url)).toEqual({ failure: 'body_too_large' });
    expect(await call(endpoint.url, { bodyLimitBytes: 0 })).toEqual({ status: 200, body: '' });
  });
});

describe('an answer, byte by byte', () => {
  const { cert, key } = selfSigned('localhost', new Date(Date.now() + 86_400_000));
  beforeAll(() => setDefaultCACertificates([cert]));

  /** What a call comes to at a server that does this with the connection once the request is there. */
  async function answeredBy(
    serve: (socket: TLSSocket) => void,
    over: Partial<GuardedRequest> = {},
  ): Promise<{ answer: unknown; hasHungUp: Promise<unknown> }> {
    const server = createServer({ cert, key }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => serve(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await call(`https://localhost:${(server.address() as AddressInfo).port}/`, over);
    // A server is closed when its last connection is, also one whose handshake never came to an end.
    const hasHungUp = once(server, 'close');
    server.close();
    return { answer, hasHungUp };
  }
  const sends = (bytes: string | Buffer) => (socket: TLSSocket) => void socket.write(bytes);
  const withBody = (body: string) => `HTTP/1.1 200 X\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  it('is told with its body, and the connection is closed', async () => {
    const { answer, hasHungUp } = await answeredBy(sends(withBody('{"keys":[]}')));
    expect(answer).toEqual({ status: 200, body: '{"keys":[]}' });
    await hasHungUp;
  });

  it('may have a body as large as the limit, and not one byte more', async () => {
    const over = { bodyLimitBytes: 10 };
    expect((await answeredBy(sends(withBody('x'.repeat(10))), over)).answer).toEqual({
      status: 200,
      body: 'x'.repeat(10),
    });
    const { answer, hasHungUp } = await answeredBy(sends(withBody('x'.repeat(11))), over);
    expect(answer).toEqual({ failure: 'body_too_large' });
    await hasHungUp;
  });

  it('has a whole body, also where a character arrives in two parts', async () => {
    const bytes = Buffer.from(withBody('ü'));
    const { answer } = await answeredBy((socket) => {
      socket.write(bytes.subarray(0, -1));
      setTimeout(() => socket.write(bytes.subarray(-1)), 50);
    });
    expect(answer).toEqual({ status: 200, body: 'ü' });
  });

  it('whose body trickles ends at the time limit, however often a byte comes', async () => {
    const trickles = (socket: TLSSocket) => {
      socket.write('HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    };
    const { answer, hasHungUp } = await answeredBy(trickles, { timeLimitMilliseconds: 2000 });
    expect(answer).toEqual({ failure: 'timeout' });
    await hasHungUp;
  });

  it('whose body breaks off is no answer', async () => {
    const { answer } = await answeredBy((socket) => socket.end('HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\n{"a":1}'));
    expect(answer).toEqual({ failure: 'connection_failed' });
  });

  it.each([0, 1000])('that switches protocols has the status 101, with a body limit of %i', async (bodyLimitBytes) => {
    const bytes = 'HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
    const { answer, hasHungUp } = await answeredBy(sends(bytes), { bodyLimitBytes });
    expect(answer).toEqual({ status: 101, body: '' });
    await hasHungUp;
  });

  it.each([
    ['has more headers than fit', `HTTP/1.1 204 X\r\nA: ${'a'.repeat(40_000)}\r\n\r\n`],
    ['contradicts itself', 'HTTP/1.1 200 X\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['is of another protocol', '220 smtp.example ESMTP\r\n'],
    ['has a malformed body', 'HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n'],
  ])('that %s is no HTTP', async (_what, bytes) => {
    expect((await answeredBy(sends(bytes))).answer).toEqual({ failure: 'not_http' });
  });
});
