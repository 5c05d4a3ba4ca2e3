import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { addAuditAlarm } from './alarms/audit.ts';

type AuditTrailProps = Pick<Deployment, 'alarms'> & {
  readonly stream: CfnDeliveryStream;
  readonly functions: readonly ProviderFunction[];
};

/**
 * Sends audit lines from the log groups to the audit store. It uses log subscriptions instead of calls by the
 * functions: subscriptions add no latency, and a function can neither forget an event nor take it back.
 */
export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { stream, functions, alarms }: AuditTrailProps) {
    super(scope, id);
    addAuditAlarm(alarms, stream);
    const put = new PolicyStatement({
      actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
      resources: [stream.attrArn],
    });
    // The permissions are inline, so that they exist as soon as the role does: CloudWatch Logs tries them when the
    // subscription is made.
    const role = new Role(this, 'Role', {
      // Only CloudWatch Logs of this account, not of another account that knows the role's name.
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: {
          StringLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'logs',
              resource: '*',
              arnFormat: ArnFormat.NO_RESOURCE_NAME,
            }),
          },
        },
      }),
      inlinePolicies: { Put: new PolicyDocument({ statements: [put] }) },
    });
    for (const { name, logGroup } of functions) {
      new CfnSubscriptionFilter(this, name, {
        logGroupName: logGroup.logGroupName,
        filterName: 'audit',
        filterPattern: '{ $.message = "audit" }',
        destinationArn: stream.attrArn,
        roleArn: role.roleArn,
      });
    }
  }
}
