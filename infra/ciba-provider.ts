import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { addDomains } from './api/custom-domain.ts';
import { ApiRoutes, ProviderApi } from './api/http-api.ts';
import { BackupCopies } from './data/backup-copies.ts';
import { DataStack } from './data/data-stack.ts';
import { RecoveryRole } from './data/recovery-role.ts';
import type { Deployment } from './deployment.ts';
import { EventsForOthers } from './events/events-for-others.ts';
import type { CanaryDeployments } from './functions/canary.ts';
import { environmentFrom } from './functions/environment.ts';
import type { ProviderFunction } from './functions/provider-function.ts';
import { makeProviderFunctions, type ProviderFunctions } from './functions/provider-functions.ts';
import { addHolderOutputs, protectSigningKeys } from './keys/key-policies.ts';
import { KeyUseWatch } from './keys/key-use-watch.ts';
import { SigningKeyRotation } from './keys/signing-key-rotation.ts';
import { ClientNotifications } from './notifications/client-notifications.ts';
import { AlarmSet } from './observability/alarms/alarm-set.ts';
import { addLostCountsAlarm } from './observability/alarms/counts.ts';
import { addLoginAlarms } from './observability/alarms/logins.ts';
import { addTableAlarms } from './observability/alarms/tables.ts';
import { AuditTrail } from './observability/audit-trail.ts';
import { addBudget } from './observability/budget.ts';
import { Dashboards } from './observability/dashboards/dashboards.ts';
import { DeadLetters } from './observability/dead-letters.ts';
import { metricsNamespaceOf } from './observability/metrics.ts';
import { SyntheticLogin } from './observability/synthetic-login.ts';
import { addOutputs } from './outputs.ts';
import { applicationArnsOf } from './push/application-arns.ts';
import { EndpointEvents } from './push/endpoint-events.ts';
import { PushPlatforms } from './push/push-platforms.ts';
import type { CibaProviderProps } from './settings/provider-props.ts';
import { Shield } from './shield/shield.ts';
import { tagEverything } from './tags.ts';

/**
 * An OpenID Provider for Client-Initiated Backchannel Authentication. Add it to a stack of your own, or deploy the app
 * in this repository. It works without any properties, except for pushes, which need a credential from Apple or Google.
 * Each capability makes its own resources, alarms and outputs; this construct puts them together.
 */
export class CibaProvider extends Construct {
  /** The `iss` of tokens: `https://`, the host, and a slash. */
  readonly issuer: string;
  readonly data: DataStack;
  /** The functions of the provider, by the names of their folders in `lambdas/`. */
  readonly functions: ProviderFunctions;
  readonly #canary: CanaryDeployments | undefined;
  /** Events for other systems, and the bus that gets them. Undefined if the settings ask for none. */
  readonly events: EventsForOthers | undefined;

  constructor(scope: Construct, id: string, settings: CibaProviderProps = {}) {
    super(scope, id);
    tagEverything(this, settings.tags);
    const alarms = new AlarmSet(this, 'Alarms', settings.alarms);
    const deadLetters = new DeadLetters(this, 'DeadLetters', alarms);
    this.data = new DataStack(this, 'Data', settings);
    const { api, ownHost } = new ProviderApi(this, 'Api', settings);
    this.issuer = `https://${settings.domain?.name ?? ownHost}/`;
    const notifications = new ClientNotifications(this, 'ClientNotifications', { settings, alarms, deadLetters });
    const deployment = this.#deployment({ settings, alarms, deadLetters, notifications });
    ({ functions: this.functions, canary: this.#canary } = this.#functions(deployment, notifications));
    this.#guardKeys(alarms);
    notifications.feed(this.functions['client-notification']);
    const endpointEvents = new EndpointEvents(this, 'EndpointEvents', deployment);
    const push = new PushPlatforms(this, 'PushPlatforms', { ...deployment, eventsTopic: endpointEvents.topic });
    this.events = this.#tellOthers(deployment);
    const routes = this.#open(api, deployment);
    const shield = this.#shield(deployment);
    const domains = addDomains(this, { ...deployment, api, stage: routes.stage, shield });
    const synthetic = this.#logInSynthetically(deployment, [routes, ...domains]);
    this.#watchLogins(alarms);
    this.#watchTables(deployment);
    this.#audit(deployment, [endpointEvents.handler, synthetic?.setUpHandler], synthetic);
    alarms.addLoginsFail();
    addBudget(this, settings.alarms);
    const others = [endpointEvents.handler, push.refresher, synthetic?.handler, shield?.handler, this.events?.handler];
    new Dashboards(this, 'Dashboards', {
      ...deployment,
      stage: routes.stage,
      data: this.data,
      functions: this.#all(),
      token: this.functions.token,
      syntheticLogin: synthetic?.handler,
      otherFunctions: others.flatMap((one) => one ?? []),
      notificationQueue: notifications.queue,
      events: this.events,
    });
    this.#addNames(deployment);
  }

  #addNames({ issuer, tableNames }: Deployment): void {
    addOutputs(this, {
      Issuer: issuer,
      DirectoryTable: tableNames.directory,
      TransactionsTable: tableNames.transactions,
    });
  }

  /** Collects what the capabilities share. The data stack and the notification queue must exist by then. */
  #deployment(made: {
    settings: CibaProviderProps;
    alarms: AlarmSet;
    deadLetters: DeadLetters;
    notifications: ClientNotifications;
  }): Deployment {
    const { tableNames, tableArns, signingKmsKey } = this.data;
    const applicationArns = applicationArnsOf(this, made.settings);
    return {
      settings: made.settings,
      alarms: made.alarms,
      deadLetters: made.deadLetters,
      issuer: this.issuer,
      tableNames,
      applicationArns,
      grantable: {
        tableArns,
        signingKmsKeyArn: signingKmsKey.keyArn,
        applicationArns: Object.values(applicationArns),
        auditStreamArn: this.data.audit?.records.attrArn,
        notifications: made.notifications.addresses,
      },
    };
  }

  #functions(deployment: Deployment, notifications: ClientNotifications) {
    const values = environmentFrom({
      ...deployment,
      signingKmsKeyArn: this.data.signingKmsKey.keyArn,
      notifications: notifications.addresses,
      metricsNamespace: metricsNamespaceOf(this),
      auditStreamName: this.data.audit?.records.ref,
    });
    return makeProviderFunctions(this, { ...deployment, values });
  }

  /**
   * Closes the KMS key and the private keys to everybody but the functions that need them. The policies name roles that
   * exist without their permissions, so the data stack waits for the roles, and their permissions for the data stack.
   */
  #guardKeys(alarms: AlarmSet): void {
    const { tables, ownDirectory, signingKmsKey } = this.data;
    const directoryArns = [...new Set([ownDirectory.tableArn, tables.directory.tableArn])];
    const { role } = new RecoveryRole(this, 'Recovery', { sources: directoryArns });
    const functions = this.#all();
    protectSigningKeys(this.data, { functions, recoveryRoleArn: role.roleArn });
    new KeyUseWatch(this, 'KeyUseWatch', { alarms, functions, keyArn: signingKmsKey.keyArn, directoryArns });
    addHolderOutputs(this, { functions });
    addOutputs(this, { SigningKmsKey: signingKmsKey.keyArn });
  }

  /** Opens the API once the signing keys exist, so that the provider can sign from its first call. */
  #open(api: HttpApi, deployment: Deployment): ApiRoutes {
    const signingKeys = this.functions['signing-keys'];
    const rotation = new SigningKeyRotation(this, 'SigningKeyRotation', { ...deployment, signingKeys });
    const routes = new ApiRoutes(this, 'Routes', { ...deployment, api, functions: this.#all() });
    routes.stage.node.addDependency(rotation.firstKeys);
    return routes;
  }

  /** Puts CloudFront before the API, if the settings ask for it. */
  #shield(deployment: Deployment): Shield | undefined {
    const { shield, domain } = deployment.settings;
    if (!shield || !domain) return undefined;
    return new Shield(this, 'Shield', { ...deployment, shield, host: domain.name });
  }

  /** Adds events for other systems, if the settings ask for them. */
  #tellOthers(deployment: Deployment): EventsForOthers | undefined {
    if (!deployment.settings.events) return undefined;
    return new EventsForOthers(this, 'EventsForOthers', { ...deployment, streamArns: this.data.streamArns });
  }

  /** Adds the synthetic login, which starts once everything that a login needs exists. */
  #logInSynthetically(deployment: Deployment, after: readonly Construct[]): SyntheticLogin | undefined {
    if (deployment.settings.syntheticLogin === 'off') return undefined;
    return new SyntheticLogin(this, 'SyntheticLogin', {
      ...deployment,
      functions: this.#all(),
      canary: this.#canary,
      after,
    });
  }

  /** Sends the audit lines of every function that writes any to the audit store, if there is one. */
  #audit(
    { alarms }: Deployment,
    others: readonly (ProviderFunction | undefined)[],
    synthetic: SyntheticLogin | undefined,
  ): void {
    const { audit } = this.data;
    if (!audit) return;
    const functions = [...this.#all(), ...others].flatMap((one) => one ?? []);
    new AuditTrail(this, 'AuditTrail', { alarms, store: audit, functions, syntheticLogin: synthetic?.handler });
    addOutputs(this, {
      AuditBucket: audit.bucket.bucketName,
      AuditRecords: audit.records.ref,
      ...(audit.copy && { AuditCopyRole: audit.copy.role.roleArn }),
    });
  }

  /**
   * Adds the alarms on the tables. Copies backups of Directory outside, if the settings say where. Transactions is left
   * out: all that is in it expires within hours.
   */
  #watchTables({ alarms, settings: { backups } }: Deployment): void {
    addTableAlarms(alarms, this.data.tables);
    if (backups) new BackupCopies(this, 'Backups', { alarms, backups, directoryArn: this.data.tableArns.directory });
  }

  /** Adds the alarms on logins, and on the counts of the functions that each login calls. */
  #watchLogins(alarms: AlarmSet): void {
    const { 'backchannel-authentication': authentication, token, device } = this.functions;
    addLoginAlarms(alarms, this.functions);
    addLostCountsAlarm(alarms, [authentication, token, device, this.functions['client-notification']]);
  }

  #all(): readonly ProviderFunction[] {
    return Object.values(this.functions);
  }
}
