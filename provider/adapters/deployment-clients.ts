import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';

/** Only the deployment waits for these calls. SNS asks Apple or Google before it answers, which takes longer. */
const patient = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 20_000, throwOnRequestTimeout: true },
} as const;

export const createPatientSns = (): SNSClient => new SNSClient(patient);
export const createSecrets = (): SecretsManagerClient => new SecretsManagerClient(patient);
/**
 * Making the first signing keys takes KMS several seconds. The call is not repeated, because a second one would only
 * wait for the first.
 */
export const createLambda = (): LambdaClient =>
  new LambdaClient({ maxAttempts: 1, requestHandler: { ...patient.requestHandler, requestTimeout: 90_000 } });
