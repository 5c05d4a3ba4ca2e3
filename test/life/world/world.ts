import { spec as admin } from '../../../lambdas/admin/function.ts';
import { spec as asking } from '../../../lambdas/backchannel-authentication/function.ts';
import { spec as notification } from '../../../lambdas/client-notification/function.ts';
import { spec as device } from '../../../lambdas/device/function.ts';
import { spec as token } from '../../../lambdas/token/function.ts';
import { Table } from '../../../provider/adapters/dynamodb/table.ts';
import type { NumberMatching } from '../../../provider/core/deciding/number-matching.ts';
import { requestIdOf } from '../../../provider/core/digest.ts';
import type { NotificationSender, PushSender } from '../../../provider/flows/notifying/ports.ts';
import type { Entropy } from '../../../provider/flows/ports.ts';
import { NOW } from '../../core/given.ts';
import { MemoryDynamoDB } from '../dynamodb/memory-dynamodb.ts';
import { clientsIn, DEVICES, enter } from './cast.ts';
import { dynamodbClient, type MakeCall } from './dynamodb-client.ts';
import {
  adminFunction,
  askingFunction,
  deviceFunction,
  notificationFunction,
  type Own,
  tokenFunction,
} from './functions.ts';
import { History } from './history.ts';
import type { Invocation } from './invocation.ts';
import { Pool } from './pool.ts';
import { Queue } from './queue.ts';
import { watchRequest } from './request-watch.ts';
import { type Scene, settingsOf, wordsOfScene } from './scene.ts';
import { Scheduler } from './scheduler.ts';
import { auditTrailOf, kmsOf, signerOf, snsOf, sqsOf } from './stand-ins.ts';
import { Story } from './story.ts';

/** How a client's notification endpoint answers. */
export type Health = 'healthy' | 'down' | 'busy';

/** A client as its owner knows it. */
export type KnownClient = {
  readonly clientId: string;
  readonly name: string;
  readonly mode: 'poll' | 'ping' | 'push';
  readonly numberMatching: NumberMatching | undefined;
  secret: string;
  registrationId: string;
  scopes: readonly string[];
  health: Health;
  /** Since when the endpoint is healthy. */
  healthySince: number;
};

/** The provider, in one process: its functions over tables in memory, and everybody who calls it. */
export class World {
  readonly time = { now: NOW };
  readonly story = new Story();
  readonly history = new History();
  readonly engine = new MemoryDynamoDB();
  readonly queue = new Queue();
  readonly scheduler = new Scheduler(this.story, () => this.time.now);
  readonly #made = { secrets: 0, ids: 0, tokens: 0, numbers: 0 };
  readonly scene: Scene;
  readonly clients: readonly KnownClient[];
  /** What each phone knows of each request: the hash of its details. */
  readonly phones = DEVICES.map(({ deviceId, sub }) => ({
    deviceId,
    sub,
    hashes: new Map<string, string>(),
  }));
  readonly functions = {
    asking: this.#pool(askingFunction, asking.timeoutSeconds),
    token: this.#pool(tokenFunction, token.timeoutSeconds),
    device: this.#pool(deviceFunction, device.timeoutSeconds),
    notification: this.#pool(notificationFunction, notification.timeoutSeconds),
    admin: this.#pool(adminFunction, admin.timeoutSeconds),
  };
  readonly names = {
    request: (requestId: string) => `request ${this.history.find(requestId)?.number ?? '?'}`,
    client: (clientId: string) => this.client(clientId)?.name ?? clientId,
  };

  constructor(scene: Scene) {
    this.scene = scene;
    this.clients = clientsIn(scene).map(({ clientId, name, deliveryMode: mode, ...one }) => ({
      clientId,
      name,
      mode,
      numberMatching: one.numberMatching,
      secret: `secret of ${clientId}`,
      registrationId: one.registrationId,
      scopes: one.scopes,
      health: 'healthy',
      healthySince: NOW,
    }));
    const names = this.clients.map(({ name }) => name);
    for (const line of wordsOfScene(scene, names)) this.story.tell(line);
    enter(this.engine, scene);
    this.engine.watcher = ({ table, before, after }) => {
      const pk = (after ?? before)?.['pk']?.S ?? '';
      if (table !== 'Transactions' || !pk.startsWith('REQUEST#')) return;
      const moment = { ...this.when, invocation: this.scheduler.current };
      watchRequest(this.history, pk.slice(8), { before, after }, moment);
    };
  }

  client(clientId: string): KnownClient | undefined {
    return this.clients.find((one) => one.clientId === clientId);
  }

  /** Everybody is a step further. */
  get when() {
    return { at: this.scheduler.next(), clock: this.time.now };
  }

  get entropy(): Entropy {
    return {
      secret: () => `secret-${++this.#made.secrets}-`.padEnd(43, 'A'),
      id: () => `id-${++this.#made.ids}-`.padEnd(22, 'A'),
      twoDigits: () => String(++this.#made.numbers % 100).padStart(2, '0'),
      fraction: () => 0.5,
    };
  }

  #pool<Ports>(compose: (own: Own) => Ports, timeoutSeconds: number): Pool<Ports> {
    return new Pool(this.scheduler, (make, running) => compose(this.#own(make, running)), timeoutSeconds);
  }

  #own(make: MakeCall, running: () => Invocation | undefined): Own {
    const dynamodb = dynamodbClient(this.engine, make, this.names);
    const now = () => this.time.now;
    return {
      directory: new Table(dynamodb, 'Directory'),
      transactions: new Table(dynamodb, 'Transactions'),
      sns: snsOf(make, {
        ring: (arn, push) => this.#ring(arn, push),
        announce: (message) => this.queue.add(message, now()),
        words: (arn) => arn.slice('arn:of:'.length),
      }),
      sqs: sqsOf(make, {
        send: (url, body, delay) =>
          url === 'dead-letters'
            ? this.queue.deadLetters.push({ body, at: now() })
            : this.queue.add(body, now(), delay),
        postpone: (id, seconds) => this.queue.postpone(id, now(), seconds),
      }),
      kms: kmsOf(make),
      signer: signerOf(make, this.#made),
      audit: auditTrailOf(make, {
        newId: () => this.entropy.id(),
        keep: (record) => this.history.trail.push({ ...this.when, record, invocation: this.scheduler.current }),
        log: (event) => this.history.log.push({ ...this.when, event, invocation: running() }),
      }),
      sender: this.#sender(make),
      entropy: this.entropy,
      clock: now,
      settings: settingsOf(this.scene),
    };
  }

  #ring(arn: string, push: { readonly requestId: string; readonly isReminder: boolean }): void {
    const phone = this.phones.find(({ deviceId }) => arn === `arn:of:${deviceId}`);
    if (!phone) return;
    const { deviceId } = phone;
    this.history.rings.push({ ...this.when, ...push, deviceId, invocation: this.scheduler.current });
  }

  #sender(make: MakeCall): NotificationSender & PushSender {
    const post = (endpoint: string, body: string) =>
      make({
        words: `calls ${endpoint}`,
        kind: 'send',
        isRepeated: false,
        effect: () => this.#receive(endpoint, body),
        outage: () => ({ unreachable: 'connection_failed' }),
      });
    return {
      send: ({ endpoint, authReqId }) => post(endpoint, JSON.stringify({ auth_req_id: authReqId })),
      push: ({ endpoint, body }) => post(endpoint, body),
    };
  }

  #receive(endpoint: string, body: string) {
    const client = this.clients.find(({ clientId }) => endpoint.includes(clientId));
    const { auth_req_id: authReqId, error, access_token: accessToken, scope } = JSON.parse(body);
    const request = this.history.find(requestIdOf(authReqId));
    const invocation = this.scheduler.current;
    if (!client || !request || !invocation) throw new Error(`a notification of an unknown request: ${body}`);
    if (client.health !== 'healthy') request.missed += 1;
    if (client.health === 'down') {
      this.story.tell(`  ${client.name} cannot be reached about request ${request.number}.`);
      return { unreachable: 'connection_failed' };
    }
    const status = client.health === 'busy' ? 503 : 204;
    const kind = accessToken ? 'tokens' : error ? 'error' : 'ping';
    request.deliveries.push({ ...this.when, invocation, kind, body, scope, status });
    this.story.tell(`  ${client.name} receives a ${kind} about request ${request.number}, and answers ${status}.`);
    return { status };
  }
}
