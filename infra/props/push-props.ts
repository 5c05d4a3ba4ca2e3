import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Pushes to iPhones: a credential from which the deployment makes platform applications, or existing applications. */
export interface ApnsProps {
  /**
   * A secret with `{"teamId", "keyId", "privateKey"}`; `privateKey` is the text of the `.p8` file. Import an existing one
   * by its whole ARN (`Secret.fromSecretCompleteArn`). Default: none; then name applications.
   */
  readonly secret?: Pick<ISecret, 'secretArn'> | undefined;
  /** Any text; changing it makes the deployment read the secret again. Default: `1`. */
  readonly credentialVersion?: string | undefined;
  /** Whether to make an application for development builds as well. Default: false. */
  readonly sandbox?: boolean | undefined;
  /** The ARN of an existing SNS platform application, instead of a secret. Default: none. */
  readonly applicationArn?: string | undefined;
  /** The ARN of an existing application for development builds, instead of a secret. Default: none. */
  readonly sandboxApplicationArn?: string | undefined;
  /** The app's bundle id. */
  readonly bundleId: string;
}

/**
 * Pushes to Android phones: a credential from which the deployment makes the application, or an existing application.
 */
export interface FcmProps {
  /** A secret with the JSON file of the Firebase service account. Default: none; then name an application. */
  readonly secret?: Pick<ISecret, 'secretArn'> | undefined;
  /** Any text; changing it makes the deployment read the secret again. Default: `1`. */
  readonly credentialVersion?: string | undefined;
  /** The ARN of an existing SNS platform application, instead of a secret. Default: none. */
  readonly applicationArn?: string | undefined;
}
