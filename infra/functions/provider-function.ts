import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  Code,
  type IFunction,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';
import { isRetained, logRetentionDaysOf, removalPolicyOf } from '../data/retention.ts';
import { acknowledge, acknowledgeOpenArns } from '../nag.ts';
import type { CibaProviderProps } from '../settings/provider-props.ts';
import { bundleFunctions } from './bundles.ts';

type ProviderFunctionProps = {
  /** The folder in `lambdas/`. */
  readonly name: string;
  readonly spec: FunctionSpec;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  /** Why some of the statements name resources by their beginning only. */
  readonly openArns?: string | undefined;
  readonly settings: Pick<CibaProviderProps, 'removalPolicy' | 'logRetentionDays'>;
  readonly reservedConcurrency?: number | undefined;
  /** For functions that are called and not waited for. */
  readonly deadLetterQueue?: IQueue | undefined;
};

/** One function with its own role, its own log group and the alias `live`, which is what everybody calls. */
export class ProviderFunction extends Construct {
  readonly name: string;
  readonly spec: FunctionSpec;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly lambda: LambdaFunction;
  readonly alias: Alias;
  /** The same, as the library's interfaces want it under exact optional types. */
  readonly live: IFunction;

  constructor(scope: Construct, props: ProviderFunctionProps) {
    super(scope, props.name);
    this.name = props.name;
    this.spec = props.spec;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: logRetentionDaysOf(props.settings),
      removalPolicy: removalPolicyOf(props.settings),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    for (const statement of props.statements) this.role.addToPolicy(statement);
    this.logGroup.grantWrite(this.role);
    this.lambda = this.#lambda(props);
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: this.lambda.currentVersion as IVersion });
    this.live = this.alias as IFunction;
    this.#acknowledge(props);
  }

  #lambda(props: ProviderFunctionProps): LambdaFunction {
    const { spec, settings } = props;
    return new LambdaFunction(this, 'Function', {
      description: spec.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(bundleFunctions(), props.name)),
      handler: 'index.handler',
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Start, end and report lines would be half of the log, and logs are the largest hidden cost.
      systemLogLevelV2: isRetained(settings) ? SystemLogLevel.WARN : SystemLogLevel.INFO,
      environment: { ...props.environment },
      timeout: Duration.seconds(spec.timeoutSeconds),
      memorySize: spec.memoryMegabytes,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
      // Versions that were live stay, so that a rollback by hand is one change of the alias. One whose deployment was
      // rolled back goes: it would be in the way of the same code's next try.
      currentVersionOptions: {
        removalPolicy: isRetained(settings) ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      },
    });
  }

  #acknowledge({ deadLetterQueue, statements, openArns }: ProviderFunctionProps): void {
    if (openArns) acknowledgeOpenArns(this.role, statements, openArns);
    acknowledge(this, {
      'AwsSolutions-L1': 'nodejs24.x is what the tests run on; the next runtime is taken when it has left preview.',
      'Serverless-LambdaTracing':
        'Every request leaves one log line with its duration and correlation id; traces would cost more than they tell.',
      ...(!deadLetterQueue && {
        'Serverless-LambdaDLQ': 'Whoever calls it learns of the failure, by its answer or by an alarm.',
      }),
    });
  }
}
