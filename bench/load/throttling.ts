import { AWS_JSON, jsonAnswer } from '../../local/aws/json-answer.ts';
import { xmlAnswer } from '../../local/aws/query-protocol.ts';
import type { AwsAnswer, AwsCall } from '../../local/aws/server.ts';

/** The services that are throttled. */
const THROTTLED_SERVICES = ['dynamodb', 'sns', 'firehose'] as const;
type ThrottledService = (typeof THROTTLED_SERVICES)[number];

/** The names of errors that throttling ends in, when each try of a call was throttled. */
export const THROTTLING_ERRORS: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'ThrottledException',
];

const dynamodbError = (type: string, message: string): AwsAnswer => jsonAnswer('1.0', { __type: type, message }, 400);

/**
 * How each service answers a call that it throttles. DynamoDB names the throughput of the table or the rate of calls.
 * It may also answer a batch with 200 and leave all its keys unprocessed.
 */
const ANSWERS: Readonly<Record<ThrottledService, readonly ((call: AwsCall) => AwsAnswer)[]>> = {
  dynamodb: [
    ({ action, input }) =>
      action === 'BatchGetItem'
        ? jsonAnswer('1.0', { Responses: {}, UnprocessedKeys: input['RequestItems'] })
        : dynamodbError(
            'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
            'The level of configured provisioned throughput for the table was exceeded.',
          ),
    () => dynamodbError('com.amazon.coral.availability#ThrottlingException', 'Rate of requests exceeds the allowed.'),
  ],
  sns: [
    () =>
      xmlAnswer(
        429,
        '<ErrorResponse><Error><Type>Sender</Type><Code>Throttled</Code><Message>Rate exceeded</Message></Error><RequestId>load</RequestId></ErrorResponse>',
      ),
  ],
  firehose: [
    () => ({
      status: 400,
      headers: { 'content-type': AWS_JSON['1.1'] },
      body: JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }),
    }),
  ],
};

const isThrottled = (service: AwsCall['service']): service is ThrottledService =>
  (THROTTLED_SERVICES as readonly string[]).includes(service);

/** Returns the answer of a service that throttles a call; undefined if it is not among the services that do. */
export function throttledAnswer(call: AwsCall, random: () => number): AwsAnswer | undefined {
  if (!isThrottled(call.service)) return undefined;
  const answers = ANSWERS[call.service];
  return answers[Math.floor(random() * answers.length)]?.(call);
}
