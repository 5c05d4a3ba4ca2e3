import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type HorizontalAnnotation, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

export const FIVE_MINUTES = Duration.minutes(5);

/**
 * Makes a graph a third of a row wide. It must have metrics: CloudWatch refuses a dashboard with an empty graph, and
 * that fails the deployment. `limits` are the thresholds of alarms, drawn as lines.
 */
export function graph(
  title: string,
  left: readonly IMetric[],
  limits: readonly HorizontalAnnotation[] = [],
): GraphWidget {
  if (left.length === 0) throw new Error(`the graph "${title}" has nothing to draw`);
  return new GraphWidget({ title, left: [...left], leftAnnotations: [...limits], width: 8, height: 6 });
}

/** Finds metrics whose dimensions are only known once they are counted. `NS` in the query stands for the namespace. */
export function search(namespace: string, query: string): MathExpression {
  const expression = `SEARCH('${query.replace('NS', `"${namespace}"`)}', 'Sum', 300)`;
  return new MathExpression({ expression, usingMetrics: {}, label: '', period: FIVE_MINUTES });
}

/** Says where to read what to do next. An address becomes a link. */
export function whatToDo(runbook: string): string {
  const place = runbook.startsWith('https://') ? `[the runbook](${runbook})` : `the runbook, ${runbook}`;
  return `**What to do:** each alarm has a section in ${place}.`;
}
