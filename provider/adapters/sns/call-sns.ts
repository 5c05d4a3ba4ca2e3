import { readSnsService } from '../config.ts';
import { observeAwsCall } from '../log-level.ts';
import { type Connected, type SignedAnswer, signedCalls } from '../signed-calls.ts';
import { type CallSns, SnsError } from './query-protocol.ts';

/**
 * Makes calls of SNS without its client in the SDK, which would be a sixth of the bundles that push (docs/adr/0037). They
 * use the connections and the credentials of the client for DynamoDB.
 */
export function callsOfSns(client: Connected, service: ReturnType<typeof readSnsService> = readSnsService()): CallSns {
  const send = signedCalls(client, { service: 'sns', ...service });
  return async (action, parameters) => {
    const body = new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const call = { method: 'POST', path: '/', headers, body } as const;
    const answered = async () => {
      const answer = await send(call);
      if (answer.statusCode !== 200) throw new SnsError(answer);
      return answer;
    };
    const answer = await observeAwsCall({ aws_service: 'SNS', action }, answered, attemptsOf);
    return answer.body;
  };
}

function attemptsOf(answer: unknown): number | undefined {
  return (answer as Partial<SignedAnswer>).attempts;
}
