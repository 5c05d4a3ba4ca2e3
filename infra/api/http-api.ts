import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';
import { logRetentionDaysOf, removalPolicyOf } from '../data/retention.ts';
import type { Deployment } from '../deployment.ts';
import { functions } from '../functions/deployed-functions.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { acknowledge } from '../nag.ts';
import { addApiAlarms } from '../observability/alarms/api.ts';
import { addOutputs } from '../outputs.ts';
import type { CibaProviderProps, Throttle } from '../settings/provider-props.ts';

const OTHERS: Throttle = { rate: 100, burst: 200 };
const AUTHENTICATION: Throttle = { rate: 50, burst: 100 };
const TOKEN: Throttle = { rate: 500, burst: 1000 };

const AUTHENTICATED_BY_FUNCTION =
  'OAuth clients and phones have no AWS identity: the function authenticates them as the standards say, or the document is public.';

/**
 * What is kept of a call at the gateway. Named fields only: a header may carry a credential, a query or a path may name
 * a user, so the route stands for the path.
 */
const ACCESS_LOG = {
  message: 'access',
  correlation_id: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  ip: '$context.identity.sourceIp',
  host: '$context.domainName',
  protocol: '$context.protocol',
  bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
  integration_ms: '$context.integration.latency',
  integration_status: '$context.integration.status',
  gateway_error: '$context.error.responseType',
};

/** The HTTP API itself. Made before the functions, which have to know the issuer. */
export class ProviderApi extends Construct {
  readonly api: HttpApi;
  /** The API's own host, switched off when there is a domain. */
  readonly ownHost: string;

  constructor(scope: Construct, id: string, props: CibaProviderProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      description: 'OpenID Provider for Client-Initiated Backchannel Authentication',
      createDefaultStage: false,
      // Reachable there too, the API would answer without the client certificate and under another name than its issuer.
      disableExecuteApiEndpoint: props.domain !== undefined,
    });
    this.ownHost = `${this.api.apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }
}

type RoutesProps = Pick<Deployment, 'settings' | 'alarms'> & {
  readonly api: HttpApi;
  readonly functions: readonly ProviderFunction[];
};

/** Routes from the table of functions to the alias `live` of each, and the stage that serves them. */
export class ApiRoutes extends Construct {
  readonly stage: HttpStage;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: RoutesProps) {
    super(scope, id);
    const routes = props.functions.flatMap((one) => this.#routes(props.api, one));
    this.accessLog = new LogGroup(this, 'AccessLog', {
      // Under this prefix API Gateway needs no entry in the account's one policy of 5,120 characters for log delivery,
      // which others may have filled. The stack's own id keeps a group that was retained from being in the way.
      logGroupName: `/aws/vendedlogs/${Stack.of(this).stackName}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
      retention: logRetentionDaysOf(props.settings),
      removalPolicy: removalPolicyOf(props.settings),
    });
    this.stage = this.#stage(props);
    // A throttle of a route that does not exist yet is refused.
    this.stage.node.addDependency(...routes);
    addApiAlarms(props.alarms, this.stage);
    addOutputs(this, { AccessLog: this.accessLog.logGroupName });
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

  #stage({ api: httpApi, settings: { throttles } }: RoutesProps): HttpStage {
    const others = throttles?.others ?? OTHERS;
    const stage = new HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      // Every metric of every route would be billed; the routes that logins go through are enough.
      detailedMetricsEnabled: false,
      throttle: { rateLimit: others.rate, burstLimit: others.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    const { defaultChild } = stage.node;
    if (!(defaultChild instanceof CfnStage)) throw new Error('the stage has no resource to throttle');
    defaultChild.routeSettings = {
      ...throttled(functions['backchannel-authentication'], throttles?.authentication ?? AUTHENTICATION),
      ...throttled(functions.token, throttles?.token ?? TOKEN),
    };
    return stage;
  }
}

/** A route of the table, `METHOD /path`, as CDK has it. */
function routeKeyOf(route: string): HttpRouteKey {
  const [name, path = ''] = route.split(' ');
  const method = Object.values(HttpMethod).find((known) => known === name);
  if (!method) throw new Error(`the route ${route} has no method`);
  return HttpRouteKey.with(path, method);
}

/** A throttle for each route of a function, as CloudFormation has it: CDK hands this part of a stage through unchanged. */
function throttled({ routes }: FunctionSpec, { rate, burst }: Throttle) {
  const settings = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst, DetailedMetricsEnabled: true };
  return Object.fromEntries(routes.map((route) => [route, settings]));
}
