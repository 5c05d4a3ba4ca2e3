import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Three tries of at most a second each fit into the shortest function timeout, with room to answer. */
const bounded = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
} as const;
/** RSA key pairs take KMS longer; nobody waits for them. */
const patient = {
  ...bounded,
  requestHandler: { connectionTimeout: 500, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

export const createDynamoDB = (): DynamoDBClient => new DynamoDBClient(bounded);
export const createSns = (): SNSClient => new SNSClient(bounded);
export const createSqs = (): SQSClient => new SQSClient(bounded);
export const createKms = (): KMSClient => new KMSClient(bounded);
export const createPatientKms = (): KMSClient => new KMSClient(patient);
