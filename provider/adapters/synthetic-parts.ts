import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { PublicJwk } from '../core/client/client.ts';
import { NO_ANSWER, SYNTHETIC_ID, type SyntheticCast, type SyntheticSecret } from '../core/operating/synthetic.ts';
import type { ProviderAnswer, SyntheticLoginPorts } from '../flows/operating/log-in-synthetically.ts';
import type { SyntheticSetUpPorts } from '../flows/operating/set-up-synthetic-login.ts';
import {
  clientItem,
  clientKey,
  deviceItem,
  deviceKey,
  profileItem,
  profileKey,
} from './dynamodb/forms/directory-items.ts';
import type { Table } from './dynamodb/table.ts';

/** Longest wait for one answer of the provider, in milliseconds. */
const ANSWER_MS = 10_000;

/** Client, user and device of the synthetic login: three items under three fixed keys. */
export class SyntheticItems {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async save({ client, user, device }: SyntheticCast): Promise<void> {
    await Promise.all(
      [clientItem(client), profileItem(user), deviceItem(device)].map((item) => this.#directory.put(item)),
    );
  }

  async remove(): Promise<void> {
    const keys = [
      clientKey(SYNTHETIC_ID),
      profileKey(SYNTHETIC_ID),
      deviceKey({ sub: SYNTHETIC_ID, deviceId: SYNTHETIC_ID }),
    ];
    await Promise.all(keys.map((key) => this.#directory.delete(key)));
  }
}

/** The one secret of the synthetic login. */
export class SyntheticSecrets {
  readonly #secrets: SecretsManagerClient;
  readonly #arn: string;

  constructor(secrets: SecretsManagerClient, arn: string) {
    this.#secrets = secrets;
    this.#arn = arn;
  }

  async write(secret: SyntheticSecret): Promise<void> {
    await this.#secrets.send(new PutSecretValueCommand({ SecretId: this.#arn, SecretString: JSON.stringify(secret) }));
  }

  async read(): Promise<SyntheticSecret> {
    const { SecretString } = await this.#secrets.send(new GetSecretValueCommand({ SecretId: this.#arn }));
    if (!SecretString) throw new Error('the secret of the synthetic login is empty');
    return JSON.parse(SecretString) as SyntheticSecret;
  }
}

export const makeDeviceKey: SyntheticSetUpPorts['makeDeviceKey'] = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return { publicKey: { kty: String(kty), crv, x, y } as PublicJwk, privateKey: { ...(await exportJWK(privateKey)) } };
};

export const signAsDevice: SyntheticLoginPorts['sign'] = async (key, type, claims) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', typ: type }).sign(await importJWK(key as JWK, 'ES256'));

export const verifiesIdToken: SyntheticLoginPorts['verifies'] = (idToken, { keySet, issuer, audience, now }) =>
  jwtVerify(idToken, createLocalJWKSet(keySet as JSONWebKeySet), {
    issuer,
    audience,
    currentDate: new Date(now * 1000),
    clockTolerance: 5,
  }).then(
    () => true,
    () => false,
  );

/** Waits without keeping anything busy. */
export const wait: SyntheticLoginPorts['wait'] = (seconds) =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export const callProvider: SyntheticLoginPorts['call'] = (url, { method, authorization, form, json }) =>
  fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_MS),
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(form && { body: new URLSearchParams(form) }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  }).then(readAnswer, noAnswer);

async function readAnswer(response: Response): Promise<ProviderAnswer> {
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** `fetch` hides what happened in the cause: ENOTFOUND, ECONNREFUSED, a certificate of another name. */
function noAnswer(error: unknown): ProviderAnswer {
  const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
  return { status: NO_ANSWER, body: { error: String(cause?.code ?? name) } };
}
