import { type Client, isSameRegistration } from '../../core/client/client.ts';
import { changesOfClient, withoutObsolete } from '../../core/client/client-change.ts';
import { type ClientView, hasSecret, tellMade, viewClient } from '../../core/client/client-view.ts';
import type { ClientMetadata } from '../../core/client/metadata.ts';
import { describeClient, registerClient } from '../../core/client/registration.ts';
import { firstSecret, renewSecrets, type SecretChange, secretsOf } from '../../core/client/secrets.ts';
import { sha256 } from '../../core/digest.ts';
import { applyChange, type MemberChange } from '../../core/member-change.ts';
import { CALLED_URLS, checkCallable } from '../../core/notifying/notification-endpoint.ts';
import type { AuditEvent } from '../../core/operating/audit-event.ts';
import { checkUnreserved } from '../../core/operating/reserved.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange, type RecordDone, type RecordUnclear } from '../operating/audited-change.ts';
import type { Clock, Entropy, Settings } from '../ports.ts';
import type { ClientRegistry, NotificationAddresses } from './ports.ts';

/** What this flow needs. */
export type ManageClientsPorts = AuditedPorts & {
  readonly clientRegistry: ClientRegistry;
  readonly notificationAddresses: NotificationAddresses;
  readonly settings: Pick<Settings, 'notificationPorts' | 'clientSecretDays'>;
  readonly entropy: Entropy;
  readonly clock: Clock;
};

/** A change of a client, and who makes it. */
type ClientChange = SecretChange & {
  readonly clientId: string;
  readonly metadata: MemberChange<ClientMetadata>;
  readonly by: string;
};

const NO_CLIENT = refuse({ reason: 'not_found', what: 'client' });
const CHANGED = refuse({ reason: 'conflict', what: 'client' });
const TAKEN = {
  id_taken: refuse({ reason: 'conflict', what: 'client_id' }),
  name_taken: refuse({ reason: 'conflict', what: 'client_name' }),
  audience_taken: refuse({
    reason: 'invalid_client_metadata',
    member: 'audiences',
    expected: 'without the id of a client: its ID tokens would pass for access tokens',
  }),
};
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
  const unreserved = checkUnreserved(metadata.client_id);
  if (!unreserved.ok) return unreserved;
  const secret = ports.entropy.secret();
  const days = metadata.client_secret_days ?? ports.settings.clientSecretDays;
  const client = registerClient(metadata, {
    clientId: metadata.client_id ?? ports.entropy.id(),
    registrationId: ports.entropy.id(),
    ...firstSecret({ newHash: sha256(secret), days }, ports.clock()),
  });
  if (!client.ok) return client;
  const callable = checkUrls(ports, metadata);
  if (!callable.ok) return callable;
  const { clientId } = client.value;
  const changed = changesOfClient(undefined, client.value);
  return auditedChange(ports, { event: { event: 'client_created', clientId, changed, by } }, async () => {
    const created = await ports.clientRegistry.create(client.value);
    if (created !== 'written') return TAKEN[created];
    return ok({ ...viewClient(client.value, ports.clock()), ...tellMade(client.value, secret) });
  });
}

/** Checks the URLs that a creation or a change names and that will be called. Stored ones are not checked again. */
function checkUrls(ports: ManageClientsPorts, metadata: MemberChange<ClientMetadata>): Result<true> {
  const urls = [
    ...CALLED_URLS.map((member) => [member, metadata[member]] as const),
    ...(metadata.login_hint_token_issuers ?? []).map((one) => ['login_hint_token_issuers', one.jwks_uri] as const),
  ];
  for (const [member, url] of urls) {
    if (!url) continue;
    const isForbidden = ports.notificationAddresses.isForbidden(url);
    const callable = checkCallable([member, url], { ports: ports.settings.notificationPorts, isForbidden });
    if (!callable.ok) return callable;
  }
  return ok(true);
}

/** Reads a registration. */
export async function readClient(ports: ManageClientsPorts, clientId: string): Promise<Result<ClientView>> {
  const client = await ports.clientRegistry.find(clientId);
  return client ? ok(viewClient(client, ports.clock())) : NO_CLIENT;
}

/** Returns a page of registrations in the order of their ids. */
export async function listClients(
  ports: ManageClientsPorts,
  page: { after: string | undefined; limit: number },
): Promise<Result<{ clients: readonly ClientView[]; next?: string | undefined }>> {
  const { clients, next } = await ports.clientRegistry.list(page);
  const now = ports.clock();
  return ok({ clients: clients.map((client) => viewClient(client, now)), ...(next !== undefined && { next }) });
}

/**
 * Changes the members that are given and keeps the others. Null removes a member. A client that changes from
 * `private_key_jwt` to a secret, or asks for a new secret, gets one. With a new secret, the old one works until the end
 * that the change states.
 */
export async function updateClient(ports: ManageClientsPorts, change: ClientChange): Promise<Result<ClientView>> {
  const before = await ports.clientRegistry.find(change.clientId);
  if (!before) return NO_CLIENT;
  const secret = ports.entropy.secret();
  const changed = { ...change, secret };
  const planned = planChange(ports, changed, before);
  if (!planned.ok) return planned;
  const callable = checkUrls(ports, change.metadata);
  if (!callable.ok) return callable;
  const event = updated(changed, before, planned.value.client);
  return auditedChange(ports, { event }, (done, unclear) =>
    replaceClient({ ...ports, done, unclear }, changed, { before, first: before, rounds: UPDATE_ROUNDS }),
  );
}

/** Returns the client as it is after the change, if nobody else changes it. */
function planChange(
  { clock, settings }: Pick<ManageClientsPorts, 'clock' | 'settings'>,
  change: ClientChange & { readonly secret: string },
  before: Client,
): Result<{ client: Client; now: number }> {
  const { clientId, registrationId } = before;
  const method = change.metadata.token_endpoint_auth_method ?? before.credential.method;
  const described = describeClient(before);
  const metadata = {
    client_name: before.name,
    ...applyChange<ClientMetadata>(withoutObsolete(described, change.metadata), change.metadata),
  };
  const now = clock();
  const days = metadata.client_secret_days ?? settings.clientSecretDays;
  const hasOtherDays = metadata.client_secret_days !== before.secretDays;
  const renewal = { ...change, method, newHash: sha256(change.secret), days, hasOtherDays };
  const secrets = renewSecrets(before.credential, renewal, now);
  if (!secrets.ok) return secrets;
  const client = registerClient(metadata, { clientId, registrationId, ...secrets.value });
  return client.ok ? ok({ client: client.value, now }) : client;
}

function updated({ clientId, by }: ClientChange, before: Client, client: Client): AuditEvent {
  return { event: 'client_updated', clientId, changed: changesOfClient(before, client), by };
}

/**
 * Applies the change to the client as it was read. If other calls changed the client meanwhile, it reads again, so that
 * a change of name does not undo a new secret. It never changes another client that got the same id. Each round has the
 * same new secret, so that one which was stored although its answer was lost is recognised, and told. A change without
 * one that perhaps was made already is not made again: another operator may have set it back. Then nobody knows whether
 * it was made, and the audit trail says so.
 */
async function replaceClient(
  ports: ManageClientsPorts & { readonly done: RecordDone; readonly unclear: RecordUnclear },
  change: ClientChange & { readonly secret: string },
  { before, first, rounds }: { before: Client; first: Client; rounds: number },
): Promise<Result<ClientView>> {
  const { clientId } = before;
  const planned = planChange(ports, change, before);
  if (!planned.ok) return planned;
  const { client, now } = planned.value;
  const { secret } = change;
  const replaced = await ports.clientRegistry.replace(client, before);
  if (replaced === 'name_taken' || replaced === 'audience_taken') return TAKEN[replaced];
  if (replaced !== 'written') {
    if (replaced === 'changed' && rounds === 1) return CHANGED;
    const again = await ports.clientRegistry.find(clientId);
    const isSame = again !== undefined && isSameRegistration(again, before);
    if (replaced === 'unclear' && !(isSame && hasSecret(again, secret)))
      return ports.unclear(isSame ? CHANGED : NO_CLIENT);
    if (!isSame) return NO_CLIENT;
    return replaceClient(ports, change, { before: again, first, rounds: rounds - 1 });
  }
  await ports.done(updated(change, without(secret, before, first), client));
  const earlier = secretsOf(before.credential);
  const hasEnded = earlier && (change.newSecret || change.oldSecretExpiresIn === 0);
  return ok({
    ...(hasEnded && { old_secret_expires_at: Math.min(now, earlier.secretExpiresAt ?? now) }),
    ...viewClient(client, now),
    ...tellMade(client, secret),
  });
}

/**
 * Returns the client without the secret that this change made. An earlier round may have stored it, although its answer
 * was lost. The audit trail names the secret as changed then too.
 */
function without(secret: string, before: Client, first: Client): Client {
  return hasSecret(before, secret) ? { ...before, credential: first.credential } : before;
}

/** Removes a client. Warm functions may still authenticate it for a minute. */
export async function removeClient(ports: ManageClientsPorts, clientId: string, by: string): Promise<Result<true>> {
  const change = { event: { event: 'client_removed', clientId, by }, takesAway: true } as const;
  return auditedChange(ports, change, async () =>
    (await ports.clientRegistry.remove(clientId)) ? ok(true) : NO_CLIENT,
  );
}
