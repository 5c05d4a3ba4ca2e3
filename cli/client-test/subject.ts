import type { ClientView } from '../../provider/core/client/client-view.ts';
import type { Credential } from '../asking/credential.ts';
import type { JsonObject } from '../command-line/json-object.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Finding } from '../doctor/check.ts';

/** A client that is tested, and what the provider publishes. */
export type Subject = {
  readonly client: ClientView;
  readonly deployment: Deployment;
  readonly api: AdminApi;
  /** The discovery document. */
  readonly discovery: JsonObject;
  /** The algorithms of the published signing keys. */
  readonly signingAlgorithms: readonly unknown[];
  /** The key or the secret of the client, if it was given to be tried. */
  readonly credential: Credential | undefined;
  /** Epoch seconds. */
  readonly now: number;
};

/** A check of a client. Undefined if it does not concern this client. */
export type ClientCheck = {
  readonly name: string;
  run(subject: Subject): Promise<Finding | undefined> | Finding | undefined;
};

/** Returns the values of a list in the discovery document. */
export function advertised({ discovery }: Subject, member: string): readonly unknown[] {
  const list: unknown = discovery[member];
  return Array.isArray(list) ? list : [];
}
