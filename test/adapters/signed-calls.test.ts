import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { HttpRequest } from '@smithy/core/protocols';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenOnLoopback } from '../../local/runtime/loopback.ts';
import {
  type CalledService,
  jsonCall,
  NEVER_AGAIN,
  type SendSigned,
  signedCalls,
  tryAgain,
} from '../../provider/adapters/signed-calls.ts';

const CREDENTIALS = { accessKeyId: 'device', secretAccessKey: 'local' };
const GET = { method: 'GET', path: '/a%20b' } as const;
/** Longer than this process needs for a call, so that only a service that is silent is late. */
const SILENT = 60_000;

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server;
let endpoint: string;
let answers: Answering[];
const asked: IncomingMessage[] = [];
beforeEach(async () => {
  asked.length = 0;
  // The last answer is given again and again.
  server = createServer((request, response) => {
    asked.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, request);
  });
  endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const client = () => new DynamoDBClient({ region: 'eu-central-1', credentials: CREDENTIALS });
const calling = (called: Partial<CalledService> = {}): SendSigned =>
  signedCalls(client(), { service: 'firehose', endpoint, milliseconds: SILENT, pauses: [0, 0], ...called });
const answering =
  (status: number, body = ''): Answering =>
  (response) =>
    response.writeHead(status).end(body);
const error = (name: string) => answering(400, JSON.stringify({ __type: name }));
const hangingUp: Answering = (_, { socket }) => socket.destroy();
const beginning: Answering = (response) => response.writeHead(200, { 'content-length': '9' }).write('half');

describe('a call is tried again', () => {
  it.each([
    ['the connection broke before the answer', hangingUp],
    ['the service is out', answering(500)],
    ['the service is out (503)', answering(503, 'no JSON')],
    ['there were too many calls (RFC 6585)', answering(429)],
    ['the call was throttled', error('ThrottlingException')],
    ['the account’s share of calls is used up', error('com.amazonaws#RequestLimitExceeded')],
    ['the stream’s share of calls is used up', error('LimitExceededException')],
  ])('if %s', async (_, first) => {
    answers = [first, answering(200, 'done')];
    expect(await calling()(GET)).toMatchObject({ statusCode: 200, body: 'done' });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['that does not begin', () => undefined],
    ['that does not end', beginning],
  ])('if an answer %s is late, on another connection', async (_, first) => {
    answers = [first, answering(200, 'done')];
    expect(await calling({ milliseconds: 200 })(GET)).toMatchObject({ body: 'done' });
    expect(asked).toHaveLength(2);
    expect(asked[1]?.socket).not.toBe(asked[0]?.socket);
    await expect.poll(() => asked[0]?.socket.destroyed).toBe(true);
  });

  it('as often as there are pauses: the last answer is returned', async () => {
    answers = [answering(500), answering(500), answering(503, 'out')];
    expect(await calling()(GET)).toMatchObject({ statusCode: 503, body: 'out' });
    expect(asked).toHaveLength(3);
  });

  it('as often as there are pauses: the last failure is thrown', async () => {
    answers = [answering(500), hangingUp];
    await expect(calling()(GET)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(asked).toHaveLength(3);
    answers = [beginning];
    await expect(calling({ milliseconds: 50, pauses: [] })(GET)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a call is not tried again', () => {
  it.each([
    ['it succeeded, whatever it tells', 200, 'ThrottlingException'],
    ['the service refuses it', 403, '{"__type":"AccessDeniedException"}'],
    ['the service finds a fault in it', 400, '{"__type":"ValidationException"}'],
    ['nothing is there', 404, ''],
    ['a condition does not hold', 412, ''],
  ])('if %s', async (_, statusCode, body) => {
    answers = [answering(statusCode, body)];
    expect(await calling()(GET)).toMatchObject({ statusCode, body });
    expect(asked).toHaveLength(1);
  });

  it('if it must not take effect twice', async () => {
    answers = [answering(500)];
    expect(await calling({ pauses: NEVER_AGAIN })(GET)).toMatchObject({ statusCode: 500 });
    answers = [hangingUp];
    await expect(calling({ pauses: NEVER_AGAIN })(GET)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(asked).toHaveLength(2);
  });
});

describe('a call arrives', () => {
  it('over a connection that the client keeps', async () => {
    answers = [answering(200)];
    const send = calling();
    for (let n = 0; n < 3; n += 1) await send(GET);
    expect(new Set(asked.map(({ socket }) => socket)).size).toBe(1);
  });

  it('signed for its service and its region, with its length, query and body', async () => {
    let body = '';
    answers = [
      (response, request) => {
        request.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        request.on('end', () => response.end());
      },
    ];
    await calling({ service: 'lambda' })({ ...jsonCall('A.B', { name: 'ü' }), query: { Qualifier: '$LATEST' } });
    expect(body).toBe('{"name":"ü"}');
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/?Qualifier=%24LATEST' });
    expect(asked[0]?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'A.B',
      'content-length': String(Buffer.byteLength('{"name":"ü"}')),
      authorization: expect.stringMatching(/Credential=device\/\d{8}\/eu-central-1\/lambda\/aws4_request/),
    });
    await calling({ region: async () => 'eu-west-1' })(GET);
    expect(asked[1]?.headers.authorization).toContain('/eu-west-1/firehose/aws4_request');
  });

  it('for as long as the service may take, also if the client itself would wait for less', async () => {
    answers = [(response) => setTimeout(() => response.end('late'), 400)];
    const requestHandler = { requestTimeout: 100, throwOnRequestTimeout: true };
    const impatient = new DynamoDBClient({ region: 'eu-central-1', credentials: CREDENTIALS, requestHandler });
    const send = signedCalls(impatient, { service: 'kms', endpoint, milliseconds: SILENT, pauses: [] });
    expect(await send(GET)).toMatchObject({ body: 'late' });
  });

  it.each([
    ['eu-central-1', 'firehose.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'firehose.cn-north-1.amazonaws.com.cn'],
  ])('where AWS has its service, in %s as elsewhere', async (region, hostname) => {
    const called: HttpRequest[] = [];
    const dynamodb = new DynamoDBClient({
      region,
      credentials: CREDENTIALS,
      requestHandler: { handle: async (request: HttpRequest) => Promise.reject(called.push(request)) },
    });
    const send = signedCalls(dynamodb, { service: 'firehose', endpoint: undefined, milliseconds: SILENT, pauses: [] });
    await expect(send(GET)).rejects.toBe(1);
    expect(called[0]).toMatchObject({ protocol: 'https:', hostname, port: undefined });
  });
});

describe('tries', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are three, with pauses of 100 and 200 milliseconds, unless others are named', async () => {
    const at: number[] = [];
    const started = Date.now();
    const outcome = tryAgain(
      async () => at.push(Date.now() - started),
      () => false,
    );
    await vi.runAllTimersAsync();
    expect(await outcome).toBe(3);
    expect(at).toEqual([0, 100, 300]);
  });
});
