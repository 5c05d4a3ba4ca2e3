import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyPairWithoutPlaintextCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jsonAnswer } from '../../../local/aws/json-answer.ts';
import { createKmsService } from '../../../local/aws/kms.ts';
import { type AwsAnswer, type AwsCall, AwsServer } from '../../../local/aws/server.ts';
import { type CallKms, callsOfKms } from '../../../provider/adapters/kms/call-kms.ts';
import { KmsKeyMaker, KmsPrivateKeys } from '../../../provider/adapters/kms/kms-keys.ts';
import type { SigningKey } from '../../../provider/core/keys/signing-key.ts';

const config = { region: 'eu-central-1', credentials: { accessKeyId: 'token', secretAccessKey: 'x' } };
const context = { purpose: 'p', kid: 'k', algorithm: 'ES256' };
/** Longer than this process needs for a call. */
const PATIENT = 60_000;

let aws: AwsServer;
let endpoint: string;
let kms: CallKms;
let sdk: KMSClient;
beforeAll(async () => {
  aws = new AwsServer({ kms: createKmsService(randomBytes(32)) });
  endpoint = await aws.listen();
  kms = callsOfKms(new DynamoDBClient(config), { endpoint, milliseconds: PATIENT });
  sdk = new KMSClient({ ...config, endpoint, maxAttempts: 1 });
});
beforeEach(() => {
  aws.calls.length = 0;
  aws.interference = undefined;
});
afterAll(async () => {
  sdk.destroy();
  await aws.close();
});

const refused = (type: string, status = 400): AwsAnswer => jsonAnswer('1.1', { __type: type, message: 'no' }, status);
/** What arrived, without the header in which the SDK says which try it is. KMS does not ask for that. */
const arrived = (call?: AwsCall) => ({ ...call, attempt: undefined, body: JSON.parse(String(call?.body)) });

describe('a call of KMS is the same as that of the client of the SDK', () => {
  const pair = { KeyId: 'key', KeyPairSpec: 'ECC_NIST_P256', EncryptionContext: context } as const;

  it('to make a key pair', async () => {
    await kms('GenerateDataKeyPairWithoutPlaintext', pair);
    await sdk.send(new GenerateDataKeyPairWithoutPlaintextCommand(pair));
    expect(arrived(aws.calls[0])).toEqual(arrived(aws.calls[1]));
    expect(aws.calls[0]).toMatchObject({ service: 'kms', caller: 'token' });
  });

  it('to decrypt a key, and its answer is read alike', async () => {
    const { PrivateKeyCiphertextBlob: blob } = await sdk.send(new GenerateDataKeyPairWithoutPlaintextCommand(pair));
    const input = { KeyId: 'key', EncryptionContext: context };
    const ours = await kms('Decrypt', { ...input, CiphertextBlob: Buffer.from(blob ?? []).toString('base64') });
    const theirs = await sdk.send(new DecryptCommand({ ...input, CiphertextBlob: blob }));
    expect(arrived(aws.calls[1])).toEqual(arrived(aws.calls[2]));
    expect(ours).toMatchObject({ Plaintext: Buffer.from(theirs.Plaintext ?? []).toString('base64') });
  });
});

it.each(['ES256', 'RS256'] as const)(
  'a key that is made for %s is opened again, and only as itself',
  async (algorithm) => {
    const made = await new KmsKeyMaker(kms, 'key').make(algorithm, 'a');
    const stored = { findPrivateKey: async () => made.privateKey };
    const opened = (kid: string) => new KmsPrivateKeys(stored, kms, 'key').open({ kid, algorithm } as SigningKey);
    const { d: _, ...publicHalf } = (await opened('a'))?.export({ format: 'jwk' }) ?? {};
    expect(publicHalf).toMatchObject(made.publicKey);
    await expect(opened('b')).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  },
);

describe('a refusal of KMS', () => {
  it.each([
    'AccessDeniedException',
    'com.amazonaws.kms#DisabledException',
    'KMSInvalidStateException',
    'NotFoundException:x',
  ])('of type %s is a fault of the name that the SDK gives it', async (type) => {
    aws.interference = () => refused(type);
    const ours = await kms('Decrypt', {}).catch((error: Error) => error);
    const theirs = await sdk
      .send(new DecryptCommand({ CiphertextBlob: Buffer.from('x') }))
      .catch((error: Error) => error);
    expect(ours).toMatchObject({ name: Reflect.get(Object(theirs), 'name') });
    expect(aws.calls).toHaveLength(2);
  });

  it('is no answer if KMS is throttled or out: the call is tried three times', async () => {
    for (const answer of [refused('ThrottlingException'), refused('KMSInternalException', 500)]) {
      aws.calls.length = 0;
      aws.interference = () => (aws.calls.length < 3 ? answer : refused('NotFoundException'));
      await expect(kms('Decrypt', {})).rejects.toMatchObject({ name: 'NotFoundException' });
      expect(aws.calls).toHaveLength(3);
    }
  });

  it('without a type has a name with its status', async () => {
    aws.interference = () => ({ status: 413, body: 'no' });
    await expect(kms('Decrypt', {})).rejects.toMatchObject({ name: 'KMS413' });
  });
});

it('an answer without what was asked for is a fault', async () => {
  aws.interference = () => jsonAnswer('1.1', { KeyId: 'key', Plaintext: '' });
  const keys = new KmsPrivateKeys(
    { findPrivateKey: async () => ({ kid: 'a', ciphertext: Buffer.from('x') }) },
    kms,
    'key',
  );
  await expect(keys.open({ kid: 'a', algorithm: 'ES256' } as SigningKey)).rejects.toThrow();
  await expect(new KmsKeyMaker(kms, 'key').make('ES256', 'a')).rejects.toThrow();
});
