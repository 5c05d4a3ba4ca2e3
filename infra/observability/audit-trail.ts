import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AuditStore } from '../data/audit-store.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { addAuditFlowAlarms, addAuditRecordAlarms } from './alarms/audit.ts';
import { addAuditCopyAlarms } from './alarms/audit-copy.ts';
import { AuditWatch } from './audit-watch.ts';

type AuditTrailProps = Pick<Deployment, 'alarms'> & {
  readonly store: AuditStore;
  readonly functions: readonly ProviderFunction[];
  readonly syntheticLogin: ProviderFunction | undefined;
};

/**
 * Sends audit lines from the log groups to the audit store. It uses log subscriptions instead of calls by the
 * functions: subscriptions add no latency, and a function can neither forget an event nor take it back.
 */
export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { store, functions, syntheticLogin, alarms }: AuditTrailProps) {
    super(scope, id);
    const { stream } = store;
    // Alarms find the filters by this name, so no other stack of the account may have it.
    const filterName = `${deploymentNameOf(this)}-audit`;
    addAuditFlowAlarms(alarms, { stream, filterName, syntheticLogin });
    addAuditRecordAlarms(alarms, store.records);
    if (store.copy) addAuditCopyAlarms(alarms, { bucket: store.bucket, records: store.records, copy: store.copy.to });
    new AuditWatch(this, 'Watch', { alarms, store });
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
        filterName,
        filterPattern: '{ $.message = "audit" }',
        destinationArn: stream.attrArn,
        roleArn: role.roleArn,
      });
    }
  }
}
