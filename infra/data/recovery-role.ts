import { Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { deploymentNameOf } from '../deployment-name.ts';
import { acknowledgeWildcards } from '../nag.ts';
import { addOutputs } from '../outputs.ts';

/** What a restore does on the table that it reads. */
const ON_SOURCE = ['DescribeContinuousBackups', 'DescribeTable', 'GetResourcePolicy', 'RestoreTableToPointInTime'];
/** What a restore needs on the table that it makes, and what protects that table afterwards. */
const ON_TARGET = [
  ...['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'],
  ...['DescribeContinuousBackups', 'DescribeTable', 'GetResourcePolicy', 'PutResourcePolicy'],
  ...['UpdateContinuousBackups', 'UpdateTable'],
];

/**
 * The role that operators assume to restore Directory. The table's policy denies a restore to everybody else. Whoever
 * may `sts:AssumeRole` on it is decided by IAM, and CloudTrail says who did.
 */
export class RecoveryRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { sources }: { sources: readonly string[] }) {
    super(scope, id);
    const name = deploymentNameOf(this);
    this.role = new Role(this, 'Role', {
      description: `Restores the table Directory of ${name} into tables whose names begin with ${name}-restored`,
      assumedBy: new AccountRootPrincipal(),
    });
    const target = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: `${name}-restored*`,
    });
    const statements = [
      new PolicyStatement({ actions: ON_SOURCE.map((action) => `dynamodb:${action}`), resources: [...sources] }),
      new PolicyStatement({ actions: ON_TARGET.map((action) => `dynamodb:${action}`), resources: [target] }),
    ];
    for (const statement of statements) this.role.addToPolicy(statement);
    acknowledgeWildcards(this.role, statements, 'The operator chooses the end of the name of the restored table.');
    addOutputs(this, { RecoveryRole: this.role.roleArn });
  }
}
