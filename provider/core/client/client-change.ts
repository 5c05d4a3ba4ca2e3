import { applyChange, type ChangedMember, changedMembers, type MemberChange } from '../member-change.ts';
import type { Client } from './client.ts';
import { signsSomething } from './client-keys.ts';
import { CLIENT_METADATA_ROWS, type ClientMetadata } from './metadata.ts';
import { describeClient } from './registration.ts';
import { secretsOf } from './secrets.ts';

const AUDITED = Object.fromEntries(CLIENT_METADATA_ROWS.map(([member, { audited }]) => [member, audited]));

/**
 * Returns what a change made of a client, for the audit trail: each member of the registration that is another now, and
 * `client_secret`, `client_secret_expires_at` and `old_secret_expires_at` without any value. Without a client before,
 * it returns what the new one was registered with.
 */
export function changesOfClient(before: Client | undefined, after: Client): readonly ChangedMember[] {
  return changedMembers(before ? membersOf(before) : {}, membersOf(after), AUDITED);
}

/** The members of a registration, and the secrets as hashes, which are only compared. */
function membersOf(client: Client): object {
  const { client_id: _, ...metadata } = describeClient(client);
  const secrets = secretsOf(client.credential);
  return {
    ...metadata,
    client_secret: secrets?.secretHash,
    client_secret_expires_at: secrets?.secretExpiresAt,
    old_secret_expires_at: secrets?.oldSecret?.expiresAt,
  };
}

/**
 * Returns a registration without the members that a change makes obsolete: the keys, if the client signs nothing any
 * more or keeps them elsewhere now, what is about assertions, if it no longer uses `private_key_jwt`, the days of
 * secrets, if it does now, the duty to sign requests, if it cannot any more, and the notification endpoint, if it
 * changes to polling.
 */
export function withoutObsolete(described: ClientMetadata, change: MemberChange<ClientMetadata>): ClientMetadata {
  const method = change.token_endpoint_auth_method ?? described.token_endpoint_auth_method;
  const { jwks, jwks_uri, token_endpoint_auth_signing_alg, client_secret_days, ...more } = described;
  const { backchannel_client_notification_endpoint, require_signed_request_object, ...others } = more;
  const { backchannel_authentication_request_signing_alg: requestAlgorithm } = applyChange(others, change);
  const signs = signsSomething({
    token_endpoint_auth_method: method,
    backchannel_authentication_request_signing_alg: requestAlgorithm,
  });
  return {
    ...others,
    ...(signs && !change.jwks_uri && { jwks }),
    ...(signs && !change.jwks && { jwks_uri }),
    ...(method === 'private_key_jwt' ? { token_endpoint_auth_signing_alg } : { client_secret_days }),
    ...(requestAlgorithm !== undefined && { require_signed_request_object }),
    ...(change.backchannel_token_delivery_mode !== 'poll' && { backchannel_client_notification_endpoint }),
  };
}
