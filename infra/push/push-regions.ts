import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The regions where SNS has mobile push, as AWS listed them in November 2026:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-push-supported-regions.html
 */
export const PUSH_REGIONS: readonly string[] = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'us-gov-west-1', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'af-south-1', 'me-central-1', 'me-south-1'],
];

/**
 * Warns about a region that AWS did not list. It is no error, because AWS adds regions and the list may be old. A region
 * that is only known at the deployment is not checked.
 */
export function warnOfPushRegion(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region) || PUSH_REGIONS.includes(region)) return;
  Annotations.of(scope).addWarningV2(
    'ciba:push-region',
    `AWS did not list ${region} among the regions with SNS mobile push. If it still has none, pushes fail there: see docs/deploy.md#what-you-need.`,
  );
}
