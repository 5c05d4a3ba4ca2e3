import { jsonAnswer } from './json-answer.ts';
import type { AwsService } from './server.ts';

/** Secrets Manager, with calls to put and to read secrets by their ARN. */
export function createSecretsService(secrets: Map<string, string>): AwsService {
  return async ({ action, input }) => {
    const ARN = String(input['SecretId']);
    if (action === 'PutSecretValue') secrets.set(ARN, String(input['SecretString']));
    const SecretString = secrets.get(ARN);
    if (SecretString === undefined) return jsonAnswer('1.1', { __type: 'ResourceNotFoundException' }, 400);
    return jsonAnswer('1.1', { ARN, ...(action === 'GetSecretValue' && { SecretString }) });
  };
}
