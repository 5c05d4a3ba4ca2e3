import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type IFunction,
  type ILayerVersion,
  type IVersion,
  Function as LambdaFunction,
  LayerVersion,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';
import { isRetained, logRetentionDaysOf, removalPolicyOf } from '../data/retention.ts';
import { acknowledge, acknowledgeWildcards } from '../nag.ts';
import type { DeployedFunction } from '../props/deployed-function.ts';
import type { ProviderSettings, TracingSettings } from '../settings/provider-settings.ts';
import { functionCode } from './function-code.ts';

type ProviderFunctionProps = {
  /** The folder in `lambdas/`. */
  readonly name: string;
  readonly spec: FunctionSpec;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  /** Why some of the statements need a wildcard in their resources. */
  readonly wildcardReason?: string | undefined;
  readonly settings: Pick<ProviderSettings, 'removalPolicy' | 'logRetentionDays' | 'tracing'>;
  readonly reservedConcurrency?: number | undefined;
  /** Default: what its `function.ts` says. */
  readonly memoryMegabytes?: number | undefined;
  /** For functions that are called asynchronously. */
  readonly deadLetterQueue?: IQueue | undefined;
};

/** One function with its own role, its own log group and the alias `live`, which callers use. */
export class ProviderFunction extends Construct implements DeployedFunction {
  readonly name: string;
  readonly spec: FunctionSpec;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly lambda: LambdaFunction;
  readonly alias: Alias;
  /** The alias, with the type that CDK's interfaces need under `exactOptionalPropertyTypes`. */
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
      code: functionCode(props.name),
      handler: 'index.handler',
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The functions write lines of this level only while an operator has set it. Lambda must let them through then.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      // Lambda's start, end and report lines would be half of the log, and logs are the largest hidden cost.
      systemLogLevelV2: isRetained(settings) ? SystemLogLevel.WARN : SystemLogLevel.INFO,
      environment: { ...props.environment, ...variablesFor(settings.tracing) },
      ...this.#traced(settings.tracing),
      timeout: Duration.seconds(spec.timeoutSeconds),
      memorySize: props.memoryMegabytes ?? spec.memoryMegabytes,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
      // Versions that were live are kept, so that a manual rollback is one change of the alias. A version whose
      // deployment was rolled back is deleted: it would prevent a second attempt with the same code.
      currentVersionOptions: {
        removalPolicy: isRetained(settings) ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      },
    });
  }

  /** Adds the layer. X-Ray gets segments of the function itself, and what the layer exports, unless it exports elsewhere. */
  #traced(tracing: TracingSettings | undefined) {
    if (!tracing) return {};
    const layer: ILayerVersion = LayerVersion.fromLayerVersionArn(this, 'TracingLayer', tracing.layerArn);
    return { layers: [layer], tracing: Tracing.ACTIVE };
  }

  #acknowledge({ deadLetterQueue, statements, wildcardReason, settings }: ProviderFunctionProps): void {
    if (settings.tracing)
      acknowledge(this.role, { 'AwsSolutions-IAM5[Resource::*]': 'Segments of X-Ray have no ARN to name.' });
    if (wildcardReason) acknowledgeWildcards(this.role, statements, wildcardReason);
    acknowledge(this, {
      'AwsSolutions-L1': 'The tests run on nodejs24.x. A newer runtime follows when it has left preview.',
      'Serverless-LambdaTracing':
        'Every call writes one log line with its duration and correlation id. Traces would add more cost than information.',
      ...(!deadLetterQueue && {
        'Serverless-LambdaDLQ': 'A failure shows in the answer to the caller or in an alarm.',
      }),
    });
  }
}

/** Returns the variables that start a function through the layer. */
function variablesFor(tracing: TracingSettings | undefined): Record<string, string> {
  if (!tracing) return {};
  return { ...tracing.variables, AWS_LAMBDA_EXEC_WRAPPER: tracing.wrapper ?? '/opt/otel-handler' };
}
