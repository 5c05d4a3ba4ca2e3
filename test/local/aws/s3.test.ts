import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BucketAddress, listObjects, readObject } from '../../../cli/deployment/s3-call.ts';
import { createS3Service, type StoredObject } from '../../../local/aws/s3.ts';
import { AwsServer } from '../../../local/aws/server.ts';

// The stand-in for S3, called as `ciba audit` calls S3.

const modifiedAt = new Date('2026-11-30T12:00:00Z');
const objects = new Map<string, StoredObject>();
const server = new AwsServer({ s3: createS3Service('trail', () => objects) });
let address: BucketAddress;

beforeAll(async () => {
  for (let number = 0; number < 1001; number += 1)
    objects.set(`records/${String(number).padStart(4, '0')}`, { body: Buffer.from(`object ${number}`), modifiedAt });
  objects.set('audit/a b', { body: Buffer.from('a copy'), modifiedAt });
  const credentials = async () => ({ accessKeyId: 'local', secretAccessKey: 'local' });
  address = { bucket: 'trail', endpoint: await server.listen(), region: 'eu-central-1', credentials };
});
afterAll(() => server.close());

async function keysOf(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listObjects(address, prefix)) keys.push(key);
  return keys;
}

it('lists the keys of a prefix in their order, a thousand at once', async () => {
  const keys = await keysOf('records/');
  expect(keys).toEqual([...objects.keys()].slice(0, 1001));
  expect(server.calls.map(({ action }) => action)).toEqual(['ListObjectsV2', 'ListObjectsV2']);
  expect(await keysOf('nothing/')).toEqual([]);
});

it('reads an object by the key that it listed', async () => {
  const [key = ''] = await keysOf('audit/');
  expect(await text(await readObject(address, key))).toBe('a copy');
});

it('refuses an object and a bucket that do not exist', async () => {
  await expect(readObject(address, 'records/none')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(readObject({ ...address, bucket: 'other' }, 'a')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});
