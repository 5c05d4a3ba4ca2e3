import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

export const FIVE_MINUTES = Duration.minutes(5);

/** A third of a row. CloudWatch refuses a whole dashboard that has a graph of nothing, and the deployment with it. */
export function graph(title: string, left: readonly IMetric[]): GraphWidget {
  if (left.length === 0) throw new Error(`the graph "${title}" has nothing to draw`);
  return new GraphWidget({ title, left: [...left], width: 8, height: 6 });
}

/** Metrics that nobody can name before they are counted. `NS` in the query stands for the namespace. */
export function search(namespace: string, query: string): MathExpression {
  const expression = `SEARCH('${query.replace('NS', `"${namespace}"`)}', 'Sum', 300)`;
  return new MathExpression({ expression, usingMetrics: {}, label: '', period: FIVE_MINUTES });
}
