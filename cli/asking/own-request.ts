import type { Configuration } from 'openid-client';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { isJsonObject } from '../command-line/json-object.ts';
import { readBytes } from '../command-line/option-reading.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { noAnswer } from '../deployment/provider-answer.ts';
import type { Asking } from './asking-client.ts';
import { postAsClient } from './client-post.ts';
import { authenticationOf, type Credential } from './credential.ts';

/** The extensions of CIBA that concern a client's own request, by their members of discovery. */
export type OwnRequestEndpoint =
  | 'backchannel_authentication_withdrawal_endpoint'
  | 'backchannel_authentication_resend_endpoint';

/** A client's own request, and how the client proves who it is. */
export type OwnRequest = {
  readonly authReqId: string;
  readonly config: Configuration;
  readonly credential: Credential;
};

/** What the provider said about it. `error` is undefined if it did what was asked. */
export type Said = {
  readonly error?: string;
  readonly description: string;
  readonly retryAfterSeconds?: number;
  readonly body: Readonly<Record<string, unknown>>;
};

/** Reads an `auth_req_id` from the command line, or from standard input. */
export function readAuthReqId(typed: string): string {
  const id = typed === '-' ? Buffer.from(readBytes('-')).toString().trim() : typed;
  if (id === '') throw new WrongUsage('auth_req_id is empty');
  return id;
}

/** Discovers the provider for a client. Throws Refused if no provider answers. */
export async function discoverFor(deployment: Deployment, { clientId, credential }: Asking): Promise<Configuration> {
  const openid = await import('openid-client');
  const execute = deployment.isLocal ? [openid.allowInsecureRequests] : [];
  const authentication = await authenticationOf(credential);
  return openid
    .discovery(new URL(deployment.origin), clientId, {}, authentication, { execute })
    .catch((error: unknown) => {
      if (error instanceof TypeError) throw noAnswer(error, deployment);
      throw new Refused(`What answers at ${deployment.origin} is no provider.`, 'Check --url, or the context.');
    });
}

/** Posts the `auth_req_id` of a request to one of the endpoints. Undefined if the provider has no such endpoint. */
export async function tellOwnRequest(
  { authReqId, config, credential }: OwnRequest,
  name: OwnRequestEndpoint,
): Promise<Said | undefined> {
  const endpoint = config.serverMetadata()[name];
  if (typeof endpoint !== 'string') return undefined;
  const answer = await postAsClient({ config, credential, endpoint }, { auth_req_id: authReqId });
  const told: unknown = await answer.json().catch(() => undefined);
  const body = isJsonObject(told) ? told : {};
  if (answer.ok) return { description: '', body };
  const { error = `http_${answer.status}`, error_description: description = '' } = body;
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return {
    error: plainLine(error),
    description: plainLine(description),
    ...(Number.isInteger(retryAfter) && { retryAfterSeconds: retryAfter }),
    body,
  };
}
