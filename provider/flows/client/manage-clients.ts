import type { ClientMetadata } from '../../core/client/metadata.ts';
import { describeClient, registerClient } from '../../core/client/registration.ts';
import { sha256 } from '../../core/digest.ts';
import { applyChange, type MemberChange } from '../../core/member-change.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { AuditTrail, Clock, Entropy } from '../ports.ts';
import type { ClientRegistry } from './ports.ts';

/** What this flow needs. */
export type ManageClientsPorts = {
  readonly clientRegistry: ClientRegistry;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};
/**
 * A registration, as operators read it. It contains the secret only in the answer to the call that made it (RFC 7591
 * §3.2.1).
 */
export type ClientView = ClientMetadata & { readonly client_id: string; readonly client_secret?: string };

/** How often a change is applied again to a client that other calls changed in the meantime. */
const UPDATE_ROUNDS = 5;

/**
 * Registers a client. The provider makes the secret, returns it once and stores its hash. It does not accept secrets
 * that people choose.
 */
export async function createClient(
  ports: ManageClientsPorts,
  metadata: ClientMetadata,
  by: string,
): Promise<Result<ClientView>> {
  const secret = ports.entropy.secret();
  const client = registerClient(metadata, {
    clientId: metadata.client_id ?? ports.entropy.id(),
    secretHash: sha256(secret),
  });
  if (!client.ok) return client;
  if (!(await ports.clientRegistry.create(client.value))) return refuse({ reason: 'conflict', what: 'client_id' });
  ports.audit.write({ event: 'client_created', clientId: client.value.clientId, by }, ports.clock());
  const hasSecret = client.value.credential.method !== 'private_key_jwt';
  return ok({ ...describeClient(client.value), ...(hasSecret && { client_secret: secret }) });
}

/** Reads a registration. */
export async function readClient(ports: ManageClientsPorts, clientId: string): Promise<Result<ClientView>> {
  const client = await ports.clientRegistry.find(clientId);
  return client ? ok(describeClient(client)) : refuse({ reason: 'not_found', what: 'client' });
}

/** Returns a page of registrations in the order of their ids. */
export async function listClients(
  ports: ManageClientsPorts,
  page: { after: string | undefined; limit: number },
): Promise<Result<{ clients: readonly ClientView[]; next?: string | undefined }>> {
  const { clients, next } = await ports.clientRegistry.list(page);
  return ok({ clients: clients.map(describeClient), ...(next !== undefined && { next }) });
}

/**
 * Changes the members that are given and keeps the others. Null removes a member. A client that changes from
 * `private_key_jwt` to a secret, or asks for a new secret, gets one.
 */
export async function updateClient(
  ports: ManageClientsPorts,
  change: { clientId: string; metadata: MemberChange<ClientMetadata>; newSecret: boolean; by: string },
  rounds = UPDATE_ROUNDS,
): Promise<Result<ClientView>> {
  const before = await ports.clientRegistry.find(change.clientId);
  if (!before) return refuse({ reason: 'not_found', what: 'client' });
  const method = change.metadata.token_endpoint_auth_method ?? before.credential.method;
  const described = describeClient(before);
  const metadata = {
    client_name: before.name,
    ...applyChange<ClientMetadata>(withoutObsolete(described, change.metadata, method), change.metadata),
  };
  if (change.newSecret && method === 'private_key_jwt') {
    return refuse({
      reason: 'invalid_client_metadata',
      member: 'new_secret',
      expected: 'absent: a private_key_jwt client has no secret',
    });
  }
  const secret = ports.entropy.secret();
  const kept =
    before.credential.method === 'private_key_jwt' || change.newSecret ? undefined : before.credential.secretHash;
  const client = registerClient(metadata, { clientId: change.clientId, secretHash: kept ?? sha256(secret) });
  if (!client.ok) return client;
  if (!(await ports.clientRegistry.replace(client.value, before))) {
    // The client was changed or removed in the meantime. The change is applied to what is stored now, so that a change
    // of name does not undo a new secret.
    return rounds > 1 ? updateClient(ports, change, rounds - 1) : refuse({ reason: 'conflict', what: 'client' });
  }
  ports.audit.write({ event: 'client_updated', clientId: change.clientId, by: change.by }, ports.clock());
  const madeSecret = kept === undefined && client.value.credential.method !== 'private_key_jwt';
  return ok({ ...describeClient(client.value), ...(madeSecret && { client_secret: secret }) });
}

/**
 * Returns a registration without the members that a change makes obsolete: the keys, if the client no longer uses
 * `private_key_jwt`, and the notification endpoint, if it changes to polling.
 */
function withoutObsolete(
  described: ClientMetadata,
  change: MemberChange<ClientMetadata>,
  method: ClientMetadata['token_endpoint_auth_method'],
): ClientMetadata {
  const { jwks, token_endpoint_auth_signing_alg, backchannel_client_notification_endpoint, ...others } = described;
  return {
    ...others,
    ...(method === 'private_key_jwt' && { jwks, token_endpoint_auth_signing_alg }),
    ...(change.backchannel_token_delivery_mode !== 'poll' && { backchannel_client_notification_endpoint }),
  };
}

/** Removes a client. Warm functions may still accept it for a minute. */
export async function removeClient(ports: ManageClientsPorts, clientId: string, by: string): Promise<Result<true>> {
  if (!(await ports.clientRegistry.remove(clientId))) return refuse({ reason: 'not_found', what: 'client' });
  ports.audit.write({ event: 'client_removed', clientId, by }, ports.clock());
  return ok(true);
}
