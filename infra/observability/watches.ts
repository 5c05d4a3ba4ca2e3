import type { Construct } from 'constructs';
import { BackupCopies } from '../data/backup-copies.ts';
import type { DataStack } from '../data/data-stack.ts';
import type { Deployment } from '../deployment.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import type { ProviderFunctions } from '../functions/provider-functions.ts';
import { addOutputs } from '../outputs.ts';
import type { AlarmSet } from './alarms/alarm-set.ts';
import { addLostCountsAlarm } from './alarms/counts.ts';
import { addLoginAlarms } from './alarms/logins.ts';
import { addTableAlarms } from './alarms/tables.ts';
import { AuditTrail } from './audit-trail.ts';

/** Adds the alarms on logins, and on the counts of the functions that each login calls. */
export function watchLogins(alarms: AlarmSet, functions: ProviderFunctions): void {
  const { 'backchannel-authentication': authentication, token, device } = functions;
  addLoginAlarms(alarms, functions);
  addLostCountsAlarm(alarms, [authentication, token, device, functions['client-notification']]);
}

/**
 * Adds the alarms on the tables. Copies backups of Directory outside, if the settings say where. Transactions is left
 * out: all that is in it expires within hours.
 */
export function watchTables(
  scope: Construct,
  { alarms, settings: { backups } }: Pick<Deployment, 'alarms' | 'settings'>,
  data: DataStack,
): void {
  addTableAlarms(alarms, data.tables);
  if (backups) new BackupCopies(scope, 'Backups', { alarms, backups, directoryArn: data.tableArns.directory });
}

type Audited = Pick<Deployment, 'alarms'> & {
  readonly data: DataStack;
  /** The functions that write audit lines. */
  readonly audited: readonly ProviderFunction[];
  readonly syntheticLogin: ProviderFunction | undefined;
};

/** Sends the audit lines of every function that writes any to the audit store, if there is one. */
export function keepAuditTrail(scope: Construct, { alarms, data: { audit }, audited, syntheticLogin }: Audited): void {
  if (!audit) return;
  new AuditTrail(scope, 'AuditTrail', { alarms, store: audit, functions: audited, syntheticLogin });
  addOutputs(scope, {
    AuditBucket: audit.bucket.bucketName,
    AuditRecords: audit.records.ref,
    ...(audit.copy && { AuditCopyRole: audit.copy.role.roleArn }),
  });
}
