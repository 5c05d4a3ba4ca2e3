import { readKmsService } from '../config.ts';
import { observeAwsCall } from '../log-level.ts';
import { type Connected, faultOf, jsonCall, type SignedAnswer, signedCalls } from '../signed-calls.ts';

/** What the functions do at KMS. */
export type KmsAction = 'Decrypt' | 'GenerateDataKeyPairWithoutPlaintext' | 'GenerateDataKeyWithoutPlaintext';

/**
 * Calls KMS and returns the members of its answer. Bytes are in base64. Throws an error of KMS's name for it, such as
 * `AccessDeniedException`, if KMS refuses, and another error if it does not answer.
 */
export type CallKms = (action: KmsAction, input: object) => Promise<unknown>;

/**
 * Makes calls of KMS without its client in the SDK, which would be a quarter of what `token` may weigh (docs/adr/0046).
 * They use the connections and the credentials of the client for DynamoDB.
 */
export function callsOfKms(client: Connected, service: ReturnType<typeof readKmsService> = readKmsService()): CallKms {
  const send = signedCalls(client, { service: 'kms', ...service });
  return async (action, input) => {
    const answered = async () => {
      const answer = await send(jsonCall(`TrentService.${action}`, input));
      if (answer.statusCode !== 200) throw faultOf('KMS', answer);
      return answer;
    };
    const { body } = await observeAwsCall({ aws_service: 'KMS', action }, answered, attemptsOf);
    return JSON.parse(body);
  };
}

function attemptsOf(answer: unknown): number | undefined {
  return (answer as Partial<SignedAnswer>).attempts;
}
