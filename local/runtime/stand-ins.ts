import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { withStreams } from '../aws/change-stream.ts';
import { startDynalite } from '../aws/dynalite.ts';
import type { DynamoDBEngine } from '../aws/dynamodb-engine.ts';
import { startDynamoDBLocal } from '../aws/dynamodb-local.ts';
import { type BusEvent, createEventBridgeService } from '../aws/event-bridge.ts';
import { Faults } from '../aws/faults.ts';
import { createFirehoseService } from '../aws/firehose.ts';
import { createKmsService, type MakeKeyPair } from '../aws/kms.ts';
import { QueueJournal } from '../aws/queue-journal.ts';
import { createS3Service } from '../aws/s3.ts';
import { createSecretsService } from '../aws/secrets.ts';
import { AwsServer, type AwsServices } from '../aws/server.ts';
import { SnsStandIn, snsState } from '../aws/sns.ts';
import { SqsStandIn } from '../aws/sqs.ts';
import { AUDIT_BUCKET, type AuditRecords } from './audit-records.ts';
import { expiryQueue, notificationQueue, notificationTopicArn } from './queues.ts';
import type { SharedClock } from './shared-clock.ts';
import type { StateFile } from './state-file.ts';
import type { StreamSource } from './stream-source.ts';

/** The delivery stream that the functions know. */
export const AUDIT_STREAM = 'local-audit';
/** The event bus that the functions know. */
export const EVENT_BUS = 'arn:aws:events:eu-central-1:000000000000:event-bus/local';

const awsState = v.object({ kmsMasterKey: v.string(), sns: v.optional(snsState) });
type AwsState = v.InferOutput<typeof awsState>;

/** What is asked of the stand-ins for AWS. */
export type StandInOptions = {
  /** The folder that keeps state between runs. Default: state is in memory. */
  readonly dataFolder?: string | undefined;
  /** Default: dynalite. A function starts another engine, which keeps nothing. */
  readonly dynamodb?: 'dynalite' | 'dynamodb-local' | (() => Promise<DynamoDBEngine>) | undefined;
  /** Runs the function `events`, and gets what it publishes. Default: there are no events, and no streams. */
  readonly onEvent?: ((event: BusEvent) => void) | undefined;
  /** Makes the key pairs of KMS. Default: each is new. */
  readonly makeKeyPair?: MakeKeyPair | undefined;
  /** How many AWS calls, pushes and audit records are remembered. Default: all, which tests need. */
  readonly remembers?: number | undefined;
};

/** What the stand-ins for AWS work with. */
type Grounds = {
  readonly state: StateFile;
  readonly clock: SharedClock;
  readonly started: AsyncDisposableStack;
  readonly audit: AuditRecords;
  readonly streams: StreamSource;
};

/** Starts the stand-ins for AWS, which keep their state where the options say. */
export async function startAws(
  options: StandInOptions,
  { state, clock, started, audit, streams }: Grounds,
): Promise<{ aws: AwsServer; sns: SnsStandIn; engine: DynamoDBEngine; faults: Faults }> {
  const kept = state.read('aws', awsState);
  const kmsMasterKey = kept?.kmsMasterKey ?? randomBytes(32).toString('base64');
  const sns = new SnsStandIn();
  sns.restore(kept?.sns);
  const keep = () => state.write('aws', { kmsMasterKey, sns: sns.save() } satisfies AwsState);
  sns.on('change', keep);
  keep();
  const plain = await startEngine(options);
  started.defer(() => plain.close());
  const { onEvent } = options;
  const now = () => Math.floor(clock.milliseconds(Date.now()) / 1000);
  const engine = onEvent ? withStreams(plain, { now, onRecord: streams.add }) : plain;
  const services: AwsServices = {
    dynamodb: (call) => engine.serve(call),
    sns: sns.service,
    sqs: startQueues(options, clock, sns).service,
    secretsmanager: createSecretsService(new Map()),
    firehose: createFirehoseService(AUDIT_STREAM, audit.add),
    s3: createS3Service(AUDIT_BUCKET, () => audit.objects()),
    ...(onEvent && { events: createEventBridgeService(EVENT_BUS, onEvent) }),
    kms: createKmsService(Buffer.from(kmsMasterKey, 'base64'), options.makeKeyPair),
  };
  const faults = new Faults();
  const aws = new AwsServer(services, options.remembers, (call) => faults.answerTo(call));
  return { aws, sns, engine: plain, faults };
}

function startEngine({ dynamodb, dataFolder: folder }: StandInOptions): Promise<DynamoDBEngine> {
  if (typeof dynamodb === 'function') return dynamodb();
  if (dynamodb === 'dynamodb-local') return startDynamoDBLocal(folder && join(folder, 'dynamodb-local'));
  return startDynalite(folder && join(folder, 'dynalite'));
}

/** Makes the queues, and subscribes that of notifications to the topic where decisions are announced. */
function startQueues({ dataFolder: folder }: StandInOptions, clock: SharedClock, sns: SnsStandIn): SqsStandIn {
  const now = () => clock.milliseconds(Date.now()) / 1000;
  const journal = folder === undefined ? undefined : new QueueJournal(join(folder, 'queues.jsonl'));
  const queues = [notificationQueue, expiryQueue];
  const sqs = new SqsStandIn(now, Object.fromEntries(queues.map(({ name, redrive }) => [name, redrive])), journal);
  const queue = sqs.queue(notificationQueue.name);
  sns.subscribe(notificationTopicArn, (message) => void queue.send({ ...message, sender: 'sns' }));
  return sqs;
}
