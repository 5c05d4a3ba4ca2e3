/** Returns the ARN of a table in the account and region of a key: arn:aws:kms:REGION:ACCOUNT:key/ID. */
export function tableArnBeside(keyArn: string, table: string): string {
  const [arn, partition, , region, account] = keyArn.split(':');
  return [arn, partition, 'dynamodb', region, account, `table/${table}`].join(':');
}
