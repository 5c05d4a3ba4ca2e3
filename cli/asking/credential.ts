import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { ClientAuth } from 'openid-client';
import { WrongUsage } from '../command-line/failure.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { readBytes } from '../command-line/option-reading.ts';

/** How a client proves who it is (OpenID Connect Core §9). */
export type Credential =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly key: CryptoKey; readonly kid: string | undefined };

/** A key that the client signs with. */
export type SigningKey = Extract<Credential, { readonly method: 'private_key_jwt' }>;

type CredentialOptions = {
  readonly secret?: string;
  readonly 'secret-file'?: string;
  readonly 'key-file'?: string;
  readonly 'secret-in'?: string;
};

/** Reads the credential that the options name; undefined if they name none. */
export async function readCredential(options: CredentialOptions): Promise<Credential | undefined> {
  const given = (['secret', 'secret-file', 'key-file'] as const).filter((name) => options[name] !== undefined);
  const [name, other] = given;
  if (other !== undefined) throw new WrongUsage(`--${name} or --${other}, not both`);
  const keyFile = options['key-file'];
  if (keyFile !== undefined) return readKey(keyFile);
  if (name === undefined) return undefined;
  if (options.secret !== undefined && options.secret !== '-')
    throw new WrongUsage(
      'A secret on the command line can be seen by others and stays in the history of the shell: give --secret - and write it to standard input, or give --secret-file',
    );
  const path = options['secret-file'] ?? '-';
  const secret = Buffer.from(readBytes(path))
    .toString()
    .replace(/\r?\n$/, '');
  if (secret === '') throw new WrongUsage(`${path === '-' ? 'standard input' : path} holds no secret`);
  return { method: options['secret-in'] === 'post' ? 'client_secret_post' : 'client_secret_basic', secret };
}

/** Makes what openid-client authenticates with. */
export async function authenticationOf(credential: Credential): Promise<ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost, PrivateKeyJwt } = await import('openid-client');
  switch (credential.method) {
    case 'client_secret_basic':
      return ClientSecretBasic(credential.secret);
    case 'client_secret_post':
      return ClientSecretPost(credential.secret);
    case 'private_key_jwt': {
      const { key, kid } = credential;
      return PrivateKeyJwt(kid === undefined ? key : { key, kid });
    }
  }
}

const ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
} as const;

/** Reads a private key, as a JWK or in PEM. Its errors never quote the file. */
async function readKey(path: string): Promise<Credential> {
  const text = Buffer.from(readBytes(path)).toString();
  const jwk = parseJsonObject(text);
  const algorithm = jwk?.['alg'];
  const kid = typeof jwk?.['kid'] === 'string' ? jwk['kid'] : undefined;
  const key = privateKeyIn(path, jwk ?? text);
  const name = typeof algorithm === 'string' ? algorithm : key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const parameters = Object.entries(ALGORITHMS).find(([known]) => known === name)?.[1];
  if (!parameters) throw new WrongUsage(`${path} must hold a key for ${Object.keys(ALGORITHMS).join(', ')}`);
  try {
    const bytes = key.export({ type: 'pkcs8', format: 'der' });
    return {
      method: 'private_key_jwt',
      key: await crypto.subtle.importKey('pkcs8', bytes, parameters, false, ['sign']),
      kid,
    };
  } catch {
    throw new WrongUsage(`${path} holds no key for ${name}`);
  }
}

function privateKeyIn(path: string, source: string | Readonly<Record<string, unknown>>): KeyObject {
  try {
    return typeof source === 'string'
      ? createPrivateKey(source)
      : createPrivateKey({ key: { ...source }, format: 'jwk' });
  } catch {
    throw new WrongUsage(`${path} holds no private key, as a JWK or in PEM`);
  }
}
