import * as v from 'valibot';
import { deliveryContext } from '../../core/notifying/sealed-tokens.ts';
import type { DeliveryKeyMaker } from '../../flows/keys/ports.ts';
import type { CallKms } from './call-kms.ts';

/** The key in base64. */
const made = v.object({ CiphertextBlob: v.pipe(v.string(), v.nonEmpty()) });

/** Makes delivery keys in KMS. They are returned encrypted and stored encrypted. */
export class KmsDeliveryKeyMaker implements DeliveryKeyMaker {
  readonly #kms: CallKms;
  readonly #keyId: string;

  constructor(kms: CallKms, keyId: string) {
    this.#kms = kms;
    this.#keyId = keyId;
  }

  async makeDeliveryKey(kid: string): Promise<Uint8Array> {
    const answer = await this.#kms('GenerateDataKeyWithoutPlaintext', {
      KeyId: this.#keyId,
      KeySpec: 'AES_256',
      EncryptionContext: deliveryContext(kid),
    });
    return Buffer.from(v.parse(made, answer).CiphertextBlob, 'base64');
  }
}
