import { readSigningKeysFunction } from '../../provider/adapters/config.ts';
import { createLambda } from '../../provider/adapters/deployment-clients.ts';
import { sendToCloudFormation } from '../../provider/adapters/https/cloudformation-answer.ts';
import { SigningKeysFunction } from '../../provider/adapters/lambda/signing-keys-function.ts';

/** Composes what first-keys runs with in an AWS account. */
export function wire() {
  const signingKeys = new SigningKeysFunction(createLambda(), readSigningKeysFunction());
  return { signingKeys, sendAnswer: sendToCloudFormation };
}
