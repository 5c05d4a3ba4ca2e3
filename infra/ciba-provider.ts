import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CustomDomain } from './api/custom-domain.ts';
import { ApiRoutes, ProviderApi } from './api/http-api.ts';
import { DataStack } from './data/data-stack.ts';
import { CanaryDeployments } from './functions/canary.ts';
import { environmentFrom, environmentOf } from './functions/environment.ts';
import { type FunctionName, functionNames, functions } from './functions/functions.ts';
import { type Grantable, OPEN_ENDPOINTS, statementsFor } from './functions/permissions.ts';
import { ProviderFunction } from './functions/provider-function.ts';
import { SigningKeyRotation } from './keys/signing-key-rotation.ts';
import { ClientNotifications } from './notifications/client-notifications.ts';
import { AlarmSet } from './observability/alarms/alarm-set.ts';
import { addApiAlarms } from './observability/alarms/api.ts';
import { addCertificateAlarm } from './observability/alarms/certificates.ts';
import { addAuditAlarm, addTableAlarm } from './observability/alarms/data.ts';
import { addDeadLetterAlarm } from './observability/alarms/dead-letters.ts';
import { addFaultAlarm, addThrottleAlarm } from './observability/alarms/functions.ts';
import { addRotationAlarms } from './observability/alarms/keys.ts';
import { addLoginAlarms, addSyntheticLoginAlarm } from './observability/alarms/logins.ts';
import { addPingAlarms } from './observability/alarms/pings.ts';
import { addPushAlarms } from './observability/alarms/pushes.ts';
import { AuditTrail } from './observability/audit-trail.ts';
import { Dashboards } from './observability/dashboards/dashboards.ts';
import { DeadLetters } from './observability/dead-letters.ts';
import { metricsNamespaceOf } from './observability/metrics.ts';
import { SyntheticLogin } from './observability/synthetic-login.ts';
import { functionOutputs, tellOutputs } from './outputs.ts';
import { EndpointEvents } from './push/endpoint-events.ts';
import { applicationArnsOf, PushPlatforms } from './push/push-platforms.ts';
import type { CibaProviderProps } from './settings/provider-props.ts';

/**
 * An OpenID Provider for Client-Initiated Backchannel Authentication: put it into a stack of your own, or deploy the
 * app of this repository. Without any property it is complete, but for pushes, which need a credential of Apple or
 * Google.
 */
export class CibaProvider extends Construct {
  /** What tokens carry as `iss`: `https://`, the host, and a slash. */
  readonly issuer: string;
  readonly data: DataStack;
  /** The functions of the table in `functions.ts`. */
  readonly functions: Readonly<Record<FunctionName, ProviderFunction>>;
  readonly #settings: CibaProviderProps;
  readonly #api: ProviderApi;
  readonly #deadLetters: DeadLetters;
  readonly #events: EndpointEvents;
  readonly #notifications: ClientNotifications;
  readonly #mapping: EventSourceMapping;
  readonly #platforms: PushPlatforms;
  readonly #routes: ApiRoutes;
  readonly #names: CustomDomain[] = [];
  readonly #synthetic: SyntheticLogin | undefined;

  constructor(scope: Construct, id: string, props: CibaProviderProps = {}) {
    super(scope, id);
    this.#settings = props;
    this.data = new DataStack(this, 'Data', props);
    this.#api = new ProviderApi(this, 'Api', props);
    this.issuer = `https://${props.domain?.name ?? this.#api.ownHost}/`;
    const directoryTableName = this.data.tables.directory.tableName;
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    this.#deadLetters = deadLetters;
    this.#events = new EndpointEvents(this, 'EndpointEvents', {
      settings: props,
      directoryTableName,
      grantable: this.#grantable(),
      deadLetters,
    });
    this.#notifications = new ClientNotifications(this, 'ClientNotifications', { settings: props, deadLetters });
    this.functions = this.#functions();
    this.#mapping = this.#notifications.feed(this.functions['client-notification']);
    this.#platforms = new PushPlatforms(this, 'PushPlatforms', { settings: props, eventsTopic: this.#events.topic });
    const rotation = new SigningKeyRotation(this, 'SigningKeyRotation', {
      signingKeys: this.functions['signing-keys'],
      deadLetters,
      settings: props,
    });
    this.#routes = this.#connect(rotation);
    this.#synthetic = this.#settings.syntheticLogin === 'off' ? undefined : this.#logInSynthetically();
    this.#observe();
    this.#tell(this.#platforms);
  }

  #functions(): Readonly<Record<FunctionName, ProviderFunction>> {
    const { topic, queue } = this.#notifications;
    const notifications = { topicArn: topic.topicArn, queueArn: queue.queueArn, queueUrl: queue.queueUrl };
    const grantable = { ...this.#grantable(), notifications };
    const values = environmentFrom({
      issuer: this.issuer,
      tableNames: {
        directory: this.data.tables.directory.tableName,
        transactions: this.data.tables.transactions.tableName,
      },
      signingKmsKeyArn: this.data.signingKmsKey.keyArn,
      notifications,
      applicationArns: applicationArnsOf(this, this.#settings),
      metricsNamespace: metricsNamespaceOf(this),
      settings: this.#settings,
    });
    const made = functionNames.map((name) => [name, this.#function(name, grantable, values)] as const);
    return Object.fromEntries(made) as Record<FunctionName, ProviderFunction>;
  }

  #function(name: FunctionName, grantable: Grantable, values: ReturnType<typeof environmentFrom>): ProviderFunction {
    const spec = functions[name];
    return new ProviderFunction(this, {
      name,
      spec,
      settings: this.#settings,
      environment: environmentOf(spec, values),
      statements: statementsFor(spec, grantable),
      openArns: OPEN_ENDPOINTS,
      reservedConcurrency: this.#settings.reservedConcurrency?.[name],
      // Nobody waits for the one that the schedule calls.
      ...(name === 'signing-keys' && { deadLetterQueue: this.#deadLetters }),
    });
  }

  #grantable(): Grantable {
    return {
      tableArns: {
        directory: this.data.tables.directory.tableArn,
        transactions: this.data.tables.transactions.tableArn,
      },
      signingKmsKeyArn: this.data.signingKmsKey.keyArn,
      applicationArns: Object.values(applicationArnsOf(this, this.#settings)),
    };
  }

  /** Routes and names, once the keys exist: whoever finds the provider finds one that can sign. */
  #connect(rotation: SigningKeyRotation): ApiRoutes {
    const { api } = this.#api;
    const routed = this.#all().filter(({ name }) => functions[name as FunctionName].routes.length > 0);
    const routes = new ApiRoutes(this, 'Routes', { api, functions: routed, settings: this.#settings });
    routes.stage.node.addDependency(rotation.firstKeys);
    const { domain, mtlsDomain } = this.#settings;
    if (domain) this.#names.push(new CustomDomain(this, 'Domain', { api, stage: routes.stage, domain }));
    if (mtlsDomain)
      this.#names.push(new CustomDomain(this, 'MtlsDomain', { api, stage: routes.stage, domain: mtlsDomain }));
    return routes;
  }

  #logInSynthetically(): SyntheticLogin {
    return new SyntheticLogin(this, 'SyntheticLogin', {
      issuer: this.issuer,
      directoryTableName: this.data.tables.directory.tableName,
      grantable: this.#grantable(),
      settings: this.#settings,
      functions: this.#all(),
      after: [this.#routes, ...this.#names],
    });
  }

  #observe(): void {
    const alarms = new AlarmSet(this, 'Alarms', this.#settings.alarms);
    this.#watchFunctions(alarms);
    this.#watchServices(alarms);
    addLoginAlarms(alarms);
    this.#audit(alarms);
    const { handler } = this.#events;
    new Dashboards(this, 'Dashboards', {
      issuer: this.issuer,
      metrics: alarms.metrics,
      stage: this.#routes.stage,
      functions: this.#all(),
      otherFunctions: [handler, this.#platforms.refresher, this.#synthetic?.handler].flatMap((one) => one ?? []),
      tables: Object.values(this.data.tables),
      notificationQueue: this.#notifications.queue,
      deadLetters: this.#deadLetters,
      alarms: alarms.alarms,
      applicationArns: applicationArnsOf(this, this.#settings),
    });
  }

  #watchFunctions(alarms: AlarmSet): void {
    // The schedule calls that one too seldom for three failures in a minute, or for a tenth of its calls, to tell anything.
    const busy = this.#all().filter(({ name }) => name !== 'signing-keys');
    const faults = busy.map((target) => ({ target, alarms: [addFaultAlarm(alarms, target)] }));
    if (this.#settings.deployment !== 'allAtOnce') new CanaryDeployments(this, 'Canary', { functions: faults });
    addThrottleAlarm(alarms, this.#all());
    addRotationAlarms(alarms, this.functions['signing-keys']);
    if (this.#synthetic) addSyntheticLoginAlarm(alarms, this.#synthetic);
  }

  #watchServices(alarms: AlarmSet): void {
    addApiAlarms(alarms, this.#routes.stage);
    for (const [role, table] of Object.entries(this.data.tables)) addTableAlarm(alarms, role, table);
    addDeadLetterAlarm(alarms, this.#deadLetters);
    addPingAlarms(alarms, this.#notifications.queue);
    addPushAlarms(alarms, applicationArnsOf(this, this.#settings));
    const { domain, mtlsDomain } = this.#settings;
    if (domain) addCertificateAlarm(alarms, 'domain', domain);
    if (mtlsDomain) addCertificateAlarm(alarms, 'mtls-domain', mtlsDomain);
  }

  #audit(alarms: AlarmSet): void {
    const { audit } = this.data;
    if (!audit) return;
    const others = [this.#events.handler, ...(this.#synthetic ? [this.#synthetic.setUpHandler] : [])];
    new AuditTrail(this, 'AuditTrail', { stream: audit.stream, functions: [...this.#all(), ...others] });
    addAuditAlarm(alarms, audit.stream);
  }

  #certificates(): readonly string[] {
    const { domain, mtlsDomain } = this.#settings;
    return [domain, mtlsDomain].flatMap((one) => one?.certificateArn ?? []);
  }

  /** What operators and their tools look up by name. */
  #tell({ refresher }: PushPlatforms): void {
    tellOutputs(this, {
      Issuer: this.issuer,
      DirectoryTable: this.data.tables.directory.tableName,
      TransactionsTable: this.data.tables.transactions.tableName,
      SigningKeysFunction: this.functions['signing-keys'].alias.functionArn,
      PushApplications: Object.values(applicationArnsOf(this, this.#settings)).join(' ') || 'none',
      Certificates: this.#certificates().join(' ') || 'none',
      AccessLog: this.#routes.accessLog.logGroupName,
      EndpointEventsTopic: this.#events.topic.topicArn,
      NotificationQueue: this.#notifications.queue.queueUrl,
      NotificationMapping: this.#mapping.eventSourceMappingId,
      DeadLetterQueue: this.#deadLetters.queueUrl,
      ...functionOutputs([...this.#all(), this.#events.handler]),
      ...(this.data.audit && { AuditBucket: this.data.audit.bucket.bucketName }),
      ...(this.#synthetic && { SyntheticLoginFunction: this.#synthetic.handler.alias.functionArn }),
      ...(refresher && { PlatformApplicationFunction: refresher.lambda.functionArn }),
    });
  }

  #all(): readonly ProviderFunction[] {
    return functionNames.map((name) => this.functions[name]);
  }
}
