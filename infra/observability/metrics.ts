import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Dimension, MetricName } from '../../provider/core/operating/metrics.ts';
import { deploymentNameOf } from '../deployment-name.ts';

type MetricOptions = {
  readonly statistic?: string;
  readonly minutes?: number;
  readonly dimensions?: Readonly<Partial<Record<Dimension, string>>>;
  readonly label?: string;
};

/** Returns the CloudWatch namespace for the counts of this stack's functions. Each deployment has its own. */
export function metricsNamespaceOf(scope: IConstruct): string {
  return `Ciba/${deploymentNameOf(scope)}`;
}

/** The metrics that the functions' log lines carry (docs/adr/0016). They need no resources of their own. */
export class ProviderMetrics {
  readonly namespace: string;

  constructor(scope: IConstruct) {
    this.namespace = metricsNamespaceOf(scope);
  }

  /** Returns several, each as a sum over five minutes. */
  all(names: readonly MetricName[]): Metric[] {
    return names.map((name) => this.metric(name));
  }

  metric(metricName: MetricName, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: this.namespace,
      metricName,
      statistic: options.statistic ?? 'Sum',
      period: Duration.minutes(options.minutes ?? 5),
      label: options.label ?? metricName,
      ...(options.dimensions && { dimensionsMap: { ...options.dimensions } }),
    });
  }
}
