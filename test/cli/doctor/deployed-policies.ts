const role = (name: string) => `arn:aws:iam::111122223333:role/ciba-test-${name}`;
export const ROLES = {
  token: role('token'),
  clientNotification: role('client-notification'),
  signingKeys: role('signing-keys'),
  recovery: role('recovery'),
};
export type Statement = {
  Sid?: string;
  Effect: string;
  Principal: unknown;
  Action: string | readonly string[];
  Resource: string | readonly string[];
  Condition?: Record<string, Record<string, string | readonly string[]>>;
};
const except = (...roles: string[]) => ({ ArnNotEquals: { 'aws:PrincipalArn': roles } });
const onItems = (...prefixes: string[]) => ({ 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': prefixes } });
const denial = (Sid: string, actions: readonly string[], Condition?: Statement['Condition']): Statement => ({
  ...{ Sid, Effect: 'Deny', Principal: { AWS: '*' }, Action: actions, Resource: '*' },
  ...(Condition && { Condition }),
});
/** The policies as the stack deploys them, in the words of AWS. A list of one may come back as its text alone. */
export const policyStatements = (): { key: Statement[]; table: Statement[] } => ({
  key: [
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    denial('OnlySigningFunctionsOpenKeys', ['kms:Decrypt'], except(ROLES.clientNotification, ROLES.token)),
    denial('OnlyTheDeliveryOpensDeliveryKeys', ['kms:Decrypt'], {
      StringEquals: { 'kms:EncryptionContext:purpose': 'ciba-delivery-key' },
      ArnNotEquals: { 'aws:PrincipalArn': ROLES.clientNotification },
    }),
    denial(
      'OnlyTheRotationMakesKeys',
      ['kms:GenerateDataKeyPairWithoutPlaintext', 'kms:GenerateDataKeyWithoutPlaintext'],
      except(ROLES.signingKeys),
    ),
    denial('NoOtherUse', [
      ...['kms:CreateGrant', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'],
      ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    ]),
  ],
  table: [
    denial(
      'OnlySigningFunctionsReadPrivateKeys',
      ['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:Query'],
      { ...onItems('PRIVATEKEY#*'), ...except(ROLES.clientNotification, ROLES.recovery, ROLES.token) },
    ),
    denial(
      'OnlyTheRotationWritesKeys',
      ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      { ...onItems('KEY#*', 'PRIVATEKEY#*', 'DELIVERYKEY#*'), ...except(ROLES.signingKeys) },
    ),
    denial(
      'OnlyRecoveryTakesEverything',
      [
        ...['dynamodb:EnableKinesisStreamingDestination', 'dynamodb:Scan'],
        ...['dynamodb:ExportTableToPointInTime', 'dynamodb:RestoreTableToPointInTime', 'dynamodb:PartiQLDelete'],
        ...['dynamodb:PartiQLInsert', 'dynamodb:PartiQLSelect', 'dynamodb:PartiQLUpdate'],
      ],
      except(ROLES.recovery),
    ),
  ],
});
export const policyOf = (statements: readonly Statement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
