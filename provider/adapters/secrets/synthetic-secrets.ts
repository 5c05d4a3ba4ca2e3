import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  SecretsManagerServiceException,
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

  /** Reads the secret. Undefined while this role may not: a new right takes effect within a minute or so. */
  async read(): Promise<SyntheticSecret | undefined> {
    const read = new GetSecretValueCommand({ SecretId: this.#arn });
    const answer = await this.#secrets.send(read).catch(unlessDenied);
    if (!answer) return undefined;
    const { SecretString } = answer;
    if (!SecretString) throw new Error('the secret of the synthetic login is empty');
    return JSON.parse(SecretString) as SyntheticSecret;
  }
}

function unlessDenied(error: unknown): undefined {
  if (error instanceof SecretsManagerServiceException && error.name === 'AccessDeniedException') return;
  throw error;
}
