import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFirehoseService } from '../../../local/aws/firehose.ts';
import { jsonAnswer } from '../../../local/aws/json-answer.ts';
import { type AwsAnswer, type AwsCall, AwsServer } from '../../../local/aws/server.ts';
import { listenOnLoopback } from '../../../local/runtime/loopback.ts';
import { firehoseAuditStore } from '../../../provider/adapters/firehose/firehose-audit-store.ts';

const LINE = '{"v":1,"id":"ü"}\n';
const config = { region: 'eu-central-1', credentials: { accessKeyId: 'device', secretAccessKey: 'local' } };

let aws: AwsServer;
let endpoint: string;
const stored: string[] = [];
beforeAll(async () => {
  aws = new AwsServer({ firehose: createFirehoseService('audit', (text) => stored.push(text)) });
  endpoint = await aws.listen();
});
beforeEach(() => {
  stored.length = 0;
  aws.calls.length = 0;
  aws.interference = undefined;
});
afterAll(() => aws.close());

/** Longer than this process needs for a call, so that only an answer that never ends is late. */
const PATIENT = 60_000;
const put = (stream = 'audit', { at = endpoint, milliseconds = PATIENT } = {}) =>
  firehoseAuditStore(new DynamoDBClient(config), { stream, endpoint: at, milliseconds })?.(LINE);
const refused = (type: string, status = 400): AwsAnswer => jsonAnswer('1.1', { __type: type, message: 'x' }, status);

describe('a line is stored', () => {
  it('by a call that is the same as that of the SDK’s client of Firehose', async () => {
    expect(await put()).toBe(true);
    const sdk = new FirehoseClient({ ...config, endpoint });
    await sdk.send(new PutRecordCommand({ DeliveryStreamName: 'audit', Record: { Data: Buffer.from(LINE) } }));
    const [own, itsOwn] = aws.calls as [AwsCall, AwsCall];
    expect(own).toMatchObject({ service: 'firehose', action: 'PutRecord', caller: 'device' });
    expect({ ...own, body: JSON.parse(own.body.toString()) }).toEqual({
      ...itsOwn,
      // The SDK says in a header which try it is. Firehose does not ask for that.
      attempt: undefined,
      body: JSON.parse(itsOwn.body.toString()),
    });
    expect(stored).toEqual([LINE, LINE]);
  });

  it('by another try, if Firehose failed or was throttled', async () => {
    for (const answer of [refused('ServiceUnavailableException', 503), refused('ThrottlingException')]) {
      aws.interference = () => (aws.calls.length % 2 === 1 ? answer : undefined);
      expect(await put()).toBe(true);
      aws.calls.length = 0;
    }
    expect(stored).toHaveLength(2);
  });

  it('twice, if the answer of the first try was lost', async () => {
    aws.interference = () => (aws.calls.length === 1 ? 'lose-answer' : undefined);
    expect(await put()).toBe(true);
    expect(stored).toEqual([LINE, LINE]);
  });
});

describe('a line is not acknowledged', () => {
  it.each([
    ['Firehose stays out', refused('ServiceUnavailableException', 503), 3],
    ['the role may not write', refused('AccessDeniedException'), 1],
    ['it answers without a record id', jsonAnswer('1.1', {}), 1],
  ])('if %s', async (_, answer, tries) => {
    aws.interference = () => answer;
    expect(await put()).toBe(false);
    expect(aws.calls).toHaveLength(tries);
  });

  it('if there is no such stream', async () => {
    expect(await put('other')).toBe(false);
  });

  it('if an answer begins and does not end', async () => {
    const stalling = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"RecordId":');
    });
    const port = await listenOnLoopback(stalling, 0);
    expect(await put('audit', { at: `http://127.0.0.1:${port}`, milliseconds: 100 })).toBe(false);
    stalling.closeAllConnections();
    stalling.close();
  });

  it('if Firehose does not answer in time, or cannot be reached', async () => {
    aws.interference = () => new Promise(() => {});
    expect(await put('audit', { milliseconds: 100 })).toBe(false);
    expect(await put('audit', { at: 'http://127.0.0.1:1' })).toBe(false);
  });
});

it('without a stream there is no store', () => {
  expect(
    firehoseAuditStore(new DynamoDBClient(config), { stream: undefined, endpoint, milliseconds: 100 }),
  ).toBeUndefined();
});
