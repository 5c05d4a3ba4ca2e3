import { ACMClient } from '@aws-sdk/client-acm';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { awsCallMilliseconds } from './config.ts';

/** How long other calls to AWS may take. Where the environment allows them more, these calls get no less. */
const milliseconds = awsCallMilliseconds();
/** Only the deployment waits for these calls. SNS asks Apple or Google before it answers, which takes longer. */
const patient = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: milliseconds,
    requestTimeout: Math.max(20_000, milliseconds),
    throwOnRequestTimeout: true,
  },
} as const;

/** CloudFront takes certificates from this region, wherever the API is. */
export const createAcm = (): ACMClient => new ACMClient({ ...patient, region: 'us-east-1' });
export const createPatientSns = (): SNSClient => new SNSClient(patient);
export const createSecrets = (): SecretsManagerClient => new SecretsManagerClient(patient);
/**
 * Making the first signing keys takes KMS several seconds. The call is not repeated, because a second one would only
 * wait for the first.
 */
export const createLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 1,
    requestHandler: { ...patient.requestHandler, requestTimeout: Math.max(90_000, milliseconds) },
  });
