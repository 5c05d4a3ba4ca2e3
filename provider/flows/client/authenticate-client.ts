import { parseBasicCredentials } from '../../core/client/basic-credentials.ts';
import {
  type Client,
  type ClientAuthenticationMethod,
  isClientId,
  mayAuthenticateBy,
} from '../../core/client/client.ts';
import { checkNoRepeats } from '../../core/form.ts';
import type { RefusalReason } from '../../core/refusal.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { clientSecretBasic, clientSecretPost } from './authentication/client-secret.ts';
import type { AuthenticationMethod, ClientCall, MethodPorts, Presented } from './authentication/method.ts';
import { privateKeyJwt } from './authentication/private-key-jwt.ts';
import type { AuthenticatedClient, Clients, KnownClient } from './ports.ts';

/** What this flow needs. */
export type ClientAuthenticationPorts = MethodPorts & { readonly clients: Clients };

/** The implementation of each method that discovery advertises. */
const METHODS: { readonly [Name in ClientAuthenticationMethod]: AuthenticationMethod & { readonly name: Name } } = {
  client_secret_basic: clientSecretBasic,
  client_secret_post: clientSecretPost,
  private_key_jwt: privateKeyJwt,
};
const CREDENTIAL_PARAMETERS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

/** The refusals that may be wrong if the client has changed since it was read. */
const OUTDATED: ReadonlySet<RefusalReason> = new Set([
  'unknown_client',
  'wrong_authentication_method',
  'wrong_client_secret',
  'client_secret_expired',
  'client_assertion_signature',
  'client_keys_unavailable',
]);

/**
 * Authenticates the client with the method it registered (OIDC Core §9, CIBA §7.1), or with its secret in the other way. Nothing is counted or stored
 * for the client's request before this succeeds. An unknown client and a wrong secret get the same answer, after the
 * same reads. A credential that fails against a copy of the client is checked once more against the client as it is
 * stored now, so that a new secret, key or client works at once.
 */
export async function authenticateClient(
  ports: ClientAuthenticationPorts,
  call: ClientCall,
): Promise<Result<AuthenticatedClient>> {
  const method = methodOf(call);
  if (!method.ok) return method;
  const presented = method.value.read(ports, call);
  if (!presented.ok) return presented;
  const { clientId, prove } = presented.value;
  if (!isClientId(clientId)) return refuse({ reason: 'unknown_client' });
  const known = await ports.clients.find(clientId);
  const judge = ({ client }: KnownClient) => judgeClient(ports, { client, prove, method: method.value.name });
  const first = await judge(known);
  const again = mayBeOutdated(first) ? await ports.clients.findAgain(clientId, known) : undefined;
  const { client } = again ?? known;
  if (client) call.note({ client_id: client.clientId, synthetic: client.isSynthetic });
  return again ? judge(again) : first;
}

function mayBeOutdated(judged: Result<unknown>): boolean {
  return !judged.ok && OUTDATED.has(judged.refusal.reason);
}

/** Judges what was presented against one reading of the client. */
async function judgeClient(
  { profile }: ClientAuthenticationPorts,
  {
    client,
    prove,
    method,
  }: Pick<Presented, 'prove'> & { client: Client | undefined; method: ClientAuthenticationMethod },
): Promise<Result<AuthenticatedClient>> {
  const proven = await prove(client?.credential);
  if (!client) return refuse({ reason: 'unknown_client' });
  if (!mayAuthenticateBy(client, method) || !profile.authenticationMethods.includes(method))
    return refuse({ reason: 'wrong_authentication_method', registered: client.credential.method });
  if (!proven.ok) return proven;
  const { credential, confirmation } = proven.value;
  return ok({ client, credential, ...(profile.boundTokens !== 'never' && { confirmation }) });
}

/**
 * Returns the method that the call uses. A call must use exactly one, and each parameter once (RFC 6749 §2.3, §3.2).
 */
function methodOf(call: ClientCall): Result<AuthenticationMethod> {
  const basic = parseBasicCredentials(call.headers['authorization']);
  if (!basic.ok) return basic;
  const repeats = checkNoRepeats(new Map(CREDENTIAL_PARAMETERS.map((name) => [name, call.form.get(name) ?? []])));
  if (!repeats.ok) return repeats;
  const [method, ...others] = Object.values(METHODS).filter((one) => one.isUsedBy(call));
  if (others.length > 0) return refuse({ reason: 'several_client_authentications' });
  return method ? ok(method) : refuse({ reason: 'no_client_authentication' });
}
