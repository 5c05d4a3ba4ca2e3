import { createCipheriv, createDecipheriv, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { jsonAnswer } from './json-answer.ts';
import type { AwsAnswer, AwsCall, AwsService } from './server.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
/** Makes an RSA key pair, or one on the curve P-256. */
export type MakeKeyPair = (type: 'rsa' | 'ec') => Promise<KeyPair>;

/**
 * The part of KMS that the functions use: real key pairs, and AES-GCM with the encryption context as additional data.
 */
export function createKmsService(masterKey: Buffer, makePair: MakeKeyPair = makeKeyPair): AwsService {
  return async (call) => {
    if (call.action === 'GenerateDataKeyPairWithoutPlaintext')
      return jsonAnswer('1.1', await enveloped(masterKey, call, makePair));
    if (call.action === 'GenerateDataKeyWithoutPlaintext') return jsonAnswer('1.1', dataKey(masterKey, call));
    if (call.action === 'Decrypt') return decrypt(masterKey, call);
    return jsonAnswer('1.1', { __type: 'UnsupportedOperationException', message: call.action }, 400);
  };
}

async function enveloped(masterKey: Buffer, { input }: AwsCall, makePair: MakeKeyPair): Promise<unknown> {
  const { publicKey, privateKey } = await makePair(input['KeyPairSpec'] === 'ECC_NIST_P256' ? 'ec' : 'rsa');
  return {
    KeyId: input['KeyId'],
    KeyPairSpec: input['KeyPairSpec'],
    PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    PrivateKeyCiphertextBlob: encrypt(
      masterKey,
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      contextOf(input),
    ).toString('base64'),
  };
}

/** Makes a new key of AES-256, which nobody sees before it is decrypted. */
function dataKey(masterKey: Buffer, { input }: AwsCall): unknown {
  const blob = encrypt(masterKey, randomBytes(32), contextOf(input));
  return { KeyId: input['KeyId'], CiphertextBlob: blob.toString('base64') };
}

/** Makes a new key pair. */
export function makeKeyPair(type: 'rsa' | 'ec'): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) =>
      error ? reject(error) : resolve({ publicKey, privateKey });
    if (type === 'ec') generateKeyPair('ec', { namedCurve: 'P-256' }, done);
    else generateKeyPair('rsa', { modulusLength: 2048 }, done);
  });
}

function encrypt(masterKey: Buffer, plaintext: Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(masterKey: Buffer, { input }: AwsCall): AwsAnswer {
  const blob = Buffer.from(String(input['CiphertextBlob']), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', masterKey, blob.subarray(0, NONCE_BYTES)).setAAD(contextOf(input));
  decipher.setAuthTag(blob.subarray(-TAG_BYTES));
  try {
    const plaintext = Buffer.concat([decipher.update(blob.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return jsonAnswer('1.1', {
      KeyId: input['KeyId'],
      Plaintext: plaintext.toString('base64'),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    });
  } catch {
    return jsonAnswer('1.1', { __type: 'InvalidCiphertextException' }, 400);
  }
}

const encryptionContext = v.optional(v.record(v.string(), v.string()), {});

function contextOf(input: AwsCall['input']): Buffer {
  const context = Object.entries(v.parse(encryptionContext, input['EncryptionContext']));
  return Buffer.from(JSON.stringify(context.sort(([a], [b]) => (a < b ? -1 : 1))));
}
