import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BusEvent, createEventBridgeService } from '../../../local/aws/event-bridge.ts';
import { jsonAnswer } from '../../../local/aws/json-answer.ts';
import { type AwsAnswer, AwsServer } from '../../../local/aws/server.ts';
import { listenOnLoopback } from '../../../local/runtime/loopback.ts';
import { EventBridgeBus } from '../../../provider/adapters/eventbridge/event-bridge-bus.ts';
import { detailOf } from '../../../provider/adapters/eventbridge/event-detail.ts';
import { txnOf } from '../../../provider/core/digest.ts';
import type { ProviderEvent } from '../../../provider/core/operating/provider-event.ts';

const BUS = 'arn:aws:events:eu-central-1:000000000000:event-bus/local';
const config = { region: 'eu-central-1', credentials: { accessKeyId: 'events', secretAccessKey: 'local' } };

let aws: AwsServer;
let endpoint: string;
let taken: BusEvent[] = [];
beforeAll(async () => {
  aws = new AwsServer({ events: createEventBridgeService(BUS, (event) => taken.push(event)) });
  endpoint = await aws.listen();
});
beforeEach(() => {
  taken = [];
  aws.calls.length = 0;
  aws.interference = undefined;
});
afterAll(() => aws.close());

/** Longer than this process needs for a call, so that only an answer that never ends is late. */
const PATIENT = 60_000;
const event = (n: number): ProviderEvent => ({
  event: 'user_blocked',
  sub: `user-${n}`,
  id: `id-${n}`,
  at: 1_800_000_000,
});
const some = (count: number) => Array.from({ length: count }, (_, n) => event(n));
const publish = (events: readonly ProviderEvent[], { bus = BUS, at = endpoint, milliseconds = PATIENT } = {}) =>
  new EventBridgeBus(new DynamoDBClient(config), { bus, endpoint: at, milliseconds }).publish(events);
const refused = (type: string, status = 400): AwsAnswer => jsonAnswer('1.1', { __type: type, message: 'x' }, status);
const sentIn = (call: number) => {
  const entries = (aws.calls[call]?.input['Entries'] ?? []) as { Detail: string }[];
  return entries.map(({ Detail }) => JSON.parse(Detail).id as string);
};
/** What EventBridge answers if it did not accept the entries at these places. */
const answerWithout = (places: readonly number[], count: number) =>
  jsonAnswer('1.1', {
    FailedEntryCount: places.length,
    Entries: Array.from({ length: count }, (_, n) =>
      places.includes(n) ? { ErrorCode: 'InternalFailure', ErrorMessage: 'x' } : { EventId: `e-${n}` },
    ),
  });

describe('events are put on the bus', () => {
  it('by a signed call of PutEvents, with source, name, time and detail', async () => {
    expect(await publish([event(1)])).toEqual([]);
    expect(aws.calls[0]).toMatchObject({ service: 'events', action: 'PutEvents', caller: 'events' });
    expect(aws.calls[0]?.input).toEqual({
      Entries: [
        {
          EventBusName: BUS,
          Source: 'serverless-ciba',
          DetailType: 'user_blocked',
          Time: 1_800_000_000,
          Detail: '{"sub":"user-1","id":"id-1","at":1800000000}',
        },
      ],
    });
    expect(taken[0]).toMatchObject({ time: '2027-01-15T08:00:00.000Z', detail: { id: 'id-1' } });
  });

  it('ten at a time, in their order', async () => {
    expect(await publish(some(23))).toEqual([]);
    expect(aws.calls.map((_, n) => sentIn(n).length)).toEqual([10, 10, 3]);
    expect(taken.map(({ detail }) => detail['id'])).toEqual(some(23).map(({ id }) => id));
  });

  it('far below the 256 KB that EventBridge takes in one call, even with the longest ids', async () => {
    const longest = Array.from({ length: 10 }, (_, n) => ({
      ...event(n),
      event: 'client_updated' as const,
      clientId: 'c'.repeat(64),
      changed: Array.from({ length: 40 }, () => 'm'.repeat(50)),
      sub: 's'.repeat(255),
    }));
    await publish(longest);
    expect(aws.calls[0]?.body.length).toBeLessThan(64 * 1024);
  });

  it('again, alone, if they were not accepted while others were', async () => {
    aws.interference = () => (aws.calls.length === 1 ? answerWithout([1, 3], 4) : undefined);
    expect(await publish(some(4))).toEqual([]);
    expect(aws.calls.map((_, n) => sentIn(n))).toEqual([
      ['id-0', 'id-1', 'id-2', 'id-3'],
      ['id-1', 'id-3'],
    ]);
  });

  it('again, all of them, if the call failed or its answer was lost', async () => {
    for (const broken of [refused('InternalException', 500), refused('ThrottlingException'), 'lose-answer'] as const) {
      aws.calls.length = 0;
      aws.interference = () => (aws.calls.length === 1 ? broken : undefined);
      expect(await publish(some(2))).toEqual([]);
      expect(aws.calls).toHaveLength(2);
      expect(sentIn(1)).toEqual(['id-0', 'id-1']);
    }
  });
});

describe('events are not accepted', () => {
  it('after three tries: the bus tells which', async () => {
    aws.interference = ({ input }) => {
      const { length } = input['Entries'] as object[];
      return answerWithout([length - 1], length);
    };
    expect((await publish(some(3))).map(({ id }) => id)).toEqual(['id-2']);
    expect(aws.calls).toHaveLength(3);
  });

  it('if no call succeeds: the fault has the name that EventBridge gave it', async () => {
    aws.interference = () => refused('com.amazonaws.events#AccessDeniedException');
    await expect(publish(some(1))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(aws.calls).toHaveLength(3);
    aws.interference = () => ({ status: 503, body: 'no JSON' });
    await expect(publish(some(1))).rejects.toMatchObject({ name: 'EventBridge503' });
  });

  it('if there is no such bus', async () => {
    await expect(publish(some(1), { bus: 'other' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('if an answer begins and does not end', async () => {
    const stalling = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"Entries":');
    });
    const port = await listenOnLoopback(stalling, 0);
    const late = publish(some(1), { at: `http://127.0.0.1:${port}`, milliseconds: 100 });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    stalling.closeAllConnections();
    stalling.close();
  });
});

it('the detail of an event has the names of the wire, and for a request its name in the logs', () => {
  const requestId = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
  const about = { requestId, clientId: 'shop', sub: 'u', deviceId: 'd' };
  expect(detailOf({ event: 'authentication_approved', ...about, id: 'i', at: 1 })).toEqual({
    id: 'i',
    at: 1,
    request_id: requestId,
    txn: txnOf(requestId),
    client_id: 'shop',
    sub: 'u',
    device_id: 'd',
  });
});
