import type { AwsAnswer, AwsService } from './server.ts';

/** An object of the bucket. */
export type StoredObject = { readonly body: Buffer; readonly modifiedAt: Date };

/** How many objects S3 lists at once. */
const PAGE = 1000;

/** S3, with calls to list and to read the objects of the one bucket that exists. */
export function createS3Service(bucket: string, objects: () => ReadonlyMap<string, StoredObject>): AwsService {
  return async ({ action, input }) => {
    if (input['Bucket'] !== bucket) return refused(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (action === 'ListObjectsV2') return listed(objects(), input);
    const object = objects().get(String(input['Key']));
    if (!object) return refused(404, 'NoSuchKey', 'The specified key does not exist.');
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: object.body };
  };
}

/** Lists keys in their order, beginning after the continuation token, which is the last key of the page before. */
function listed(
  objects: ReadonlyMap<string, StoredObject>,
  { prefix = '', 'continuation-token': after = '' }: Readonly<Record<string, unknown>>,
): AwsAnswer {
  const found = [...objects].filter(([key]) => key.startsWith(String(prefix)) && key > String(after));
  const page = found.sort(([one], [other]) => (one < other ? -1 : 1)).slice(0, PAGE);
  const contents = page.map(
    ([key, { body, modifiedAt }]) =>
      `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><Size>${body.length}</Size></Contents>`,
  );
  const next = found.length > PAGE ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : '';
  return xml(
    200,
    `<ListBucketResult><KeyCount>${page.length}</KeyCount>${next}${contents.join('')}</ListBucketResult>`,
  );
}

function refused(status: number, code: string, message: string): AwsAnswer {
  return xml(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

function xml(status: number, body: string): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}
