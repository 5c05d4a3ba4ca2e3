import { Aws, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Dimension, MetricName } from '../../../provider/core/operating/metrics.ts';
import { acknowledge } from '../../nag.ts';
import type { CibaProviderProps } from '../../settings/provider-props.ts';
import { ProviderMetrics } from '../metrics.ts';

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
  readonly topic: ITopic | undefined;
  readonly alarms: Alarm[] = [];
  /** The metrics that the functions count. */
  readonly metrics: ProviderMetrics;
  readonly #runbook: string;

  constructor(scope: Construct, id: string, settings: CibaProviderProps['alarms']) {
    super(scope, id);
    this.metrics = new ProviderMetrics(this);
    this.#runbook = settings?.runbookUrl ?? 'docs/operations.md';
    if (settings?.topicArn) this.topic = Topic.fromTopicArn(this, 'Existing', settings.topicArn);
    else if (settings?.email) this.topic = this.#topicFor(settings.email);
  }

  add(spec: AlarmSpec): Alarm {
    const { periods = { breaching: 1, of: 1 }, when = 'atLeast' } = spec;
    const alarm = new Alarm(this, spec.id, {
      alarmName: `${Stack.of(this).stackName}-${spec.id}`,
      alarmDescription: `${spec.means} First: ${spec.first} Runbook: ${this.#runbook}#alarm-${spec.runbook ?? spec.id}`,
      metric: spec.metric,
      threshold: spec.threshold,
      comparisonOperator:
        when === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: periods.breaching,
      evaluationPeriods: periods.of,
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
    if (this.topic) {
      alarm.addAlarmAction(new SnsAction(this.topic));
      alarm.addOkAction(new SnsAction(this.topic));
    }
    this.alarms.push(alarm);
    return alarm;
  }

  addCount({ metric, minutes = 5, dimensions, ...spec }: CountAlarmSpec): Alarm {
    return this.add({ ...spec, metric: this.metrics.metric(metric, { minutes, ...(dimensions && { dimensions }) }) });
  }

  #topicFor(email: string): Topic {
    const topic = new Topic(this, 'Topic', { displayName: 'Alarms of the CIBA provider', enforceSSL: true });
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
