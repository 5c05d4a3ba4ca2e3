import { createHash } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Phone } from '../../local/demo/phone.ts';
import { LIMITS_OFF } from '../../local/runtime/limits-off.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../local/runtime/runtime.ts';
import { PATIENCE_MILLISECONDS } from './patience.ts';
import { prepared } from './prepared.ts';

export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** A client with its secret. */
export type TestClient = { readonly client_id: string; readonly client_secret: string };
/** A log line of a function, parsed. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };
/** An item in DynamoDB's notation: each member with its type. */
export type StoredItem = Readonly<Record<string, AttributeValue>>;
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
};

/** A whole provider, with the functions that a test needs to act as client, operator and phone. */
export class World {
  readonly runtime: Runtime;
  readonly logs: string[];
  #count = 0;
  #clients = 0;

  private constructor(runtime: Runtime, logs: string[]) {
    this.runtime = runtime;
    this.logs = logs;
  }

  /**
   * Starts a provider. Its limits are off unless the options set them, or a client has one of its own. Its clock stands still, and only
   * `runtime.advance` moves it, unless something waits by itself: a client library, or a message in a queue.
   */
  static async start(options: Partial<RuntimeOptions> = {}): Promise<World> {
    const logs: string[] = [];
    const variables = { REQUEST_LIMITS: JSON.stringify({ ...LIMITS_OFF, perClient: 'off' }), ...options.variables };
    const runtime = await startRuntime({
      port: 0,
      clock: 'still',
      ...prepared(),
      ...options,
      variables,
      onLog: (_name, line) => logs.push(line),
    });
    return new World(runtime, logs);
  }

  get issuer(): string {
    return `${this.runtime.url}/`;
  }

  async admin(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.send(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /**
   * Registers a client, with a secret unless it names another method. The first one is Harbor Bank, unless it has
   * another name.
   */
  async client(metadata: Record<string, unknown> = {}): Promise<TestClient> {
    if (!('client_name' in metadata)) this.#clients += 1;
    const { status, body, text } = await this.admin('POST', '/admin/clients', {
      client_name: this.#clients > 1 ? `Harbor Bank ${this.#clients}` : 'Harbor Bank',
      token_endpoint_auth_method: 'client_secret_basic',
      ...metadata,
    });
    if (status !== 201) throw new Error(text);
    return { client_id: String(body['client_id']), client_secret: String(body['client_secret']) };
  }

  /** Returns what the audit trail stored, or copied from the log, about a text, in order. */
  trail(about: string): readonly Record<string, unknown>[] {
    const lines = this.runtime.audit.lines.filter((line) => line.includes(about));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Creates a user with a new e-mail address. */
  async user(profile: Record<string, unknown> = {}): Promise<{ sub: string; email: string }> {
    this.#count += 1;
    const { status, body, text } = await this.admin('POST', '/admin/users', {
      email: `user${this.#count}@example.com`,
      ...profile,
    });
    if (status !== 201) throw new Error(text);
    return { sub: String(body['sub']), email: String(body['email']) };
  }

  /** Searches for a user, as an operator does. */
  find(loginHint: string): Promise<Answer> {
    return this.admin('POST', '/admin/users/search', { login_hint: loginHint });
  }

  async ticket(sub: string): Promise<string> {
    const { body } = await this.admin('POST', `/admin/users/${encodeURIComponent(sub)}/tickets`);
    return String(body['uri']);
  }

  async phone(
    sub: string,
    own: { name?: string; pushToken?: string; platform?: string; hasTwoKeys?: boolean } = {},
  ): Promise<Phone> {
    this.#count += 1;
    const mine = { name: 'A phone', pushToken: `token-${this.#count}`, platform: 'GCM', ...own };
    return Phone.enrol(await this.ticket(sub), {
      ...mine,
      now: () => this.runtime.now(),
      at: `${this.runtime.plainUrl}/`,
    });
  }

  /** Creates a user with one phone. */
  async person(profile: Record<string, unknown> = {}): Promise<{ sub: string; email: string; phone: Phone }> {
    const user = await this.user(profile);
    return { ...user, phone: await this.phone(user.sub) };
  }

  /** Posts a form with HTTP Basic. A value of `undefined` leaves the parameter out. */
  async post(
    path: string,
    client: TestClient | undefined,
    form: Record<string, string | undefined> | string,
  ): Promise<Answer> {
    const entries =
      typeof form === 'string'
        ? form
        : Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return this.send(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(client && { authorization: basic(client) }),
      },
      body: new URLSearchParams(entries).toString(),
    });
  }

  ask(client: TestClient | undefined, form: Record<string, string | undefined>): Promise<Answer> {
    return this.post('/bc-authorize', client, { scope: 'openid', ...form });
  }

  /** Makes an authentication request and returns its id. Throws if the provider refuses. */
  async asked(
    client: TestClient,
    form: Record<string, string | undefined>,
  ): Promise<{ authReqId: string; requestId: string }> {
    const { status, body, text } = await this.ask(client, form);
    if (status !== 200) throw new Error(text);
    const authReqId = String(body['auth_req_id']);
    return { authReqId, requestId: requestIdOf(authReqId) };
  }

  poll(client: TestClient, authReqId: string): Promise<Answer> {
    return this.post('/token', client, { grant_type: CIBA_GRANT, auth_req_id: authReqId });
  }

  /** Delivers so many copies of the announcement of a request at the same time, as SQS may. */
  async announceAtOnce(requestId: string, copies: number): Promise<void> {
    const record = (index: number) => ({
      messageId: `copy-${index}`,
      receiptHandle: `copy-${index}`,
      body: JSON.stringify({ request_id: requestId, correlation_id: 'copy' }),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(this.runtime.now() * 1000) },
    });
    const deliveries = Array.from({ length: copies }, (_, index) =>
      this.runtime.host.invoke('client-notification', { Records: [record(index)] }),
    );
    await Promise.all(deliveries);
  }

  /** Reads and answers a request with a phone, as a user would. */
  async answer(phone: Phone, requestId: string, decision: 'approve' | 'deny'): Promise<number> {
    const { bytes } = await phone.read(requestId);
    return (await phone.answer(requestId, bytes, decision)).status;
  }

  async send(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.runtime.plainUrl + path, { redirect: 'manual', ...init });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{') ? JSON.parse(text) : {},
    };
  }

  /** Returns the log line of an HTTP call by its answer. Lines arrive in order, but after the answer. */
  async line(answer: Answer): Promise<LogLine> {
    const id = answer.headers.get('x-correlation-id') ?? 'none';
    const givenUpAt = performance.now() + PATIENCE_MILLISECONDS;
    while (performance.now() < givenUpAt) {
      const found = this.logs.findLast((line) => line.includes(id) && line.includes('"message":"request"'));
      if (found) return JSON.parse(found) as LogLine;
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no log line for ${id}`);
  }

  /** Returns the internal reason of a refusal. */
  async reason(answer: Answer): Promise<unknown> {
    return (await this.line(answer))['reason'];
  }

  /** Returns an item as it is stored in a table. */
  async stored(table: string, { pk, sk }: { pk: string; sk: string }): Promise<StoredItem | undefined> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new DynamoDBClient({ endpoint: this.runtime.awsEndpoint, region: 'eu-central-1', credentials });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }));
    client.destroy();
    return Item;
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}

export function requestIdOf(authReqId: string): string {
  return createHash('sha256').update(authReqId).digest('base64url');
}

export function basic({ client_id, client_secret }: TestClient): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(client_id)}:${encode(client_secret)}`).toString('base64')}`;
}
