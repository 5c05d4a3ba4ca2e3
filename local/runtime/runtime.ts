import type { Faults } from '../aws/faults.ts';
import type { AwsServer } from '../aws/server.ts';
import type { SnsStandIn } from '../aws/sns.ts';
import { AuditRecords } from './audit-records.ts';
import { checkSameRuntime, type KeptRuntime, keptRuntime, lockDataFolder } from './data-folder.ts';
import { EventSource } from './event-source.ts';
import { FunctionHost, type Host, type HostOptions, type LocalFunction } from './function-host.ts';
import { FunctionLog } from './function-log.ts';
import { type Exchange, Gateway } from './gateway.ts';
import { type ListenerOptions, type Listeners, listen } from './listeners.ts';
import { PushService } from './push-service.ts';
import { expiryQueue, notificationQueue, notificationTopicArn, queueUrl } from './queues.ts';
import { RouteThrottles } from './route-throttles.ts';
import { SharedClock } from './shared-clock.ts';
import { AUDIT_STREAM, EVENT_BUS, type StandInOptions, startAws } from './stand-ins.ts';
import { StateFile } from './state-file.ts';
import { StreamSource } from './stream-source.ts';
import { createTables, tableNames } from './tables.ts';

export type RuntimeOptions = StandInOptions &
  ListenerOptions & {
    /** More values for variables of functions. They override the local ones. */
    readonly variables?: Readonly<Record<string, string>> | undefined;
    /** Certificates in PEM that functions trust in addition to those of Node. */
    readonly trustedCertificates?: readonly string[] | undefined;
    /** The folder of bundled functions. Default: the functions run from their sources. */
    readonly bundles?: string | undefined;
    /** `still`: only `advance` moves the clock of the functions. Default: it runs. */
    readonly clock?: 'running' | 'still' | undefined;
    /** What each route lets through. Default: the throttles of the functions. `off`: every call. */
    readonly throttles?: RouteThrottles | 'off' | undefined;
    /** Makes another host. Default: one that runs the functions in threads of this process. */
    readonly createHost?: ((options: HostOptions) => Host) | undefined;
    readonly onLog?: ((functionName: LocalFunction, line: string) => void) | undefined;
    /** Told of each call that a function answered over HTTP. */
    readonly onExchange?: ((exchange: Exchange) => void) | undefined;
    /** Told of each step of the start, in words such as "making the signing keys". */
    readonly onStep?: ((step: string) => void) | undefined;
  };

/** The whole provider on one machine: gateway, functions, AWS stand-ins. */
export type Runtime = {
  /** The issuer without its slash: `http://localhost:PORT`, with TLS `https://localhost:PORT`, or what the options say. */
  readonly url: string;
  /** `http://localhost:PORT`: without TLS, whatever the issuer is. */
  readonly plainUrl: string;
  readonly secure: Listeners['secure'];
  readonly aws: AwsServer;
  /** The address of the AWS stand-ins. */
  readonly awsEndpoint: string;
  readonly sns: SnsStandIn;
  /** What fails because somebody on this machine ordered it. */
  readonly faults: Faults;
  /** What the audit trail has. */
  readonly audit: AuditRecords;
  /** The last lines of the functions. */
  readonly log: FunctionLog;
  readonly push: PushService;
  readonly gateway: Gateway;
  readonly state: StateFile;
  readonly host: Host;
  /** Returns the functions' clock in epoch seconds. */
  now(): number;
  /** Moves the functions' clock forward. */
  advance(seconds: number): void;
  /** Lets the function that pings clients trust one more certificate, in PEM, from its next call on. */
  trust(certificate: string): Promise<void>;
  /** Drops what has expired: items by TTL, and pushes that wait. */
  sweep(): Promise<void>;
  /** Ends something else too when this ends. */
  atEnd(end: () => void): void;
  close(): Promise<void>;
};

/** Starts everything and makes the signing keys. A start that fails leaves nothing running. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const started = new AsyncDisposableStack();
  try {
    return await startParts(options, started);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

/** Starts the parts in the order in which they depend on each other. `started` ends them in reverse order. */
async function startParts(options: RuntimeOptions, started: AsyncDisposableStack): Promise<Runtime> {
  const { throttles = new RouteThrottles() } = options;
  const gateway = new Gateway(throttles === 'off' ? undefined : throttles, options.onExchange);
  started.defer(() => gateway.close());
  const listeners = await listen(gateway, options);
  const { url } = listeners;
  const clock = new SharedClock();
  if (options.clock === 'still') clock.stop();
  const now = () => Math.floor(clock.milliseconds(Date.now()) / 1000);
  const state = await openState(options, url, started);
  const audit = new AuditRecords(options.dataFolder, options.remembers);
  const log = new FunctionLog(options.remembers);
  const streams = new StreamSource();
  options.onStep?.('starting the stand-ins for AWS');
  const { aws, sns, engine, faults } = await startAws(options, { state, clock, started, audit, streams });
  const awsEndpoint = await aws.listen();
  started.defer(() => aws.close());
  await createTables(awsEndpoint);
  const hostOptions = {
    awsEndpoint,
    clock,
    ...hostOptionsOf(options, { audit, log }),
    values: { ...localValues(url, awsEndpoint), ...options.variables },
  };
  const host = options.createHost?.(hostOptions) ?? new FunctionHost(hostOptions);
  started.defer(() => host.cool());
  gateway.host = host;
  options.onStep?.('making the signing keys');
  await host.invoke('signing-keys', { action: 'rotate', by: 'local start' });
  await runForQueue({ name: 'client-notification', queue: notificationQueue.name }, host, { ...hostOptions, started });
  if (options.onEvent) await runForEvents(streams, host, { ...hostOptions, started });
  const push = new PushService(sns, now, options.remembers);
  const sweep = async (): Promise<void> => {
    await engine.sweep?.(now());
    push.sweep();
  };
  const trust = truster(hostOptions.trustedCertificates, host);
  const control = { now, sweep, advance: clock.advance.bind(clock), ...endOf(started) };
  return { ...listeners, aws, awsEndpoint, sns, faults, audit, log, push, gateway, state, host, trust, ...control };
}

function endOf(started: AsyncDisposableStack): Pick<Runtime, 'atEnd' | 'close'> {
  return { atEnd: (end) => started.defer(end), close: () => started.disposeAsync() };
}

/** Adds to the list that each new sandbox reads. */
function truster(trusted: string[], host: Host): Runtime['trust'] {
  return async (certificate) => {
    trusted.push(certificate);
    await host.cool('client-notification');
  };
}

/** Takes the options of a host from those of the runtime. Lines are kept, and what they copy of the audit trail. */
function hostOptionsOf(
  { trustedCertificates = [], bundles, onLog }: RuntimeOptions,
  { audit, log }: { audit: AuditRecords; log: FunctionLog },
) {
  const keep: HostOptions['onLog'] = (name, line) => {
    audit.addFromLog(line);
    log.add(name, line);
    onLog?.(name, line);
  };
  return { trustedCertificates: [...trustedCertificates], bundles, onLog: keep };
}

/** Opens what is kept between runs. A data folder belongs to one runtime at a time, to one issuer and to one engine. */
async function openState(
  { dataFolder, dynamodb }: RuntimeOptions,
  url: string,
  started: AsyncDisposableStack,
): Promise<StateFile> {
  if (dataFolder !== undefined) started.defer(await lockDataFolder(dataFolder));
  const state = await StateFile.open(dataFolder);
  const now = { issuer: `${url}/`, engine: typeof dynamodb === 'string' ? dynamodb : 'dynalite' };
  if (dataFolder !== undefined) checkSameRuntime(dataFolder, state.read('runtime', keptRuntime), now);
  state.write('runtime', now satisfies KeptRuntime);
  started.defer(() => state.flush());
  return state;
}

/** Runs the function `events` for the streams of the tables, and for its queue. */
async function runForEvents(
  streams: StreamSource,
  host: Host,
  options: Parameters<typeof runForQueue>[2],
): Promise<void> {
  await runForQueue({ name: 'events', queue: expiryQueue.name }, host, options);
  streams.feed({ functionName: 'events', host, onLog: options.onLog });
  options.started.defer(() => streams.close());
}

/** Runs a function for the messages in its queue. */
async function runForQueue(
  { name: functionName, queue }: { name: LocalFunction; queue: string },
  host: Host,
  { awsEndpoint, onLog, started }: HostOptions & { started: AsyncDisposableStack },
): Promise<void> {
  const source = await EventSource.start({ awsEndpoint, queue, functionName, host, onLog });
  started.defer(() => source.close());
}

function localValues(url: string, awsEndpoint: string): Readonly<Record<string, string>> {
  const application = (platform: string) => `arn:aws:sns:eu-central-1:000000000000:app/${platform}/local`;
  return {
    ISSUER: `${url}/`,
    DIRECTORY_TABLE: tableNames.directory,
    TRANSACTIONS_TABLE: tableNames.transactions,
    SIGNING_KMS_KEY: 'arn:aws:kms:eu-central-1:000000000000:key/local',
    APNS_APPLICATION_ARN: application('APNS'),
    APNS_SANDBOX_APPLICATION_ARN: application('APNS_SANDBOX'),
    GCM_APPLICATION_ARN: application('GCM'),
    APNS_TOPIC: 'com.example.bank',
    NOTIFICATION_TOPIC: notificationTopicArn,
    NOTIFICATION_QUEUE_URL: queueUrl(awsEndpoint, notificationQueue.name),
    DEAD_LETTER_QUEUE_URL: queueUrl(awsEndpoint, notificationQueue.redrive.deadLetterQueue),
    // In AWS, only public addresses are called. Here clients listen on this machine.
    NOTIFICATION_NETWORKS: '127.0.0.0/8,::1/128',
    NOTIFICATION_PORTS: 'any',
    METRICS_NAMESPACE: 'Ciba/local',
    AUDIT_STREAM,
    EVENT_BUS,
    EXPIRY_QUEUE_URL: queueUrl(awsEndpoint, expiryQueue.name),
  };
}
