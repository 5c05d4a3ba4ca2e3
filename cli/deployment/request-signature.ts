import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import { SignatureV4 } from '@smithy/signature-v4';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { quoted } from '../command-line/text-layout.ts';
import type { Deployment } from './deployment.ts';

/** A request before it is signed. */
export type UnsignedRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};
/** Returns the headers to send: those of the request, and those that authenticate it. */
export type Authorize = (request: UnsignedRequest) => Promise<Record<string, string>>;

/** The code of the error when the operator has no AWS credentials. No call was made. */
export const NO_CREDENTIALS = 'no_credentials';

/** Adds nothing, because the local gateway trusts callers on this machine. */
export const withoutSignature: Authorize = async ({ headers }) => ({ ...headers });

/** What a signature is for (SigV4). */
export type SignatureScope = {
  readonly service: string;
  readonly region: string;
  readonly credentials: ReturnType<typeof credentialsOf>;
};

/** Signs for API Gateway (SigV4, service `execute-api`) with the operator's own AWS credentials. */
export function signatureFor(deployment: Deployment): Authorize {
  return async (request) => {
    const region = await regionOf(deployment);
    return signedHeaders(request, { service: 'execute-api', region, credentials: credentialsOf(deployment) });
  };
}

/** Returns the headers of the request with those of its signature. */
export async function signedHeaders(
  { url, method, headers, body }: UnsignedRequest,
  scope: SignatureScope,
): Promise<Record<string, string>> {
  // S3 alone signs the path as it is sent. All others encode it once more.
  const uriEscapePath = scope.service !== 's3';
  const signed = await new SignatureV4({ ...scope, sha256: Sha256, uriEscapePath }).sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    ...(body !== undefined && { body }),
  });
  return signed.headers;
}

/** Returns the region to sign for: from the option or the host name, the environment, or the profile. */
export async function regionOf({ region, profile }: Deployment): Promise<string> {
  if (region !== undefined) return region;
  const configured = loadConfig(NODE_REGION_CONFIG_OPTIONS, {
    ...NODE_REGION_CONFIG_FILE_OPTIONS,
    ...(profile !== undefined && { profile }),
  });
  return configured().catch(() => {
    throw new WrongUsage('The AWS region is not known: give --region, or set AWS_REGION');
  });
}

/** Returns the operator's credentials from where the AWS SDK finds them. */
export function credentialsOf({ profile }: Deployment): ReturnType<typeof defaultProvider> {
  const provide = defaultProvider(profile === undefined ? {} : { profile });
  return async (options) =>
    provide(options).catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      const why = CREDENTIAL_REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? 'none were found';
      const named = profile === undefined ? '' : ` for the profile ${quoted(profile)}`;
      throw new Refused(
        `No AWS credentials to sign with${named}: ${why}.`,
        'Sign in (aws sso login), or give --profile.',
        NO_CREDENTIALS,
      );
    });
}

/** Why there are no credentials, by what the SDK says of it. */
const CREDENTIAL_REASONS: readonly (readonly [RegExp, string])[] = [
  [/session.*(has expired|is invalid)|token is expired/i, 'the session at AWS IAM Identity Center has ended'],
  [/profile .*could not be found|could not resolve credentials using profile/i, 'that profile is not set up here'],
  [/^Process \S+ returned|credential_process/i, 'the credential process of the profile failed'],
];
