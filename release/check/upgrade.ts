/** A resource of a template, as far as an upgrade is about it. */
export type Resource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};
/** Resources by their logical ids. */
export type Resources = Readonly<Record<string, Resource>>;

/**
 * Types of resources that hold something which a new, empty one would lack, with the properties whose change makes
 * CloudFormation replace them ("Update requires: Replacement") or refuse the update. It holds the API too: without a domain
 * its host is in the issuer, and so in every token. A custom resource is replaced as its function answers, but removed
 * when its logical id changes.
 */
export const HOLDING: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::Backup::BackupVault': ['BackupVaultName', 'EncryptionKeyArn'],
  'AWS::CloudFormation::Stack': [],
  'AWS::DynamoDB::GlobalTable': ['KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  'AWS::Events::EventBus': ['EventSourceName', 'Name'],
  // An update of these is refused, so that nobody loses a key by it.
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::KinesisFirehose::DeliveryStream': [
    'DatabaseSourceConfiguration',
    'DeliveryStreamName',
    'DeliveryStreamType',
    'DirectPutSourceConfiguration',
    'KinesisStreamSourceConfiguration',
    'MSKSourceConfiguration',
  ],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
  'AWS::SQS::Queue': ['FifoQueue', 'QueueName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'Custom::FirstSigningKeys': [],
  'Custom::OriginCertificate': [],
  'Custom::SnsPlatformApplication': [],
};

/** Returns the resources that hold something, with what an upgrade must not change. */
export function holdingIn(resources: Resources): Resources {
  const held = Object.entries(resources).flatMap(([id, resource]) => {
    const fixed = HOLDING[resource.Type];
    if (fixed === undefined) return [];
    const { Type, Properties = {}, DeletionPolicy, UpdateReplacePolicy } = resource;
    const properties = Object.entries(Properties).filter(([name]) => fixed.includes(name));
    const kept: Resource = {
      Type,
      ...(properties.length > 0 && { Properties: Object.fromEntries(properties) }),
      ...(DeletionPolicy !== undefined && { DeletionPolicy }),
      ...(UpdateReplacePolicy !== undefined && { UpdateReplacePolicy }),
    };
    return [[id, kept] as const];
  });
  return Object.fromEntries(held.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Says what an upgrade from one template to another would take away, one sentence each. */
export function lossesOf(before: Resources, after: Resources): readonly string[] {
  return Object.entries(holdingIn(before)).flatMap(([id, old]) => {
    const name = `${id} (${old.Type})`;
    const next = after[id];
    if (next === undefined) return [`${name} is removed.`];
    if (next.Type !== old.Type) return [`${name} becomes ${next.Type}.`];
    const changed = (HOLDING[old.Type] ?? []).filter((property) => differs(old, next, property));
    return [
      ...changed.map((property) => `${name} is replaced, because ${property} changes.`),
      ...(['DeletionPolicy', 'UpdateReplacePolicy'] as const)
        .filter((policy) => old[policy] === 'Retain' && next[policy] !== 'Retain')
        .map((policy) => `${name} is no longer kept: ${policy} was Retain.`),
    ];
  });
}

function differs(old: Resource, next: Resource, property: string): boolean {
  return JSON.stringify(old.Properties?.[property]) !== JSON.stringify(next.Properties?.[property]);
}
