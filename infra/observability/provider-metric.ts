import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { type Dimension, type MetricName, metrics } from '../../provider/core/operating/metrics.ts';
import { metricsNamespaceOf } from './metrics.ts';

/**
 * Returns a metric that the functions of a provider count. Without other options it is a sum over five minutes. A metric
 * with dimensions exists with all of them alone, so each must be given.
 */
export function providerMetric(scope: IConstruct, metricName: MetricName, options: MetricOptions = {}): Metric {
  // An app in JavaScript may name any.
  if (!Object.hasOwn(metrics, metricName)) throw new Error(`${scope.node.path}: no function counts ${metricName}`);
  const rule = metrics[metricName];
  const wanted: readonly Dimension[] = 'dimensions' in rule ? rule.dimensions : [];
  const given = Object.keys(options.dimensionsMap ?? {});
  if (wanted.toSorted().join() !== given.toSorted().join())
    throw new Error(`${scope.node.path}: the metric ${metricName} has ${inWords(wanted)}: see "dimensionsMap"`);
  const namespace = metricsNamespaceOf(scope);
  return new Metric({ statistic: 'Sum', period: Duration.minutes(5), ...options, namespace, metricName });
}

function inWords(dimensions: readonly string[]): string {
  return dimensions.length === 0 ? 'no dimensions' : `the dimensions ${dimensions.join(', ')}`;
}
