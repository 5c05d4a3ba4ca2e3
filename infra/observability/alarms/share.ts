import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

type Share = {
  /** What is counted, such as failures. */
  readonly part: IMetric;
  /** What it is a share of, such as calls. */
  readonly whole: IMetric;
  /** Up to so many, the count itself decides. Beyond, it is scaled down to so many. */
  readonly most: number;
  readonly label: string;
  readonly period: Duration;
};

/**
 * Counts a part for each `most` of the whole, and all of it while there are fewer. So one threshold is a number in a
 * small installation and a share in a large one: 3 for each 600 calls is 3 in a quiet minute and 0.5 % in a busy one.
 */
export function countOrShare({ part, whole, most, label, period }: Share): MathExpression {
  // MAX over a list skips a metric without data, as where every call failed before it was counted.
  const all = new MathExpression({ expression: 'MAX([whole, part])', usingMetrics: { whole, part }, period });
  const expression = `IF(all > ${most}, ${most} * part / all, part)`;
  return new MathExpression({ expression, usingMetrics: { all, part }, label, period });
}
