import type { AwsCall } from './server.ts';

/** What SNS asks IAM about one call. */
export type SnsAccess = { readonly caller: string; readonly action: string; readonly resource: string };

const ENDPOINT = /^(arn:[^:]+:sns:[^:]*:[^:]*:)endpoint(\/[^/]+\/[^/]+)\/[^/]+$/;

/**
 * Returns the ARN against which SNS authorises a call. For an endpoint it is the ARN of the endpoint's application:
 * "not authorized to perform: SNS:GetEndpointAttributes on resource: arn:aws:sns:us-east-1:…:app/GCM/…" is the answer
 * to a caller that named an endpoint. For the creation of an application it is an ARN without the application's name.
 */
export function authorizedResource(action: string, input: AwsCall['input']): string {
  if (action === 'CreatePlatformApplication') return 'arn:aws:sns:eu-central-1:000000000000:app/';
  const named = String(
    input['TopicArn'] ?? input['TargetArn'] ?? input['EndpointArn'] ?? input['PlatformApplicationArn'] ?? '',
  );
  return applicationOf(named) ?? named;
}

/** Returns the ARN of an endpoint's application. Undefined if the ARN is not that of an endpoint. */
function applicationOf(arn: string): string | undefined {
  const [, account, application] = ENDPOINT.exec(arn) ?? [];
  return account === undefined ? undefined : `${account}app${application}`;
}

/** Returns SNS's words for a denial. */
export function denial({ caller, action, resource }: SnsAccess): string {
  const user = `arn:aws:sts::000000000000:assumed-role/${caller}/${caller}`;
  return `User: ${user} is not authorized to perform: SNS:${action} on resource: ${resource} because no identity-based policy allows the SNS:${action} action`;
}
