/** A resource of a template. */
export type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
};
/** A difference from a deployment on AWS, and its reason. */
export type Concession = { readonly what: string; readonly why: string };
/** A change to a template. A resource that becomes undefined is taken out. */
export type TemplateChange = Concession & {
  readonly isFor: (resource: TemplateResource) => boolean;
  readonly change: (resource: TemplateResource) => TemplateResource | undefined;
};

/**
 * Every change to the templates. A resource of another type that the emulator does not know fails the deployment with
 * the name of its type. A change that no resource needs fails the test.
 */
export const TEMPLATE_CHANGES: readonly TemplateChange[] = [
  {
    what: 'AWS::SecretsManager::ResourcePolicy is taken out',
    why: 'the emulator does not know this type of resource',
    isFor: ({ Type }) => Type === 'AWS::SecretsManager::ResourcePolicy',
    change: () => undefined,
  },
  {
    what: 'an AWS::CloudWatch::Alarm with the property Metrics watches a made-up metric instead',
    why: 'the emulator refuses metric math in alarms',
    isFor: ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties?.['Metrics'] !== undefined,
    change: (alarm) => ({ ...alarm, Properties: withMadeUpMetric(alarm.Properties ?? {}) }),
  },
  {
    what: 'an AWS::CloudWatch::CompositeAlarm is an alarm on a made-up metric instead',
    why: 'the emulator does not know this type of resource, and the dashboard names its ARN',
    isFor: ({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm',
    change: ({ Properties: { AlarmRule: _, ...rest } = {}, DependsOn }) => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: withMadeUpMetric({
        ...rest,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        Threshold: 1,
      }),
      ...(DependsOn && { DependsOn }),
    }),
  },
];

/** How the deployment on the emulator differs from one on AWS, apart from its templates. */
export const OTHER_CONCESSIONS: readonly Concession[] = [
  {
    what: 'connections of functions to *.eu-central-1.amazonaws.com lead to the emulator and trust its certificate',
    why: 'the API has its name of AWS, which no name server here knows',
  },
  {
    what: 'functions wait for AWS for 20 seconds instead of 1 (AWS_CALL_MILLISECONDS)',
    why: 'a busy machine is slow, which is no fault',
  },
  {
    what: 'the setting "deployment" is "allAtOnce"',
    why: 'the emulator has no CodeDeploy, so canary deployments and the login before them are not shown',
  },
  {
    what: 'no custom domain and no domain for client certificates',
    why: 'they need certificates and DNS of a real account',
  },
  {
    what: 'no role, resource policy or key policy is enforced',
    why: 'the emulator does not know the conditions that they use, such as dynamodb:LeadingKeys',
  },
  {
    what: 'the emulator is repaired (serve.py), so that an update of a nested stack keeps what Fn::GetAtt reads',
    why: 'unrepaired, it loses the attributes of each resource that does not change',
  },
  {
    what: 'the emulator is repaired (serve.py), so that an update of an AWS::DynamoDB::GlobalTable keeps the table',
    why: 'unrepaired, it puts an empty table in the place of one that has no name in the template',
  },
  {
    what: 'the nested stack with the data is deleted by itself, before its parent',
    why: 'the emulator ignores DeletionPolicy and deletion protection when it deletes a nested stack with its parent',
  },
  {
    what: 'a push ends at SNS, and no audit line is delivered by Firehose',
    why: 'the emulator accepts them and does no more',
  },
];

/** One line for each concession, with its reason. */
export function describeConcessions(concessions: readonly Concession[]): string {
  return concessions.map(({ what, why }) => `- ${what}: ${why}`).join('\n');
}

function withMadeUpMetric({ Metrics: _, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...rest, Namespace: 'Emulator', MetricName: 'MadeUp', Period: 60, Statistic: 'Sum' };
}
