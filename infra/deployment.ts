import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { TableRole } from '../provider/core/operating/function-spec.ts';
import type { Grantable } from './functions/role-statements.ts';
import type { AlarmSet } from './observability/alarms/alarm-set.ts';
import type { ApplicationArns } from './push/application-arns.ts';
import type { ProviderSettings } from './settings/provider-settings.ts';

/** What the capabilities of one deployment share. Each capability picks the members that it uses. */
export type Deployment = {
  readonly settings: ProviderSettings;
  readonly issuer: string;
  readonly tableNames: Readonly<Record<TableRole, string>>;
  readonly applicationArns: ApplicationArns;
  /** The resources that the roles of functions may be granted access to. */
  readonly grantable: Grantable;
  /** The queue for events that no function could handle. */
  readonly deadLetters: IQueue;
  readonly alarms: AlarmSet;
};
