import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SigningAlgorithm } from '../../core/client/client.ts';
import { type SigningKey, signerOf } from '../../core/keys/signing-key.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import type { SigningKeyStore } from '../../flows/keys/ports.ts';
import type { TokenSigner } from '../../flows/token/ports.ts';

/** Signs tokens with the active key of an algorithm, in memory: no KMS call a token. */
export class JoseSigner implements TokenSigner {
  readonly #keys: Pick<SigningKeyStore, 'list'>;
  readonly #privateKeys: { open(key: SigningKey): Promise<KeyObject> };

  constructor(keys: Pick<SigningKeyStore, 'list'>, privateKeys: { open(key: SigningKey): Promise<KeyObject> }) {
    this.#keys = keys;
    this.#privateKeys = privateKeys;
  }

  async sign(claims: TokenClaims, as: { algorithm: SigningAlgorithm; type: 'JWT' | 'at+jwt' }): Promise<string> {
    const key = signerOf(await this.#keys.list(as.algorithm));
    if (!key) throw new Error(`there is no active ${as.algorithm} signing key`);
    const header = { alg: as.algorithm, kid: key.kid, typ: as.type };
    return new SignJWT({ ...claims }).setProtectedHeader(header).sign(await this.#privateKeys.open(key));
  }
}
