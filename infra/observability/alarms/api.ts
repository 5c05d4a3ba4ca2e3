import { Duration } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from './alarm-set.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Adds alarms on errors and latency of the API, as its callers see them. */
export function addApiAlarms(alarms: AlarmSet, stage: HttpStage): void {
  alarms.add({
    id: 'server-errors',
    means: 'At least one API call in a hundred fails with a server error.',
    first: 'find the route in the access log.',
    metric: new MathExpression({
      expression: 'IF(calls >= 20, 100 * errors / calls, 0)',
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
  alarms.add({
    id: 'latency',
    means: 'At least one API call in a hundred takes three seconds or longer.',
    first: 'compare the latency of DynamoDB, SNS and KMS on the technical dashboard.',
    metric: stage.metricLatency({ period: FIVE_MINUTES, statistic: 'p99' }),
    threshold: 3000,
    periods: { breaching: 3, of: 3 },
  });
}
