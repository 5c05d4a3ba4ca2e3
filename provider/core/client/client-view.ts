import { sha256 } from '../digest.ts';
import type { Client } from './client.ts';
import type { ClientMetadata } from './metadata.ts';
import { describeClient, warningsOf } from './registration.ts';
import { oldSecretEnd, secretsOf } from './secrets.ts';

/** A registration, as operators read it. It contains the secret only in the answer to the call that made it. */
export type ClientView = ClientMetadata & {
  readonly client_id: string;
  readonly client_secret?: string;
  /** When the secret ends, in epoch seconds. In the answer with a secret it is 0 if it has no end (RFC 7591 §3.2.1). */
  readonly client_secret_expires_at?: number;
  /** When the old secret ends, in epoch seconds. Present while two secrets work, and where a change ended the old one. */
  readonly old_secret_expires_at?: number;
  /** What the operator should look at again. Only in the answer to a creation or a change. */
  readonly warnings?: readonly string[];
  /** The client of the synthetic login, which cannot be changed. */
  readonly synthetic?: true;
};

/** Returns the registration as operators read it. It says when secrets end, also the ended present one, and shows no hash. */
export function viewClient(client: Client, now: number): ClientView {
  const end = secretsOf(client.credential)?.secretExpiresAt;
  const oldEnd = oldSecretEnd(client.credential, now);
  return {
    ...describeClient(client),
    ...(end !== undefined && { client_secret_expires_at: end }),
    ...(oldEnd !== undefined && { old_secret_expires_at: oldEnd }),
    ...(client.isSynthetic && { synthetic: true }),
  };
}

/** Returns the secret that a change made, with its end, if it is the client's, and what to look at again. */
export function tellMade(client: Client, secret: string): Partial<ClientView> {
  const warnings = warningsOf(client);
  const told = { client_secret: secret, client_secret_expires_at: secretsOf(client.credential)?.secretExpiresAt ?? 0 };
  return { ...(hasSecret(client, secret) && told), ...(warnings.length > 0 && { warnings }) };
}

/** Returns whether this is the client's secret. */
export function hasSecret({ credential }: Client, secret: string): boolean {
  return secretsOf(credential)?.secretHash === sha256(secret);
}
