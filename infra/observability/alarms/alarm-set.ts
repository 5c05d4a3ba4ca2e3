import { Aws } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type HorizontalAnnotation,
  type IAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Dimension, MetricName } from '../../../provider/core/operating/metrics.ts';
import { deploymentNameOf } from '../../deployment-name.ts';
import { acknowledge } from '../../nag.ts';
import type { AlarmReceiver, AlarmSettings } from '../../settings/provider-settings.ts';
import { SettingsError } from '../../settings/settings-error.ts';
import { ProviderMetrics } from '../metrics.ts';

/** The first word of a description, which is all that a phone shows of a long mail. */
const SEVERITY_WORDS = { page: 'Page', notice: 'Notice' } as const;

/** How soon somebody must look. */
export type Severity = 'page' | 'notice';

/** One alarm, with texts for the operator who receives it. */
export type AlarmSpec = {
  readonly id: string;
  /** The section `alarm-…` of docs/operations.md. Default: the id. */
  readonly runbook?: string;
  /** What is wrong, and for whom. */
  readonly means: string;
  /** The first thing to do. */
  readonly first: string;
  readonly metric: IMetric;
  /**
   * `page`: somebody must act now. `notice`: somebody must look within a working day. Default: `notice`. What means that
   * users cannot log in is part of the alarm `logins-fail`, which pages once for all of them.
   */
  readonly severity?: Severity;
  /** Whether the alarm means that users cannot log in. */
  readonly stopsLogins?: true;
  readonly threshold: number;
  readonly when?: 'atLeast' | 'below';
  /** How many of the last periods must breach the threshold. Default: one of one. */
  readonly periods?: { readonly breaching: number; readonly of: number };
  /** How missing data counts. Default: as not breaching, because no data means that nothing happened. */
  readonly missing?: TreatMissingData;
};

/** An alarm on a count that the functions keep: `threshold` within `minutes`. */
export type CountAlarmSpec = Omit<AlarmSpec, 'metric'> & {
  readonly metric: MetricName;
  readonly dimensions?: Readonly<Partial<Record<Dimension, string>>>;
  /** Default: 5. */
  readonly minutes?: number;
};

/**
 * All alarms of a deployment. It decides where they go and how they are worded; each alarm is in the file of its
 * capability.
 */
export class AlarmSet extends Construct {
  readonly alarms: (Alarm | CompositeAlarm)[] = [];
  /** The metrics that the functions count. */
  readonly metrics: ProviderMetrics;
  /** Where the runbook is read. */
  readonly runbook: string;
  readonly #topics: Readonly<Record<Severity, ITopic | undefined>>;
  readonly #stoppingLogins: Alarm[] = [];
  readonly #changes: NonNullable<AlarmSettings['changes']>;

  constructor(scope: Construct, id: string, settings: AlarmSettings | undefined) {
    super(scope, id);
    this.metrics = new ProviderMetrics(this);
    this.runbook = settings?.runbookUrl ?? 'docs/operations.md';
    const notice = this.#topicOf('', settings);
    this.#topics = { notice, page: this.#topicOf('Page', settings?.page) ?? notice };
    this.#changes = settings?.changes ?? {};
  }

  /** Where alarms go. Undefined if nobody receives them. */
  get topics(): Readonly<Record<Severity, ITopic | undefined>> {
    return this.#topics;
  }

  add(spec: AlarmSpec): Alarm {
    const { periods = { breaching: 1, of: 1 }, when = 'atLeast' } = spec;
    const { threshold = spec.threshold } = this.#changes[spec.id] ?? {};
    const alarm = new Alarm(this, spec.id, {
      alarmName: `${deploymentNameOf(this)}-${spec.id}`,
      alarmDescription: this.#describe(spec),
      metric: spec.metric,
      threshold,
      comparisonOperator:
        when === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: periods.breaching,
      evaluationPeriods: periods.of,
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
    if (spec.stopsLogins) this.#stoppingLogins.push(alarm);
    this.#tell(alarm, spec);
    return alarm;
  }

  /** Returns the threshold of an alarm, to be drawn as a line in the graph of its metric. None if there is no such alarm. */
  limitsOf(id: string): readonly HorizontalAnnotation[] {
    const alarm = this.node.tryFindChild(id);
    return alarm instanceof Alarm ? [{ value: Number(alarm.toAnnotation().value), label: `alarm ${id}` }] : [];
  }

  /**
   * Adds the alarm that pages when users cannot log in, whichever of the alarms on that is on. Each of these tells its
   * own story as a notice, so nobody is woken several times for one outage. Call it after all alarms were added.
   */
  addLoginsFail(): void {
    const spec = {
      id: 'logins-fail',
      means: 'Users cannot log in, or many of them cannot: at least one alarm that means so is on.',
      first: 'see on the technical dashboard which alarm is on, and follow its section.',
      severity: 'page',
    } as const;
    const alarm = new CompositeAlarm(this, spec.id, {
      compositeAlarmName: `${deploymentNameOf(this)}-${spec.id}`,
      alarmDescription: this.#describe(spec),
      alarmRule: AlarmRule.anyOf(
        ...this.#stoppingLogins.map((one) => AlarmRule.fromAlarm(one as IAlarm, AlarmState.ALARM)),
      ),
    });
    this.#tell(alarm, spec);
    this.#refuseUnknownChanges(spec.id);
  }

  #describe({ id, means, first, runbook = id, severity = 'notice' }: Omit<AlarmSpec, 'metric' | 'threshold'>): string {
    const { threshold } = this.#changes[id] ?? {};
    const changed = threshold === undefined ? '' : ` Here it goes off at ${threshold}, by the settings.`;
    return `${SEVERITY_WORDS[severity]}: ${means}${changed} First: ${first} Runbook: ${this.runbook}#alarm-${runbook}`;
  }

  /** Refuses changes that would change nothing. All alarms must have been added. */
  #refuseUnknownChanges(composite: string): void {
    for (const [id, { threshold }] of Object.entries(this.#changes)) {
      const source = this.node.scope?.node.path;
      if (!this.node.tryFindChild(id))
        throw new SettingsError(`${source}: "alarms.changes.${id}" is no alarm of this deployment: correct its name.`);
      if (id === composite && threshold !== undefined)
        throw new SettingsError(`${source}: remove "alarms.changes.${id}.threshold": the alarm is made of others.`);
    }
  }

  #tell(alarm: Alarm | CompositeAlarm, { id, severity = 'notice' }: Pick<AlarmSpec, 'id' | 'severity'>): void {
    const topic = this.#changes[id]?.actions === 'off' ? undefined : this.#topics[severity];
    if (topic) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    this.alarms.push(alarm);
  }

  addCount({ metric, minutes = 5, dimensions, ...spec }: CountAlarmSpec): Alarm {
    return this.add({ ...spec, metric: this.metrics.metric(metric, { minutes, ...(dimensions && { dimensions }) }) });
  }

  /** Returns the topic of a receiver, if there is one. */
  #topicOf(id: string, receiver: AlarmReceiver | undefined): ITopic | undefined {
    if (receiver?.topicArn) return Topic.fromTopicArn(this, `${id}Existing`, receiver.topicArn);
    return receiver?.email ? this.#topicFor(`${id}Topic`, receiver.email) : undefined;
  }

  #topicFor(id: string, email: string): Topic {
    const topic = new Topic(this, id, { displayName: 'Alarms of the CIBA provider', enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    acknowledge(topic, {
      'Serverless-SNSRedrivePolicy': 'A dead-letter queue behind an e-mail subscription would be read no sooner.',
    });
    return topic;
  }
}
