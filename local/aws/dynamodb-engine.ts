import { AWS_JSON } from './json-answer.ts';
import type { AwsAnswer, AwsCall } from './server.ts';

/** A DynamoDB engine, which answers DynamoDB calls until it is closed. */
export type DynamoDBEngine = {
  serve(call: AwsCall): Promise<AwsAnswer>;
  /** Deletes the items whose TTL attribute is in the past, and returns how many. Absent if the engine does it by itself. */
  sweep?(now: number): Promise<number>;
  close(): Promise<void>;
};

/**
 * Returns the headers of a call to an engine. Engines only check that there is a signature, not its value. An action may
 * name its API, as `DynamoDBStreams_20120810.GetRecords`.
 */
export function engineHeaders(action: string): Readonly<Record<string, string>> {
  return {
    'content-type': AWS_JSON['1.0'],
    'x-amz-target': action.includes('.') ? action : `DynamoDB_20120810.${action}`,
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
  };
}
