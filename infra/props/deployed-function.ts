import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Alias, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

/** A function of the provider, with what belongs to it. */
export interface DeployedFunction {
  /** The name of its folder in `lambdas/`. */
  readonly name: string;
  /** The function itself. Call its alias instead: a canary divides the calls of the alias alone. */
  readonly lambda: LambdaFunction;
  /** The alias `live`, which routes, queues and schedules call. */
  readonly alias: Alias;
  /** Its role, which no other function has. */
  readonly role: Role;
  /** Where it writes its log lines. */
  readonly logGroup: LogGroup;
}
