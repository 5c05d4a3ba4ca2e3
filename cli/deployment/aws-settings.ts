import { Refused, WrongUsage } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from './deployment.ts';
import { networkReasonOf } from './provider-answer.ts';
import { credentialsOf, regionOf } from './request-signature.ts';

/** The settings of every AWS client that the command makes. */
export type AwsSettings = {
  readonly region: string;
  readonly credentials: ReturnType<typeof credentialsOf>;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
};

/** Longer than any function of a deployment may run. */
const REQUEST_TIMEOUT_MILLISECONDS = 130_000;

/**
 * Makes settings with the operator's own AWS credentials. `region` overrides the region of the URL or the environment.
 */
export async function awsSettings(deployment: Deployment, region?: string): Promise<AwsSettings> {
  return {
    region: region ?? (await regionOf(deployment)),
    credentials: credentialsOf(deployment),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
  };
}

/** Returns the region in an ARN. */
export function regionIn(arn: string): string | undefined {
  return /^arn:[a-z-]+:[a-z0-9-]+:([a-z0-9-]+):/.exec(arn)?.[1];
}

/** Makes an AWS error one line that names the AWS service. Errors of this command stay unchanged. */
export function refusedBy(service: string, error: unknown): Error {
  if (error instanceof Refused || error instanceof WrongUsage) return error;
  const unreached = networkReasonOf(error);
  if (unreached !== undefined)
    return new Refused(`No answer from ${service}: ${unreached}.`, 'Check the network of this machine, and --region.');
  const why = plainLine(error instanceof Error ? error.message : error).replace(/[.:]?$/, '.');
  return new Refused(
    `${service} refused: ${why}`,
    'Check --region, --profile, and what your AWS identity may do; the help of the command lists it.',
  );
}
