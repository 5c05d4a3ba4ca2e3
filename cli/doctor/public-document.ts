import type { functions } from '../../infra/functions/deployed-functions.ts';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { Refused } from '../command-line/failure.ts';
import { isJsonObject, type JsonObject } from '../command-line/json-object.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { answerFrom } from '../deployment/provider-answer.ts';
import { callProvider } from '../deployment/provider-call.ts';
import type { Finding } from './check.ts';

type PublicRoute = (typeof functions)['provider-metadata']['routes'][number];
/** The path of a route of the provider's public documents. */
type PathOf<Route> = Route extends `GET ${infer Path}` ? Path : never;

/** The discovery document (OIDC Discovery §4). */
export const DISCOVERY = '/.well-known/openid-configuration' satisfies PathOf<PublicRoute>;
/** The key set (RFC 7517 §5). */
export const KEY_SET = PATHS.jwks satisfies PathOf<PublicRoute>;

/** Reads a public document of the provider, or returns a finding that says what is broken. */
export async function readPublicly(
  deployment: Deployment,
  path: PathOf<PublicRoute>,
): Promise<{ readonly body: JsonObject } | { readonly broken: Finding }> {
  try {
    const body: unknown = JSON.parse(await answerFrom(await callProvider(deployment, path), deployment));
    return { body: isJsonObject(body) ? body : {} };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (deployment.isLocal) return { broken: { state: 'broken', says: error.message, todo: error.next } };
    const todo = 'Clients and phones need this document. Check the address, and that DNS points to it.';
    return { broken: { state: 'broken', says: error.message, todo, see: 'docs/operations.md#alarm-server-errors' } };
  }
}
