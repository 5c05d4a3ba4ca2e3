import { Aws, Fn } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  IpAddressType,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, LogGroupClass } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FunctionSpec, type Throttle, throttleOf } from '../../provider/core/operating/function-spec.ts';
import { logRetentionDaysOf, removalPolicyOf } from '../data/retention.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import { functions } from '../functions/deployed-functions.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { acknowledge } from '../nag.ts';
import { addApiAlarms, LOGIN_ROUTES } from '../observability/alarms/api.ts';
import { addOutputs } from '../outputs.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';

/** The routes with metrics of their own. Each metric of each route is billed. */
const MEASURED: readonly string[] = [...functions.token.routes, ...Object.values(LOGIN_ROUTES)];
/** What a route without a throttle of its own would let through. */
const DEFAULT_THROTTLE: Throttle = { rate: 100, burst: 200 };

const AUTHENTICATED_BY_FUNCTION =
  'OAuth clients and phones have no AWS identity. The function authenticates them as the standards require, or the document is public.';

/**
 * The fields of a line in the access log. A header may carry a credential and a query or a path may name a user, so the
 * log has no headers and no query, and the route instead of the path. Every call has a line and every byte is billed,
 * so nothing is in it that is known otherwise: CloudWatch adds the time, and where the function answered, its status is
 * that of the call.
 */
const ACCESS_LOG = {
  correlation_id: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  // The ARN of the caller of an admin route. On other routes it is "-", because they have no IAM authorizer.
  by: '$context.identity.userArn',
  ip: '$context.identity.sourceIp',
  bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
  integration_ms: '$context.integration.latency',
  gateway_error: '$context.error.responseType',
};
/** The name that was called. Only an API with two names needs it. */
const CALLED_NAME = { host: '$context.domainName' };

/** The HTTP API, without routes. It is made before the functions, which need the issuer. */
export class ProviderApi extends Construct {
  readonly api: HttpApi;
  /** The API's own host, disabled when there is a domain. */
  readonly ownHost: string;

  constructor(scope: Construct, id: string, props: ProviderSettings) {
    super(scope, id);
    this.api = new HttpApi(this, 'HttpApi', {
      apiName: deploymentNameOf(this),
      description: 'OpenID Provider for Client-Initiated Backchannel Authentication',
      createDefaultStage: false,
      ipAddressType: IpAddressType.DUAL_STACK,
      // At its own host the API would answer without a client certificate, and under a name that is not its issuer.
      disableExecuteApiEndpoint: props.domain !== undefined,
    });
    this.ownHost = `${this.api.apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }
}

type RoutesProps = Pick<Deployment, 'settings' | 'alarms'> & {
  readonly api: HttpApi;
  readonly functions: readonly ProviderFunction[];
};

/** The routes in each `lambdas/<name>/function.ts`, which call the alias `live`, and the stage that serves them. */
export class ApiRoutes extends Construct {
  readonly stage: HttpStage;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: RoutesProps) {
    super(scope, id);
    const routes = props.functions.flatMap((one) => this.#routes(props.api, one));
    this.accessLog = this.#accessLog(props.settings);
    this.stage = this.#stage(props);
    // API Gateway refuses a throttle for a route that does not exist yet.
    this.stage.node.addDependency(...routes);
    addApiAlarms(props.alarms, this.stage);
    addOutputs(this, { AccessLog: this.accessLog.logGroupName });
  }

  #accessLog(settings: ProviderSettings): LogGroup {
    const isStandard = settings.accessLogClass === 'standard';
    // Log groups with this prefix need no entry in the account's resource policy for log delivery, which has room for
    // 5,120 characters and may be full. The id of the stack prevents a clash with a group retained from an earlier stack.
    const name = `/aws/vendedlogs/${deploymentNameOf(this)}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
    return new LogGroup(this, 'AccessLog', {
      // CloudWatch can't change the class of a log group. With another name, CloudFormation makes a new group.
      logGroupName: isStandard ? name : `${name}-infrequent`,
      logGroupClass: isStandard ? LogGroupClass.STANDARD : LogGroupClass.INFREQUENT_ACCESS,
      retention: logRetentionDaysOf(settings),
      removalPolicy: removalPolicyOf(settings),
    });
  }

  #routes(httpApi: HttpApi, target: ProviderFunction): HttpRoute[] {
    const { spec } = target;
    const integration = new HttpLambdaIntegration(`${target.name}-integration`, target.live, {
      scopePermissionToRoute: false,
    });
    return spec.routes.map((key) => {
      const byIam = spec.authorizer === 'iam';
      const route = new HttpRoute(this, key.replace(' ', ''), {
        httpApi,
        integration,
        routeKey: routeKeyOf(key),
        ...(byIam && { authorizer: new HttpIamAuthorizer() }),
      });
      if (!byIam) acknowledge(route, { 'AwsSolutions-APIG4': AUTHENTICATED_BY_FUNCTION });
      return route;
    });
  }

  #stage({ api: httpApi, settings: { throttles, mtlsDomain }, functions: all }: RoutesProps): HttpStage {
    const stage = new HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      // Each metric of each route is billed, so only the routes of logins have detailed metrics.
      detailedMetricsEnabled: false,
      throttle: { rateLimit: DEFAULT_THROTTLE.rate, burstLimit: DEFAULT_THROTTLE.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(JSON.stringify({ ...ACCESS_LOG, ...(mtlsDomain && CALLED_NAME) })),
      },
    });
    const { defaultChild } = stage.node;
    if (!(defaultChild instanceof CfnStage)) throw new Error('the stage has no resource to throttle');
    defaultChild.routeSettings = Object.fromEntries(all.flatMap(({ spec }) => routeSettings(spec, throttles)));
    return stage;
  }
}

/** Converts a route from a `function.ts`, `METHOD /path`, into CDK's form. */
function routeKeyOf(route: string): HttpRouteKey {
  const [name, path = ''] = route.split(' ');
  const method = Object.values(HttpMethod).find((known) => known === name);
  if (!method) throw new Error(`the route ${route} has no method`);
  return HttpRouteKey.with(path, method);
}

/**
 * Makes the settings of each route of a function, in CloudFormation's form: CDK passes this property through unchanged.
 */
function routeSettings(spec: FunctionSpec, settings: ProviderSettings['throttles']) {
  const { rate, burst } = throttleOf(spec, settings) ?? DEFAULT_THROTTLE;
  return spec.routes.map((route) => [
    route,
    { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst, DetailedMetricsEnabled: MEASURED.includes(route) },
  ]);
}
