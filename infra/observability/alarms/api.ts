import { Duration } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from './alarm-set.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Fewer errors in five minutes are single faults, however few calls there are. */
const SOME_ERRORS = 3;
/** With fewer calls in five minutes, the slowest in a hundred is one slow call. */
const SOME_CALLS = 20;

/** Adds alarms on errors and latency of the API, as its callers see them. */
export function addApiAlarms(alarms: AlarmSet, stage: HttpStage): void {
  alarms.add({
    id: 'server-errors',
    stopsLogins: true,
    means: 'At least one API call in a hundred, and no fewer than three, fail with a server error.',
    first: 'find the route in the access log.',
    metric: new MathExpression({
      expression: `IF(errors >= ${SOME_ERRORS}, 100 * errors / calls, 0)`,
      usingMetrics: {
        errors: stage.metricServerError({ period: FIVE_MINUTES }),
        calls: stage.metricCount({ period: FIVE_MINUTES, statistic: 'Sum' }),
      },
      label: 'server errors in percent',
      period: FIVE_MINUTES,
    }),
    threshold: 1,
    periods: { breaching: 2, of: 3 },
  });
  for (const [id, route] of Object.entries(LOGIN_ROUTES)) addLatencyAlarm(alarms, stage, { id, route });
}

/** Adds an alarm on one route: polls are so many that a slow authentication request would not show among them. */
function addLatencyAlarm(alarms: AlarmSet, stage: HttpStage, { id, route }: { id: string; route: string }): void {
  alarms.add({
    id: `latency-${id}`,
    runbook: 'latency',
    means: `At least one call of ${route} in a hundred takes three seconds or longer.`,
    first: 'compare the latency of DynamoDB, SNS and KMS on the technical dashboard.',
    metric: new MathExpression({
      expression: `IF(calls >= ${SOME_CALLS}, latency, 0)`,
      usingMetrics: {
        latency: routeMetric(stage, route, { metricName: 'Latency', statistic: 'p99' }),
        calls: routeMetric(stage, route, { metricName: 'Count', statistic: 'Sum' }),
      },
      label: `p99 of ${route} in milliseconds`,
      period: FIVE_MINUTES,
    }),
    threshold: 3000,
    periods: { breaching: 3, of: 3 },
  });
}

/** The routes of a login that have metrics of their own, by the last part of their alarm's name. */
export const LOGIN_ROUTES = {
  'bc-authorize': 'POST /bc-authorize',
  token: 'POST /token',
  response: 'POST /device/requests/{request_id}/response',
} as const;

/** A metric of one route of the API. */
export function routeMetric(
  stage: HttpStage,
  route: string,
  { metricName, statistic }: { metricName: 'Latency' | 'IntegrationLatency' | 'Count'; statistic: string },
): Metric {
  const [Method = '', Resource = ''] = route.split(' ');
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: stage.api.apiId, Stage: stage.stageName, Method, Resource },
    statistic,
    period: FIVE_MINUTES,
  });
}
