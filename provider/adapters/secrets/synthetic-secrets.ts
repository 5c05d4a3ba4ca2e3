import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SyntheticSecret } from '../../core/operating/synthetic.ts';

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
