import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsCallMilliseconds } from './config.ts';

/**
 * Longest time of one call, in milliseconds. Three tries of at most one second fit into the shortest function timeout,
 * with room to answer. Where a stand-in for AWS runs on the same machine, the environment allows more: there a slow
 * answer means only that the machine is busy.
 */
const milliseconds = awsCallMilliseconds();
const bounded = {
  maxAttempts: 3,
  // The SDK then assembles its steps (signing, retries and so on) once for each kind of call, instead of for each call.
  // No code of the functions adds a step after the first call, which would be ignored.
  cacheMiddleware: true,
  requestHandler: { connectionTimeout: milliseconds / 2, requestTimeout: milliseconds, throwOnRequestTimeout: true },
} as const;
/** KMS takes longer to make an RSA key pair. No client waits for it. */
const patient = {
  ...bounded,
  requestHandler: { ...bounded.requestHandler, requestTimeout: Math.max(10_000, milliseconds) },
} as const;

export const createDynamoDB = (): DynamoDBClient => new DynamoDBClient(bounded);
export const createSqs = (): SQSClient => new SQSClient(bounded);
export const createKms = (): KMSClient => new KMSClient(bounded);
export const createPatientKms = (): KMSClient => new KMSClient(patient);

/**
 * Returns a client of SNS that is made when it is first asked for. A request calls SNS late or not at all, so a function
 * that loads does not wait for it.
 */
export function createSns(): () => SNSClient {
  let client: SNSClient | undefined;
  return () => {
    client ??= new SNSClient(bounded);
    return client;
  };
}
