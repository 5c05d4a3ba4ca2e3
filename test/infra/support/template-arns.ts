import type { Synthesized, Value } from './synthesized.ts';

/** The two templates of a stage. The nested one holds the data. */
export type Templates = Pick<Synthesized, 'main' | 'data'>;
export type Part = keyof Templates;

const PLACE = 'eu-west-1:111122223333';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
};
/** The ARN of a resource by its CloudFormation type, as `Ref` or `Fn::GetAtt` returns it. */
const ARNS: Readonly<Record<string, (id: string) => string>> = {
  'AWS::Backup::BackupVault': (id) => `arn:aws:backup:${PLACE}:backup-vault:${id}`,
  // CloudFormation returns the names of these two, from which CDK makes their ARNs.
  'AWS::CodeDeploy::Application': (id) => id,
  'AWS::CodeDeploy::DeploymentGroup': (id) => id,
  'AWS::DynamoDB::GlobalTable': (id) => `arn:aws:dynamodb:${PLACE}:table/${id}`,
  'AWS::Events::EventBus': (id) => `arn:aws:events:${PLACE}:event-bus/${id}`,
  'AWS::Events::Rule': (id) => `arn:aws:events:${PLACE}:rule/${id}`,
  'AWS::IAM::Role': (id) => `arn:aws:iam::111122223333:role/${id}`,
  'AWS::KinesisFirehose::DeliveryStream': (id) => `arn:aws:firehose:${PLACE}:deliverystream/${id}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${PLACE}:key/${id}`,
  'AWS::Lambda::Alias': (id) => `arn:aws:lambda:${PLACE}:function:${id}:live`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${PLACE}:function:${id}`,
  // CloudFormation returns the ARN of a log group with this ending.
  'AWS::Logs::LogGroup': (id) => `arn:aws:logs:${PLACE}:log-group:${id}:*`,
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::SecretsManager::Secret': (id) => `arn:aws:secretsmanager:${PLACE}:secret:${id}-AbCdEf`,
  'AWS::SNS::Topic': (id) => `arn:aws:sns:${PLACE}:${id}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${PLACE}:${id}`,
};

/** Returns a text of a template as it would be deployed, ARNs above all. Throws on what it does not know. */
export function resolvedText(template: Templates, part: Part, value: Value): string {
  if (typeof value === 'string') return value;
  if (value['Fn::Join']) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map((one: Value) => resolvedText(template, part, one)).join(separator);
  }
  const [id, attribute]: [string, string?] = value['Fn::GetAtt'] ?? [value.Ref];
  const known = PSEUDO[id];
  if (known !== undefined) return known;
  const [, output] = /^Outputs\.(.+)$/.exec(attribute ?? '') ?? [];
  if (output !== undefined) return resolvedText(template, 'data', template.data.Outputs?.[output]?.Value);
  const stream = attribute === 'StreamArn' ? '/stream/label' : '';
  return `${arnOf(template, part, id)}${stream}`;
}

/** Returns the ARN of a resource of a template by its logical id. */
export function arnOf(template: Templates, part: Part, id: string): string {
  const arn = ARNS[template[part].Resources[id]?.Type ?? '']?.(id);
  if (arn === undefined) throw new Error(`no rule for the ARN of ${id}`);
  return arn;
}
