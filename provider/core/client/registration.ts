import { isSubject } from '../asking/login-hint.ts';
import { parseDeviceKey } from '../device/device.ts';
import { isDisplayable } from '../display-text.ts';
import { isNotificationEndpoint } from '../notifying/client-notification.ts';
import { ok, type Result, refuse } from '../result.ts';
import { CIBA_GRANT, type GrantType } from '../token/grant-types.ts';
import {
  type Client,
  type ClientAuthenticationMethod,
  type ClientCredential,
  type DeliveryMode,
  isClientId,
  type PublicJwk,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from './client.ts';

/** A client's registration in the names of RFC 7591 §2, CIBA §4 and OIDC Registration §2; own members at the end. */
export type ClientMetadata = {
  readonly client_id?: string | undefined;
  readonly client_name: string;
  readonly token_endpoint_auth_method?: ClientAuthenticationMethod | undefined;
  readonly token_endpoint_auth_signing_alg?: SigningAlgorithm | undefined;
  readonly jwks?: { readonly keys: readonly PublicJwk[] } | undefined;
  readonly grant_types?: readonly GrantType[] | undefined;
  readonly backchannel_token_delivery_mode?: DeliveryMode | undefined;
  readonly backchannel_client_notification_endpoint?: string | undefined;
  readonly scope?: string | undefined;
  readonly id_token_signed_response_alg?: SigningAlgorithm | undefined;
  readonly access_token_signed_response_alg?: SigningAlgorithm | undefined;
  readonly scope_descriptions?: Readonly<Record<string, string>> | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly default_audience?: string | undefined;
  readonly requests_per_minute?: number | undefined;
  readonly only_sub?: string | undefined;
};

const AUDIENCE = /^[\x21-\x7E]{1,255}$/;
const NAME_LIMIT = 64;
const DESCRIPTION_LIMIT = 120;
const SCOPES = /^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const wrong = (member: string, expected: string) => refuse({ reason: 'invalid_client_metadata', member, expected });

/** Turns a registration into a client. `secretHash` is that of the secret this provider made; unused with `private_key_jwt`. */
export function registerClient(
  metadata: ClientMetadata,
  own: { clientId: string; secretHash: string },
): Result<Client> {
  if (!isClientId(own.clientId)) return wrong('client_id', '1 to 64 letters, digits, dots, dashes or underscores');
  if (!isDisplayable(metadata.client_name, NAME_LIMIT))
    return wrong('client_name', '1 to 64 readable characters: the phone shows it');
  if (metadata.scope !== undefined && !SCOPES.test(metadata.scope))
    return wrong('scope', 'scope tokens separated by single spaces');
  const unreadable = Object.entries(metadata.scope_descriptions ?? {}).find(
    ([, text]) => !isDisplayable(text, DESCRIPTION_LIMIT),
  );
  if (unreadable) return wrong('scope_descriptions', '1 to 120 readable characters each: the phone shows them');
  const audiences = metadata.audiences ?? [];
  if (!audiences.every((audience) => AUDIENCE.test(audience)))
    return wrong('audiences', '1 to 255 printable ASCII characters each: the phone shows them');
  if (metadata.default_audience !== undefined && !audiences.includes(metadata.default_audience)) {
    return wrong('default_audience', 'one of audiences');
  }
  if (metadata.only_sub !== undefined && !isSubject(metadata.only_sub)) return wrong('only_sub', 'the sub of a user');
  const credential = registerCredential(metadata, own.secretHash);
  if (!credential.ok) return credential;
  const delivery = registerDelivery(metadata);
  if (!delivery.ok) return delivery;
  return ok({
    clientId: own.clientId,
    name: metadata.client_name,
    credential: credential.value,
    grantTypes: metadata.grant_types ?? [CIBA_GRANT],
    ...delivery.value,
    scopes: metadata.scope?.split(' ') ?? ['openid'],
    scopeDescriptions: metadata.scope_descriptions ?? {},
    audiences,
    defaultAudience: metadata.default_audience,
    idTokenAlgorithm: metadata.id_token_signed_response_alg ?? 'RS256',
    accessTokenAlgorithm: metadata.access_token_signed_response_alg ?? 'RS256',
    requestsPerMinute: metadata.requests_per_minute,
    onlySub: metadata.only_sub,
  });
}

function registerCredential(metadata: ClientMetadata, secretHash: string): Result<ClientCredential> {
  const method = metadata.token_endpoint_auth_method ?? 'client_secret_basic';
  if (method !== 'private_key_jwt') {
    return metadata.jwks
      ? wrong('jwks', 'absent unless token_endpoint_auth_method is private_key_jwt')
      : ok({ method, secretHash });
  }
  const keys = metadata.jwks?.keys ?? [];
  if (keys.length === 0) return wrong('jwks', 'at least one public key, because private_key_jwt is asked');
  if (keys.some((key) => PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))))
    return wrong('jwks', 'public keys only');
  if (!keys.every((key) => parseDeviceKey(key).ok))
    return wrong('jwks', 'RSA keys of 2048 to 4096 bits with e AQAB, or EC keys on P-256');
  const algorithm = metadata.token_endpoint_auth_signing_alg;
  return ok({ method, algorithms: algorithm ? [algorithm] : [...SIGNING_ALGORITHMS], keys });
}

/** A `ping` client names its endpoint, a `poll` client none (CIBA §4): one that is never called would only mislead. */
function registerDelivery(metadata: ClientMetadata): Result<Pick<Client, 'deliveryMode' | 'notificationEndpoint'>> {
  const deliveryMode = metadata.backchannel_token_delivery_mode ?? 'poll';
  const notificationEndpoint = metadata.backchannel_client_notification_endpoint;
  const member = 'backchannel_client_notification_endpoint';
  if (deliveryMode === 'poll') {
    return notificationEndpoint === undefined
      ? ok({ deliveryMode })
      : wrong(member, 'absent unless backchannel_token_delivery_mode is ping');
  }
  return isNotificationEndpoint(notificationEndpoint)
    ? ok({ deliveryMode, notificationEndpoint })
    : wrong(member, 'an https URL of at most 1024 characters, without user, password or fragment');
}

/** The registration as it stands, without anything secret. */
export function describeClient(client: Client): ClientMetadata & { readonly client_id: string } {
  const { credential } = client;
  return {
    client_id: client.clientId,
    client_name: client.name,
    token_endpoint_auth_method: credential.method,
    ...(credential.method === 'private_key_jwt' && {
      ...(credential.algorithms.length === 1 && { token_endpoint_auth_signing_alg: credential.algorithms[0] }),
      jwks: { keys: credential.keys },
    }),
    grant_types: client.grantTypes,
    backchannel_token_delivery_mode: client.deliveryMode,
    ...(client.notificationEndpoint !== undefined && {
      backchannel_client_notification_endpoint: client.notificationEndpoint,
    }),
    scope: client.scopes.join(' '),
    scope_descriptions: client.scopeDescriptions,
    id_token_signed_response_alg: client.idTokenAlgorithm,
    access_token_signed_response_alg: client.accessTokenAlgorithm,
    audiences: client.audiences,
    ...(client.defaultAudience !== undefined && { default_audience: client.defaultAudience }),
    ...(client.requestsPerMinute !== undefined && { requests_per_minute: client.requestsPerMinute }),
    ...(client.onlySub !== undefined && { only_sub: client.onlySub }),
  };
}
