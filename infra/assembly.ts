import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { addDomains } from './api/custom-domain.ts';
import { ApiRoutes, ProviderApi } from './api/http-api.ts';
import { Operators } from './api/operators.ts';
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
import { addBudget } from './observability/budget.ts';
import type { BusinessProps } from './observability/dashboards/business-widgets.ts';
import { Dashboards } from './observability/dashboards/dashboards.ts';
import { DeadLetters } from './observability/dead-letters.ts';
import { metricsNamespaceOf } from './observability/metrics.ts';
import { SyntheticLogin } from './observability/synthetic-login.ts';
import { keepAuditTrail, watchLogins, watchTables } from './observability/watches.ts';
import { addOutputs } from './outputs.ts';
import { applicationArnsOf } from './push/application-arns.ts';
import { EndpointEvents } from './push/endpoint-events.ts';
import { PushPlatforms } from './push/push-platforms.ts';
import type { ProviderSettings } from './settings/provider-settings.ts';
import { Shield } from './shield/shield.ts';

/** The parts of a provider that it shows. */
export type ProviderParts = {
  readonly issuer: string;
  readonly api: HttpApi;
  readonly routes: ApiRoutes;
  readonly functions: ProviderFunctions;
  readonly operators: Operators;
  readonly data: DataStack;
  readonly events: EventsForOthers | undefined;
  readonly deadLetters: DeadLetters;
  readonly alarms: AlarmSet;
  readonly dashboards: Dashboards | undefined;
};

/**
 * Makes the parts of a provider inside of its construct. Each capability makes its own resources, alarms and outputs.
 */
export function assemble(provider: Construct, settings: ProviderSettings): ProviderParts {
  return new Assembly(provider, settings).parts();
}

class Assembly {
  readonly #scope: Construct;
  readonly #settings: ProviderSettings;
  readonly #alarms: AlarmSet;
  readonly #deadLetters: DeadLetters;
  readonly #data: DataStack;
  readonly #api: ProviderApi;
  readonly #notifications: ClientNotifications;
  readonly #operators: Operators;
  readonly #deployment: Deployment;
  readonly #functions: ProviderFunctions;
  readonly #canary: CanaryDeployments | undefined;

  constructor(scope: Construct, settings: ProviderSettings) {
    this.#scope = scope;
    this.#settings = settings;
    const alarms = new AlarmSet(scope, 'Alarms', settings.alarms);
    const deadLetters = new DeadLetters(scope, 'DeadLetters', alarms);
    this.#alarms = alarms;
    this.#deadLetters = deadLetters;
    this.#data = new DataStack(scope, 'Data', settings);
    this.#api = new ProviderApi(scope, 'Api', settings);
    this.#notifications = new ClientNotifications(scope, 'ClientNotifications', { settings, alarms, deadLetters });
    this.#operators = new Operators(settings.operators);
    this.#deployment = this.#share();
    ({ functions: this.#functions, canary: this.#canary } = this.#makeFunctions());
  }

  parts(): ProviderParts {
    this.#guardKeys();
    this.#notifications.feed(this.#functions['client-notification']);
    const deployment = this.#deployment;
    const endpointEvents = new EndpointEvents(this.#scope, 'EndpointEvents', deployment);
    const push = new PushPlatforms(this.#scope, 'PushPlatforms', { ...deployment, eventsTopic: endpointEvents.topic });
    const events = this.#tellOthers();
    const routes = this.#open();
    const shield = this.#shield();
    const domains = addDomains(this.#scope, { ...deployment, api: this.#api.api, stage: routes.stage, shield });
    const synthetic = this.#logInSynthetically([routes, ...domains]);
    watchLogins(this.#alarms, this.#functions);
    watchTables(this.#scope, this.#deployment, this.#data);
    const audited = [...this.#all(), endpointEvents.handler, synthetic?.setUpHandler].flatMap((one) => one ?? []);
    keepAuditTrail(this.#scope, { ...this.#deployment, data: this.#data, audited, syntheticLogin: synthetic?.handler });
    this.#alarms.addLoginsFail();
    addBudget(this.#scope, this.#settings.alarms);
    const others = [endpointEvents.handler, push.refresher, synthetic?.handler, shield?.handler, events?.handler];
    const otherFunctions = others.flatMap((one) => one ?? []);
    const dashboards = this.#draw(routes, { syntheticLogin: synthetic?.handler, otherFunctions, events });
    this.#addNames();
    return { ...this.#made(), routes, events, dashboards };
  }

  #made() {
    return {
      issuer: this.#deployment.issuer,
      api: this.#api.api,
      functions: this.#functions,
      operators: this.#operators,
      data: this.#data,
      deadLetters: this.#deadLetters,
      alarms: this.#alarms,
    };
  }

  /** Draws the dashboards, if the settings do not leave them out. */
  #draw(
    { stage }: ApiRoutes,
    more: Pick<BusinessProps, 'syntheticLogin' | 'otherFunctions' | 'events'>,
  ): Dashboards | undefined {
    if (this.#settings.dashboards === 'off') return undefined;
    return new Dashboards(this.#scope, 'Dashboards', {
      ...this.#deployment,
      ...more,
      stage,
      data: this.#data,
      functions: this.#all(),
      token: this.#functions.token,
      notificationQueue: this.#notifications.queue,
    });
  }

  #addNames(): void {
    const { issuer, tableNames } = this.#deployment;
    addOutputs(this.#scope, {
      Issuer: issuer,
      DirectoryTable: tableNames.directory,
      TransactionsTable: tableNames.transactions,
    });
  }

  /** Collects what the capabilities share. */
  #share(): Deployment {
    const { tableNames, tableArns, signingKmsKey } = this.#data;
    const applicationArns = applicationArnsOf(this.#scope, this.#settings);
    return {
      settings: this.#settings,
      alarms: this.#alarms,
      deadLetters: this.#deadLetters,
      issuer: `https://${this.#settings.domain?.name ?? this.#api.ownHost}/`,
      tableNames,
      applicationArns,
      grantable: {
        tableArns,
        signingKmsKeyArn: signingKmsKey.keyArn,
        applicationArns: Object.values(applicationArns),
        auditStreamArn: this.#data.audit?.records.attrArn,
        notifications: this.#notifications.addresses,
        deadLettersArn: this.#deadLetters.queueArn,
      },
    };
  }

  #makeFunctions() {
    const values = environmentFrom({
      ...this.#deployment,
      signingKmsKeyArn: this.#data.signingKmsKey.keyArn,
      notifications: this.#notifications.addresses,
      metricsNamespace: metricsNamespaceOf(this.#scope),
      auditStreamName: this.#data.audit?.records.ref,
    });
    const named = { ...values, OPERATORS: this.#operators.variable };
    return makeProviderFunctions(this.#scope, { ...this.#deployment, values: named });
  }

  /**
   * Closes the KMS key and the private keys to everybody but the functions that need them. The policies name roles that
   * exist without their permissions, so the data stack waits for the roles, and their permissions for the data stack.
   */
  #guardKeys(): void {
    const { tables, ownDirectory, signingKmsKey } = this.#data;
    const directoryArns = [...new Set([ownDirectory.tableArn, tables.directory.tableArn])];
    const { role } = new RecoveryRole(this.#scope, 'Recovery', { sources: directoryArns });
    const functions = this.#all();
    protectSigningKeys(this.#data, { functions, recoveryRoleArn: role.roleArn });
    new KeyUseWatch(this.#scope, 'KeyUseWatch', {
      alarms: this.#alarms,
      functions,
      keyArn: signingKmsKey.keyArn,
      directoryArns,
    });
    addHolderOutputs(this.#scope, { functions });
    addOutputs(this.#scope, { SigningKmsKey: signingKmsKey.keyArn });
  }

  /** Opens the API once the signing keys exist, so that the provider can sign from its first call. */
  #open(): ApiRoutes {
    const signingKeys = this.#functions['signing-keys'];
    const rotation = new SigningKeyRotation(this.#scope, 'SigningKeyRotation', { ...this.#deployment, signingKeys });
    const routes = new ApiRoutes(this.#scope, 'Routes', {
      ...this.#deployment,
      api: this.#api.api,
      functions: this.#all(),
    });
    routes.stage.node.addDependency(rotation.firstKeys);
    return routes;
  }

  /** Puts CloudFront before the API, if the settings ask for it. */
  #shield(): Shield | undefined {
    const { shield, domain } = this.#settings;
    if (!shield || !domain) return undefined;
    return new Shield(this.#scope, 'Shield', { ...this.#deployment, shield, host: domain.name });
  }

  /** Adds events for other systems, if the settings ask for them. */
  #tellOthers(): EventsForOthers | undefined {
    if (!this.#settings.events) return undefined;
    return new EventsForOthers(this.#scope, 'EventsForOthers', {
      ...this.#deployment,
      streamArns: this.#data.streamArns,
    });
  }

  /** Adds the synthetic login, which starts once everything that a login needs exists. */
  #logInSynthetically(after: readonly Construct[]): SyntheticLogin | undefined {
    if (this.#settings.syntheticLogin === 'off') return undefined;
    return new SyntheticLogin(this.#scope, 'SyntheticLogin', {
      ...this.#deployment,
      functions: this.#all(),
      canary: this.#canary,
      after,
    });
  }

  #all(): readonly ProviderFunction[] {
    return Object.values(this.#functions);
  }
}
