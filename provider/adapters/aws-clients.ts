import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsCallMilliseconds } from './config.ts';
import { observeAwsCall } from './log-level.ts';

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

type Answered = { readonly $metadata: { readonly attempts?: number | undefined } };

/** Adds a step around all tries of a call, by which it can be logged. */
const observing =
  (aws_service: string) =>
  <Arguments, Output extends { readonly output: Answered }>(
    next: (args: Arguments) => Promise<Output>,
    { commandName = '' }: { commandName?: string | undefined },
  ) =>
  (args: Arguments): Promise<Output> =>
    observeAwsCall({ aws_service, action: commandName.replace(/Command$/, '') }, () => next(args), attemptsOf);
const FIRST = { step: 'initialize', name: 'observeAwsCall' } as const;

export function createDynamoDB(): DynamoDBClient {
  const client = new DynamoDBClient(bounded);
  client.middlewareStack.add(observing('DynamoDB'), FIRST);
  return client;
}

export function createSqs(): SQSClient {
  const client = new SQSClient(bounded);
  client.middlewareStack.add(observing('SQS'), FIRST);
  return client;
}

/** Returns how often a call was tried, from its answer or from its error. */
function attemptsOf(answer: unknown): number | undefined {
  const { output, $metadata = output?.$metadata } = (answer ?? {}) as Partial<Answered> & {
    readonly output?: Answered;
  };
  return $metadata?.attempts;
}
