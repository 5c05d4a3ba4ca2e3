import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../runtime/loopback.ts';
import { addRecent } from './recent.ts';

/** One AWS call as it arrived, with its caller and its input. */
export type AwsCall = {
  /** The access key id of the signature. Each function has its own, so it names the function. */
  readonly caller: string;
  readonly service:
    | 'dynamodb'
    | 'sns'
    | 'sqs'
    | 'kms'
    | 'secretsmanager'
    | 'firehose'
    | 's3'
    | 'events'
    | 'codedeploy'
    | 'lambda';
  readonly action: string;
  /** JSON input, or the form fields of the Query protocol. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** Which try of the SDK it is, from 1. Absent if the caller does not count its tries. */
  readonly attempt?: number | undefined;
};
/** An answer on the wire. */
export type AwsAnswer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string | Buffer;
  /** For a poll of a queue: whether it found a message. */
  readonly found?: boolean;
};
/** A service stand-in, which answers one call of its service. The signal aborts when the caller hangs up. */
export type AwsService = (call: AwsCall, gone: AbortSignal) => Promise<AwsAnswer>;
/**
 * What a test does to a call: replace its answer, let the service do its work but lose the answer, or wait for
 * something first.
 */
export type Interference = (
  call: AwsCall,
) => undefined | AwsAnswer | 'lose-answer' | Promise<undefined | AwsAnswer | 'lose-answer'>;

/** The services that answer. Calls to any other service are refused. */
export type AwsServices = Readonly<Partial<Record<AwsCall['service'], AwsService>>>;

/** All AWS stand-ins on one loopback port. The SDK's protocols show which service a call is for. */
export class AwsServer {
  /**
   * The last calls in the order in which they came. A poll of a queue is listed only after it found a message, because polls in
   * the background would disturb tests that count calls.
   */
  readonly calls: AwsCall[] = [];
  interference: Interference | undefined;
  readonly #services: AwsServices;
  readonly #remembers: number;
  readonly #failure: (call: AwsCall) => AwsAnswer | undefined;
  readonly #server: Server;

  /** `remembers`: how many calls are kept in `calls`. `failure`: the answer to a call that fails on command. */
  constructor(
    services: AwsServices,
    remembers = Number.POSITIVE_INFINITY,
    failure: (call: AwsCall) => AwsAnswer | undefined = () => undefined,
  ) {
    this.#services = services;
    this.#remembers = remembers;
    this.#failure = failure;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        console.error('AWS stand-in:', error);
        response.writeHead(500).end();
      });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  async listen(): Promise<string> {
    return `http://127.0.0.1:${await listenOnLoopback(this.#server, 0)}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Refuses calls of web pages, which may find this port by rebinding their name or with a plain form.
    if (request.headers.origin !== undefined || !/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) {
      response.writeHead(403).end();
      return;
    }
    const call = { ...parseCall(request, await buffer(request)), attempt: attemptOf(request) };
    const isPoll = call.action === 'ReceiveMessage';
    if (!isPoll) addRecent(this.calls, call, this.#remembers);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const interfered = this.#failure(call) ?? (await this.interference?.(call));
    const answer =
      typeof interfered === 'object'
        ? interfered
        : await (this.#services[call.service]?.(call, gone.signal) ?? unknownService(call));
    if (isPoll && answer.found) addRecent(this.calls, call, this.#remembers);
    if (interfered === 'lose-answer') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

async function unknownService({ service }: AwsCall): Promise<AwsAnswer> {
  return { status: 400, body: JSON.stringify({ __type: 'UnknownOperationException', message: service }) };
}

const TARGETS: Readonly<Record<string, AwsCall['service']>> = {
  DynamoDB_20120810: 'dynamodb',
  TrentService: 'kms',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
  Firehose_20150804: 'firehose',
  CodeDeploy_20141006: 'codedeploy',
  AWSEvents: 'events',
};

/** The path of an invocation. Lambda uses REST, with the function in the path and a version or an alias in the query. */
const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?Qualifier=([^&]+))?$/;

function parseCall(request: IncomingMessage, body: Buffer): AwsCall {
  const caller = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'anonymous';
  const [prefix = '', action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const service = TARGETS[prefix];
  if (service) return { caller, service, action, input: JSON.parse(body.toString() || '{}'), body };
  const [, invoked, qualifier] = INVOCATION.exec(request.url ?? '') ?? [];
  if (invoked !== undefined) {
    const FunctionName = [invoked, ...(qualifier === undefined ? [] : [qualifier])].map(decodeURIComponent).join(':');
    const input = { FunctionName, Payload: JSON.parse(body.toString() || '{}') };
    return { caller, service: 'lambda', action: 'Invoke', input, body };
  }
  if (request.method === 'GET') return { caller, service: 's3', ...parseRead(request.url ?? '/'), body };
  const form = Object.fromEntries(new URLSearchParams(body.toString()));
  return { caller, service: 'sns', action: form['Action'] ?? '', input: form, body };
}

/** The SDK says in a header which try it is: `attempt=2; max=3`. */
function attemptOf(request: IncomingMessage): number | undefined {
  const [, attempt] = /attempt=(\d+)/.exec(String(request.headers['amz-sdk-request'] ?? '')) ?? [];
  return attempt === undefined ? undefined : Number(attempt);
}

/** S3 uses REST, with bucket and key in the path. It is the only service whose calls are GETs. */
function parseRead(target: string): Pick<AwsCall, 'action' | 'input'> {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const [, Bucket = '', ...key] = pathname.split('/').map(decodeURIComponent);
  const action = searchParams.has('list-type') ? 'ListObjectsV2' : 'GetObject';
  return { action, input: { Bucket, Key: key.join('/'), ...Object.fromEntries(searchParams) } };
}
