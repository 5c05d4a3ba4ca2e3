import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { TableRole } from '../provider/core/operating/function-spec.ts';
import type { Grantable } from './functions/role-statements.ts';
import type { AlarmSet } from './observability/alarms/alarm-set.ts';
import type { ApplicationArns } from './push/application-arns.ts';
import type { CibaProviderProps } from './settings/provider-props.ts';

/** What the capabilities of one deployment share. Each names the members that it takes. */
export type Deployment = {
  readonly settings: CibaProviderProps;
  readonly issuer: string;
  readonly tableNames: Readonly<Record<TableRole, string>>;
  readonly applicationArns: ApplicationArns;
  /** What the roles of functions may be granted. */
  readonly grantable: Grantable;
  /** Takes what no function could handle. */
  readonly deadLetters: IQueue;
  readonly alarms: AlarmSet;
};
