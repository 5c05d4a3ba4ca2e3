import { Duration } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EVENT_FILTERS } from '../../provider/core/operating/event-filters.ts';
import { EXPIRY_RECEIVES, EXPIRY_VISIBILITY_SECONDS } from '../../provider/core/operating/expiry-watch.ts';
import type { TableRole } from '../../provider/core/operating/function-spec.ts';
import { EVENT_SOURCE } from '../../provider/core/operating/provider-event.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import { optionalFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { statementsFor } from '../functions/role-statements.ts';
import { acknowledge } from '../nag.ts';
import { INSTANCES_RANGE } from '../notifications/queue-limits.ts';
import { addEventAlarms } from '../observability/alarms/events.ts';
import { addFaultAlarm } from '../observability/alarms/functions.ts';
import { metricsNamespaceOf } from '../observability/metrics.ts';
import { addFunctionOutput, addOutputs } from '../outputs.ts';

type EventsForOthersProps = Pick<Deployment, 'settings' | 'tableNames' | 'grantable' | 'deadLetters' | 'alarms'> & {
  readonly streamArns: Readonly<Record<TableRole, string>>;
};

/** The most writes of a stream that one run of the function gets. */
const BATCH = 100;
/** How long Lambda waits for more writes before it runs the function. */
const WINDOW = Duration.seconds(1);
/**
 * How old a write may become before Lambda gives it up. The stream keeps it for 24 hours, so 18 are left for an operator
 * who sends it again by hand.
 */
const LONGEST_TRIED = Duration.hours(6);

/**
 * Tells other systems by EventBridge what was committed: the bus, the function that reads the streams of both tables, and
 * the queue that reminds it of requests that may expire.
 */
export class EventsForOthers extends Construct {
  readonly bus: IEventBus;
  readonly queue: Queue;
  readonly handler: ProviderFunction;

  constructor(scope: Construct, id: string, props: EventsForOthersProps) {
    super(scope, id);
    const { alarms, deadLetters } = props;
    this.bus = this.#bus(props.settings.events?.busArn);
    this.queue = this.#makeQueue(deadLetters);
    this.handler = this.#makeFunction(props);
    for (const role of ['directory', 'transactions'] as const) this.#readStream(role, props);
    this.#readQueue();
    addFaultAlarm(alarms, this.handler);
    addEventAlarms(alarms, this);
    addFunctionOutput(this, this.handler);
    addOutputs(this, { EventBus: this.bus.eventBusArn, ExpiryQueue: this.queue.queueUrl });
  }

  /** Returns the bus of the settings, or makes one. */
  #bus(arn: string | undefined): IEventBus {
    if (arn !== undefined) return EventBus.fromEventBusArn(this, 'Bus', arn);
    const bus = new EventBus(this, 'Bus', {
      eventBusName: `${deploymentNameOf(this)}-events`,
      description: 'What happens to authentication requests, devices, users and clients (docs/events.md)',
    });
    return bus as IEventBus;
  }

  /** As long as Lambda tries a write of a stream, so long the queue tries a reminder. */
  #makeQueue(deadLetters: IQueue): Queue {
    return new Queue(this, 'ExpiryReminders', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(EXPIRY_VISIBILITY_SECONDS),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: EXPIRY_RECEIVES },
    });
  }

  #makeFunction({ settings, tableNames, grantable, streamArns, deadLetters }: EventsForOthersProps): ProviderFunction {
    const spec = optionalFunctions.events;
    const { queueArn, queueUrl } = this.queue;
    return new ProviderFunction(this, {
      name: 'events',
      spec,
      settings,
      environment: environmentOf(spec, {
        TRANSACTIONS_TABLE: tableNames.transactions,
        EVENT_BUS: this.bus.eventBusArn,
        EXPIRY_QUEUE_URL: queueUrl,
        METRICS_NAMESPACE: metricsNamespaceOf(this),
      }),
      statements: [
        ...statementsFor(spec, grantable),
        new PolicyStatement({
          // Lambda reads the streams and the queue with the role of the function. A higher-level construct would grant
          // ListStreams on everything as well, which Lambda does not need.
          actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
          resources: Object.values(streamArns),
        }),
        new PolicyStatement({
          actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
          resources: [queueArn],
        }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
        this.#putEvents(),
      ],
    });
  }

  /** The key has one value for each event of a call. Without the second condition a call without the key would pass. */
  #putEvents(): PolicyStatement {
    return new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [this.bus.eventBusArn],
      conditions: {
        'ForAllValues:StringEquals': { 'events:source': EVENT_SOURCE },
        Null: { 'events:source': 'false' },
      },
    });
  }

  /**
   * Runs the function for the writes of a stream, from the oldest that the stream has. After a failure Lambda tries
   * again and again, with fewer writes each time, so that in the end a write that cannot be told is alone.
   */
  #readStream(role: TableRole, { streamArns, deadLetters }: EventsForOthersProps): void {
    const mapping = new EventSourceMapping(this, `${role}Stream`, {
      target: this.handler.live,
      eventSourceArn: streamArns[role],
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH,
      maxBatchingWindow: WINDOW,
      filters: EVENT_FILTERS[role].map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: LONGEST_TRIED,
      onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    });
    mapping.node.addDependency(this.handler.role);
    addOutputs(this, {
      [role === 'directory' ? 'DirectoryMapping' : 'TransactionsMapping']: mapping.eventSourceMappingId,
    });
  }

  #readQueue(): void {
    const mapping = new EventSourceMapping(this, 'ExpiryMapping', {
      target: this.handler.live,
      eventSourceArn: this.queue.queueArn,
      reportBatchItemFailures: true,
      maxConcurrency: INSTANCES_RANGE.least,
    });
    mapping.node.addDependency(this.handler.role);
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'A mapping from a queue has no failure destination. The queue has a dead-letter queue instead.',
    });
    addOutputs(this, { ExpiryMapping: mapping.eventSourceMappingId });
  }
}
