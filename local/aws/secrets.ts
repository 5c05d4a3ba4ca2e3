import type { AwsService } from './server.ts';

/** Secrets Manager: secrets by ARN, put and read. */
export function createSecretsService(secrets: Map<string, string>): AwsService {
  return async ({ action, input }) => {
    const ARN = String(input['SecretId']);
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    if (action === 'PutSecretValue') secrets.set(ARN, String(input['SecretString']));
    const SecretString = secrets.get(ARN);
    return SecretString === undefined
      ? { status: 400, headers, body: JSON.stringify({ __type: 'ResourceNotFoundException' }) }
      : { status: 200, headers, body: JSON.stringify({ ARN, ...(action === 'GetSecretValue' && { SecretString }) }) };
  };
}
