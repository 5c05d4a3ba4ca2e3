import type { Readable } from 'node:stream';
import type { ACMClient } from '@aws-sdk/client-acm';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

/** A client of the SDK that a function has anyway. */
export type Connected = Pick<ACMClient | DynamoDBClient | SecretsManagerClient, 'config'>;
/** A call of AWS. Header names are in lower case. */
export type SignedCall = {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** The path as it is sent. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
/** The answer, whatever its status. Header names are in lower case. */
export type SignedAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How often the call was tried. */
  readonly attempts: number;
};
/** The service that is called. */
export type CalledService = {
  readonly service: 'apigateway' | 'codedeploy' | 'events' | 'firehose' | 'kms' | 'lambda' | 's3' | 'sns';
  /** The address of the service, if it is not where AWS has it. */
  readonly endpoint: string | undefined;
  /** The region of the service, if it is not the client's. */
  readonly region?: () => Promise<string>;
  /** How long each try may take, until the end of the answer's body, whatever the client's own limit is. */
  readonly milliseconds: number;
  /** If not those of `tryAgain`. */
  readonly pauses?: readonly number[];
};
export type SendSigned = (call: SignedCall) => Promise<SignedAnswer>;

/** The pauses between the tries, in milliseconds. As often as the clients of the SDK, a call is tried three times. */
const PAUSES: readonly number[] = [100, 200];
/** The pauses of a call that must not take effect twice, or that its caller repeats in another way. */
export const NEVER_AGAIN: readonly number[] = [];
/** The errors after which another try may succeed, in answers with status 400. */
const THROTTLED = /Throttl|LimitExceeded/;

/**
 * Makes a function that calls a service of AWS without its client in the SDK, which would be a third of a bundle
 * (docs/adr/0022). It takes the connections and the credentials of a client that the function has anyway, and its
 * region unless another one is given. A call is tried again if it could not be sent, if its answer did not end in time,
 * and if the service was throttled or out. The function rejects if the last try has no answer.
 */
export function signedCalls(
  { config }: Connected,
  { service, endpoint, region = config.region, milliseconds, pauses }: CalledService,
): SendSigned {
  const { credentials, sha256 } = config;
  // S3 alone signs the path as it is sent. All others encode it once more.
  const signer = new SignatureV4({ service, region, credentials, sha256, uriEscapePath: service !== 's3' });
  const once = async (call: SignedCall): Promise<Omit<SignedAnswer, 'attempts'>> => {
    // A connection whose answer is late is closed, so that no other call is sent on it.
    const abortSignal = AbortSignal.timeout(milliseconds);
    try {
      const { protocol, hostname, port, host } = new URL(endpoint ?? addressOf(service, await region()));
      const where = { protocol, hostname, ...(port && { port: Number(port) }) };
      const request = await signer.sign(new HttpRequest({ ...call, ...where, headers: { ...call.headers, host } }));
      const { response } = await config.requestHandler.handle(request as HttpRequest, {
        abortSignal,
        requestTimeout: milliseconds,
      });
      return { ...response, body: await textOf(response.body) };
    } catch (error) {
      throw abortSignal.reason ?? error;
    }
  };
  return async (call) => {
    let attempts = 0;
    const answer = await tryAgain(
      () => {
        attempts += 1;
        return once(call);
      },
      isAnswered,
      pauses,
    );
    return { ...answer, attempts };
  };
}

/**
 * Does something until its outcome needs no other try, once more than there are pauses. The last outcome is returned,
 * and the last failure thrown, as it is.
 */
export async function tryAgain<Outcome>(
  once: () => Promise<Outcome>,
  isDone: (outcome: Outcome) => boolean,
  pauses = PAUSES,
): Promise<Outcome> {
  for (const milliseconds of pauses) {
    try {
      const outcome = await once();
      if (isDone(outcome)) return outcome;
    } catch {
      // The last try tells.
    }
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
  return once();
}

/** Makes a call of a service that takes JSON and reads the name of the action from a header. */
export function jsonCall(target: string, input: object): SignedCall {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return { method: 'POST', path: '/', headers, body: JSON.stringify(input) };
}

/**
 * Makes a fault with the name that a service with JSON gave it. The log has the names of faults, not their messages.
 */
export function faultOf(service: string, { statusCode, body }: Pick<SignedAnswer, 'statusCode' | 'body'>): Error {
  const fault = new Error(`${service} answered ${statusCode}`);
  const [, name = `${service}${statusCode}`] = /"__type"\s*:\s*"(?:[^"]*#)?(\w+)/.exec(body) ?? [];
  return Object.assign(fault, { name });
}

/** Whether the service itself answered. Its throttle and its outages are no answers. */
function isAnswered({ statusCode, body }: Pick<SignedAnswer, 'statusCode' | 'body'>): boolean {
  return statusCode < 500 && statusCode !== 429 && !(statusCode === 400 && THROTTLED.test(body));
}

/** The address of a service. Regions in China have a domain of their own. */
function addressOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
