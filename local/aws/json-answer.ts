import type { AwsAnswer } from './server.ts';

/** The content types of AWS's JSON protocol. KMS and Secrets Manager use 1.1, DynamoDB and SQS 1.0. */
export const AWS_JSON = { '1.0': 'application/x-amz-json-1.0', '1.1': 'application/x-amz-json-1.1' } as const;

/** Makes an answer in AWS's JSON protocol. */
export function jsonAnswer(version: keyof typeof AWS_JSON, body: unknown, status = 200): AwsAnswer {
  return { status, headers: { 'content-type': AWS_JSON[version] }, body: JSON.stringify(body) };
}
