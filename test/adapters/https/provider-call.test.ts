import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callProvider } from '../../../provider/adapters/https/provider-call.ts';
import { NO_ANSWER } from '../../../provider/core/operating/synthetic.ts';

let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"issuer":');
      setImmediate(() => response.destroy());
      return;
    }
    const [status = '', body = ''] = decodeURIComponent(String(request.url).slice(1)).split(' ', 2);
    response.writeHead(Number(status)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

const call = (status: number, body: string) =>
  callProvider(`${address}${encodeURIComponent(`${status} ${body}`)}`, { method: 'GET' });

describe('a call of the provider', () => {
  it('tells a connection that fails from an answer, with the name of its error', async () => {
    const refused = await callProvider('http://127.0.0.1:1/', { method: 'GET' });
    expect(refused).toEqual({ status: NO_ANSWER, body: { error: expect.stringMatching(/^[A-Za-z_]+$/) } });
  });

  it('takes an answer that breaks off as none', async () => {
    const cut = await callProvider(`${address}cut`, { method: 'GET' });
    expect(cut).toEqual({ status: NO_ANSWER, body: { error: expect.stringMatching(/^[A-Za-z_]+$/) } });
  });

  it('reads the members of a JSON object', async () => {
    expect(await call(400, '{"error":"invalid_grant"}')).toEqual({ status: 400, body: { error: 'invalid_grant' } });
  });

  it.each(['<html>parked</html>', '{"error":', '"text"', 'null', ''])(
    'reads no members from %j, which another server may answer',
    async (body) => {
      expect(await call(503, body)).toEqual({ status: 503, body: {} });
    },
  );
});
