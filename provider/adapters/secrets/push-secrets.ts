import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Reads the credentials of push services from Secrets Manager. */
export class PushSecrets {
  readonly #secrets: SecretsManagerClient;

  constructor(secrets: SecretsManagerClient) {
    this.#secrets = secrets;
  }

  async read(arn: string): Promise<string | undefined> {
    try {
      return (await this.#secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
