import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { flatReference } from './flat-reference.ts';

/** Accepts findings on a construct and its children. Each comes with the reason why it is acceptable here. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** Accepts those resources of these statements that contain a wildcard, and no others. */
export function acknowledgeWildcards(
  construct: IConstruct,
  statements: readonly PolicyStatement[],
  reason: string,
): void {
  const open = statements
    .flatMap((statement) => statement.resources)
    .map((arn) => flatReference(Stack.of(construct).resolve(arn)))
    .filter((arn) => arn.includes('*'));
  if (open.length === 0) return;
  acknowledge(construct, Object.fromEntries(open.map((arn) => [`AwsSolutions-IAM5[Resource::${arn}]`, reason])));
}
