import { Aws, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { acknowledge } from '../../nag.ts';
import type { CibaProviderProps } from '../../settings/provider-props.ts';

/** One alarm in the words of whoever is woken by it. */
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

/** Where alarms go, and what they say. */
export class AlarmSet extends Construct {
  readonly topic: ITopic | undefined;
  readonly alarms: Alarm[] = [];
  readonly #runbook: string;

  constructor(scope: Construct, id: string, settings: CibaProviderProps['alarms']) {
    super(scope, id);
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
