import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BucketAddress, listObjects, readObject } from '../../../cli/deployment/s3-call.ts';
import { wrongInSignature } from '../support/signature-check.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: IncomingMessage[];
let address: BucketAddress;
const server = createServer((request, response) => {
  seen.push(request);
  answer(request, response);
});

beforeEach(async () => {
  seen = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  address = { bucket: 'trail', endpoint, region: 'eu-central-1', credentials };
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const objectXml = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-30T12:00:00.000Z</LastModified></Contents>`;
async function listed(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listObjects(address, 'records/2026/11/30/')) keys.push(key);
  return keys;
}

it('lists every page, and decodes the keys', async () => {
  answer = (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://s3');
    const isSecond = searchParams.get('continuation-token') === 'a+b/c=';
    const xml = isSecond
      ? objectXml('records%2Fb+c.gz')
      : `<NextContinuationToken>a+b/c=</NextContinuationToken>${objectXml('records%2Fa%26.gz')}`;
    response.end(`<?xml version="1.0"?><ListBucketResult>${xml}</ListBucketResult>`);
  };
  expect(await listed()).toEqual(['records/a&.gz', 'records/b c.gz']);
  const [first] = seen.map(({ url }) => url);
  expect(first).toBe('/trail/?list-type=2&encoding-type=url&prefix=records%2F2026%2F11%2F30%2F');
});

it('signs each call for S3, whose paths are encoded once', async () => {
  answer = (_, response) => response.end('<ListBucketResult/>');
  await listed();
  await readObject(address, "records/2026/it's a+b.gz");
  const key = { id: 'AKIDEXAMPLE', secret: 'secret' };
  const { host } = new URL(address.endpoint ?? '');
  const expected = { key, region: 'eu-central-1', host, service: 's3' } as const;
  expect(seen.map((request) => wrongInSignature(request, Buffer.alloc(0), expected))).toEqual([undefined, undefined]);
  // S3 wants this header, and API Gateway does not.
  expect(seen[0]?.headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
});

it('reads an object as it is', async () => {
  answer = (_, response) => response.end('lines');
  expect(await text(await readObject(address, 'records/2026/a b.gz'))).toBe('lines');
  expect(seen[0]?.url).toBe('/trail/records/2026/a%20b.gz');
});

it('calls again when S3 is busy, and gives up in its words', async () => {
  answer = (_, response) => {
    const status = seen.length === 1 ? 503 : 200;
    response.writeHead(status).end('<ListBucketResult/>');
  };
  expect(await listed()).toEqual([]);
  expect(seen).toHaveLength(2);
  answer = (_, response) =>
    response
      .writeHead(503)
      .end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
  await expect(listed()).rejects.toThrow('Please reduce your request rate.');
  expect(seen).toHaveLength(6);
});

it('does not call again when it is refused', async () => {
  answer = (_, response) =>
    response
      .writeHead(403)
      .end('<Error><Code>AccessDenied</Code><Message>User &quot;o&quot; may not</Message></Error>');
  await expect(listed()).rejects.toMatchObject({ name: 'AccessDenied', message: 'User "o" may not' });
  expect(seen).toHaveLength(1);
});

it('follows the bucket into its region', async () => {
  answer = (request, response) => {
    const isThere = request.headers.authorization?.includes('/eu-north-1/s3/');
    response.writeHead(isThere ? 200 : 301, { 'x-amz-bucket-region': 'eu-north-1' });
    response.end(isThere ? objectXml('a') : '<Error><Code>PermanentRedirect</Code></Error>');
  };
  expect(await listed()).toEqual(['a']);
  expect(seen).toHaveLength(2);
});
