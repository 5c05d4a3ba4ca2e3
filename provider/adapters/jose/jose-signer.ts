import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SigningAlgorithm } from '../../core/keys/jwk.ts';
import { type SigningKey, signerOf } from '../../core/keys/signing-key.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import type { TokenSigner } from '../../flows/token/ports.ts';

/** The public halves as this function has cached them, and a way to read them again. */
type KnownKeys = {
  list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]>;
  reread(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]>;
};
/** Decrypts the private half of a key. Undefined if it was deleted. */
type PrivateKeys = { open(key: SigningKey): Promise<KeyObject | undefined> };
type OpenedKey = { readonly kid: string; readonly privateKey: KeyObject };

/** Signs tokens with the active key of an algorithm, in memory: a token needs no KMS call. */
export class JoseSigner implements TokenSigner {
  readonly #keys: KnownKeys;
  readonly #privateKeys: PrivateKeys;

  constructor(keys: KnownKeys, privateKeys: PrivateKeys) {
    this.#keys = keys;
    this.#privateKeys = privateKeys;
  }

  /** Reads and decrypts the signing key of an algorithm, so that the first signature does not wait for it. */
  async prepare(algorithm: SigningAlgorithm): Promise<void> {
    await this.#signer(algorithm);
  }

  async sign(claims: TokenClaims, as: { algorithm: SigningAlgorithm; type: 'JWT' | 'at+jwt' }): Promise<string> {
    const { kid, privateKey } = await this.#signer(as.algorithm);
    const header = { alg: as.algorithm, kid, typ: as.type };
    return new SignJWT({ ...claims }).setProtectedHeader(header).sign(privateKey);
  }

  /**
   * Returns the signing key. If there is no active key, or its private half is missing, a key was revoked since the
   * keys were cached, and they are read again.
   */
  async #signer(algorithm: SigningAlgorithm): Promise<OpenedKey> {
    const known = await this.#open(signerOf(await this.#keys.list(algorithm)));
    const signer = known ?? (await this.#open(signerOf(await this.#keys.reread(algorithm))));
    if (!signer) throw new Error(`there is no active ${algorithm} signing key`);
    return signer;
  }

  async #open(key: SigningKey | undefined): Promise<OpenedKey | undefined> {
    const privateKey = key && (await this.#privateKeys.open(key));
    return privateKey && { kid: key.kid, privateKey };
  }
}
