import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsCallMilliseconds } from './config.ts';

/**
 * Three tries of at most a second each fit into the shortest function timeout, with room to answer. Where AWS is played
 * on the same machine, the environment allows more: there a slow answer says that the machine is busy.
 */
const milliseconds = awsCallMilliseconds();
const bounded = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: milliseconds / 2, requestTimeout: milliseconds, throwOnRequestTimeout: true },
} as const;
/** RSA key pairs take KMS longer; nobody waits for them. */
const patient = {
  ...bounded,
  requestHandler: { ...bounded.requestHandler, requestTimeout: 10_000 },
} as const;

export const createDynamoDB = (): DynamoDBClient => new DynamoDBClient(bounded);
export const createSns = (): SNSClient => new SNSClient(bounded);
export const createSqs = (): SQSClient => new SQSClient(bounded);
export const createKms = (): KMSClient => new KMSClient(bounded);
export const createPatientKms = (): KMSClient => new KMSClient(patient);
