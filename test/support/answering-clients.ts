import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';

// Clients of the SDK that make no call. The first step of their middleware answers, so a test needs neither a server
// nor an object that only looks like a client.

/** A command that was sent: its name, such as `PublishCommand`, and its input. */
export type SentCommand = { readonly name: string | undefined; readonly input: object };
/** Makes the answer to a command, or throws. */
export type Answers = (command: SentCommand) => object;

const nowhere = { region: 'eu-west-1', credentials: { accessKeyId: 'nobody', secretAccessKey: 'nobody' } };
const first = { step: 'initialize', priority: 'high' } as const;

const answerWith =
  (answers: Answers) =>
  (_next: unknown, { commandName: name }: { commandName?: string }) =>
  async ({ input }: { input: object }) => ({
    output: { ...answers({ name, input }), $metadata: {} },
    response: undefined,
  });

export function answeringSns(answers: Answers): SNSClient {
  const client = new SNSClient(nowhere);
  client.middlewareStack.add(answerWith(answers), first);
  return client;
}

export function answeringLambda(answers: Answers): LambdaClient {
  const client = new LambdaClient(nowhere);
  client.middlewareStack.add(answerWith(answers), first);
  return client;
}

export function answeringDynamoDB(answers: Answers): DynamoDBClient {
  const client = new DynamoDBClient(nowhere);
  client.middlewareStack.add(answerWith(answers), first);
  return client;
}
