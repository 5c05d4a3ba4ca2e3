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

/** One alarm, in words for the operator whom it wakes. */
export type AlarmSpec = {
  readonly id: string;
  /** The section of docs/operations.md. Default: the id. */
  readonly runbook?: string;
  /** What is wrong, and for whom. */
  readonly means: string;
  /** The first thing to do. */
  readonly first: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly when?: 'atLeast' | 'below';
  /** How many of how many periods. Default: one. */
  readonly periods?: { readonly breaching: number; readonly of: number };
  /** Default: no data means nothing happened. */
  readonly missing?: TreatMissingData;
};

/** An alarm on something that the functions count: so many within so many minutes. */
export type CountAlarmSpec = Omit<AlarmSpec, 'metric'> & {
  readonly metric: MetricName;
  readonly dimensions?: Readonly<Partial<Record<Dimension, string>>>;
  /** Default: five. */
  readonly minutes?: number;
};

/**
 * All alarms of a deployment: where they go, and how they are worded. Each alarm stands in the file of its capability in
 * this folder.
 */
export class AlarmSet extends Construct {
  readonly topic: ITopic | undefined;
  readonly alarms: Alarm[] = [];
  /** What the functions count. */
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
      'Serverless-SNSRedrivePolicy': 'An e-mail subscription has no dead-letter queue that anybody would read sooner.',
    });
    return topic;
  }
}
