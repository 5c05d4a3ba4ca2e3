import { Refused, WrongUsage } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from './deployment.ts';
import { credentialsOf, regionOf } from './request-signature.ts';

/** What every AWS client of the command is made with. */
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

/** Longer than any function of a deployment runs. */
const REQUEST_TIMEOUT_MILLISECONDS = 130_000;

/** Settings for the operator's own AWS credentials; `region` wins over what the deployment's URL or environment say. */
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

/** The region that an ARN names. */
export function regionIn(arn: string): string | undefined {
  return /^arn:[a-z-]+:[a-z0-9-]+:([a-z0-9-]+):/.exec(arn)?.[1];
}

/** An AWS error in one line, after who said it; refusals of our own stay as they are. */
export function refusedBy(service: string, error: unknown): Error {
  if (error instanceof Refused || error instanceof WrongUsage) return error;
  return new Refused(`${service} refused: ${plainLine(error instanceof Error ? error.message : error)}`);
}
