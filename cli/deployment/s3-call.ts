import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as wait } from 'node:timers/promises';
import type { AwsSettings } from './aws-settings.ts';
import { signedHeaders } from './request-signature.ts';

const TIMEOUT_MILLISECONDS = 60_000;
/** How often a call is made that S3 could not answer. */
const ATTEMPTS = 4;

/** A bucket, and where and how to call it. */
export type BucketAddress = Pick<AwsSettings, 'region' | 'credentials'> & {
  readonly bucket: string;
  /** An address other than that of the region. The bucket is then in the path. */
  readonly endpoint?: string | undefined;
};
/** An object in a list. */
export type ListedObject = { readonly key: string; readonly modifiedAt: Date };

/**
 * Lists the objects whose keys begin with a prefix (ListObjectsV2). Like `callAwsJson`, it needs no SDK client: two
 * operations do not justify the packages of the whole client of S3.
 */
export async function* listObjects(address: BucketAddress, prefix: string): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const more = token === undefined ? {} : { 'continuation-token': token };
    const answer = await get(address, {
      path: '',
      query: { 'list-type': '2', 'encoding-type': 'url', prefix, ...more },
    });
    const xml = await answer.text();
    for (const [, contents = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const key = decodeURIComponent(elementIn(contents, 'Key').replaceAll('+', ' '));
      yield { key, modifiedAt: new Date(elementIn(contents, 'LastModified')) };
    }
    token = elementIn(xml, 'NextContinuationToken') || undefined;
  } while (token !== undefined);
}

/** Reads an object (GetObject) as a stream. */
export async function readObject(address: BucketAddress, key: string): Promise<Readable> {
  const { body } = await get(address, { path: key.split('/').map(encoded).join('/'), query: {} });
  return body ? Readable.fromWeb(body as ReadableStream) : Readable.from([]);
}

/** A rule by which S3 copies new objects into another bucket. */
export type Replication = { readonly id: string; readonly isEnabled: boolean; readonly destination: string };

/** Reads the first rule of a bucket (GetBucketReplication). Returns undefined if there is none. */
export async function readReplication(address: BucketAddress): Promise<Replication | undefined> {
  try {
    const xml = await (await get(address, { path: '', query: { replication: '' } })).text();
    const [, rule] = /<Rule>(.*?)<\/Rule>/s.exec(xml) ?? [];
    if (rule === undefined) return undefined;
    const destination = elementIn(rule, 'Bucket').replace(/^arn:[a-z-]+:s3:::/, '');
    return { id: elementIn(rule, 'ID'), isEnabled: elementIn(rule, 'Status') === 'Enabled', destination };
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplicationConfigurationNotFoundError') return undefined;
    throw error;
  }
}

type Wanted = { readonly path: string; readonly query: Readonly<Record<string, string>> };

/** Calls S3, again where that can help, and in the region that S3 names if the bucket is in another one. */
async function get(address: BucketAddress, wanted: Wanted): Promise<Response> {
  let { region } = address;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await getOnce({ ...address, region }, wanted).catch((error: unknown) => {
      if (attempt >= ATTEMPTS) throw error;
    });
    if (answer?.ok) return answer;
    const elsewhere = answer?.headers.get('x-amz-bucket-region') ?? region;
    const canHelp = !answer || answer.status >= 500 || answer.status === 429 || elsewhere !== region;
    if (answer && (!canHelp || attempt >= ATTEMPTS)) throw await errorFrom(answer);
    await answer?.body?.cancel();
    if (elsewhere === region) await wait(100 * 2 ** attempt);
    region = elsewhere;
  }
}

async function getOnce({ bucket, endpoint, region, credentials }: BucketAddress, wanted: Wanted): Promise<Response> {
  const set = endpoint ?? process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = set === undefined ? `https://${bucket}.s3.${region}.${suffix}` : `${set.replace(/\/$/, '')}/${bucket}`;
  const url = new URL(`${base}/${wanted.path}`);
  for (const [name, value] of Object.entries(wanted.query)) url.searchParams.set(name, value);
  const request = { method: 'GET', url, headers: {}, body: undefined };
  const { host: _host, ...headers } = await signedHeaders(request, { service: 's3', region, credentials });
  return fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
}

/** Encodes all but unreserved characters, as S3 does when it checks the signature. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function errorFrom(answer: Response): Promise<Error> {
  const xml = await answer.text();
  const error = new Error(elementIn(xml, 'Message') || `it answered ${answer.status}`);
  error.name = elementIn(xml, 'Code') || 'Error';
  return error;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Returns the text of the first element of a name. Empty if there is none. */
function elementIn(xml: string, name: string): string {
  const [, text = ''] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity] ?? '');
}
