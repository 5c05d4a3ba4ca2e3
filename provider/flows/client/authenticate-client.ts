import { type Client, type ClientCredential, isClientId, JWT_BEARER_ASSERTION } from '../../core/client/client.ts';
import { checkClientAssertion } from '../../core/client/client-assertion.ts';
import { equalInConstantTime, sha256 } from '../../core/digest.ts';
import { assertionEndpoints } from '../../core/discovery/provider-metadata.ts';
import { checkNoRepeats, type FormParameters, single } from '../../core/form.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { Clock, JwsVerifier, Note, Replays, Settings } from '../ports.ts';
import type { Clients } from './ports.ts';

/** What a caller presented in the `Authorization` header, taken apart by `edge/http/`. */
export type BasicCredentials = { readonly clientId: string; readonly secret: string };
/** One call of a client: its form, and its header credentials where it sent some. */
export type ClientCall = {
  readonly form: FormParameters;
  readonly basic: BasicCredentials | undefined;
  readonly note: Note;
};
/** What this flow needs. */
export type ClientAuthenticationPorts = {
  readonly clients: Clients;
  readonly replays: Replays;
  readonly verifier: JwsVerifier;
  readonly clock: Clock;
  readonly settings: Settings;
};

type Presented =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    }
  | { readonly method: 'private_key_jwt'; readonly clientId: string; readonly assertion: string };

const CREDENTIAL_PARAMETERS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * Authenticates the client with the one method it registered (OIDC Core §9, CIBA §7.1). Until this holds nothing is
 * counted or stored, and unknown client and wrong secret say the same.
 */
export async function authenticateClient(ports: ClientAuthenticationPorts, call: ClientCall): Promise<Result<Client>> {
  const presented = readCredentials(ports, call);
  if (!presented.ok) return presented;
  const { clientId, method } = presented.value;
  if (!isClientId(clientId)) return refuse({ reason: 'unknown_client' });
  const client = await ports.clients.find(clientId);
  const proven = await checkCredential(ports, presented.value, client?.credential);
  if (!client) return refuse({ reason: 'unknown_client' });
  call.note({ client_id: client.clientId });
  if (client.credential.method !== method) {
    return refuse({ reason: 'wrong_authentication_method', registered: client.credential.method });
  }
  return proven.ok ? ok(client) : proven;
}

/** Exactly one method in one request (RFC 6749 §2.3). */
function readCredentials(ports: ClientAuthenticationPorts, { form, basic }: ClientCall): Result<Presented> {
  const credentials = new Map(CREDENTIAL_PARAMETERS.map((name) => [name, form.get(name) ?? []]));
  const repeats = checkNoRepeats(credentials);
  if (!repeats.ok) return repeats;
  const [clientId, secret, assertion, assertionType] = CREDENTIAL_PARAMETERS.map((name) => single(form, name));
  const methods = [basic !== undefined, secret !== undefined, assertion !== undefined || assertionType !== undefined];
  if (methods.filter(Boolean).length > 1) return refuse({ reason: 'several_client_authentications' });
  if (basic) {
    if (clientId !== undefined && clientId !== basic.clientId)
      return refuse({ reason: 'several_client_authentications' });
    return ok({ method: 'client_secret_basic', ...basic });
  }
  if (secret !== undefined) {
    return clientId === undefined
      ? refuse({ reason: 'no_client_authentication' })
      : ok({ method: 'client_secret_post', clientId, secret });
  }
  if (assertion === undefined || assertionType !== JWT_BEARER_ASSERTION)
    return refuse({ reason: 'no_client_authentication' });
  const sub = ports.verifier.decode(assertion)?.claims['sub'];
  if (typeof sub !== 'string') return refuse({ reason: 'malformed_client_assertion' });
  if (clientId !== undefined && clientId !== sub)
    return refuse({ reason: 'client_assertion_claim', claim: 'sub', expected: 'the client id' });
  return ok({ method: 'private_key_jwt', clientId: sub, assertion });
}

/** A secret is compared even when the client is unknown, so that time does not tell. */
async function checkCredential(
  ports: ClientAuthenticationPorts,
  presented: Presented,
  registered: ClientCredential | undefined,
): Promise<Result<true>> {
  if (presented.method === 'private_key_jwt') {
    return registered?.method === 'private_key_jwt'
      ? checkAssertion(ports, presented, registered)
      : refuse({ reason: 'client_assertion_signature' });
  }
  const expected = registered && registered.method !== 'private_key_jwt' ? registered.secretHash : '';
  return equalInConstantTime(sha256(presented.secret), expected) ? ok(true) : refuse({ reason: 'wrong_client_secret' });
}

/** Signature first, then claims, then the `jti`: a caller without the key learns and stores nothing (RFC 7523 §3). */
async function checkAssertion(
  ports: ClientAuthenticationPorts,
  presented: { clientId: string; assertion: string },
  registered: Extract<ClientCredential, { method: 'private_key_jwt' }>,
): Promise<Result<true>> {
  const decoded = ports.verifier.decode(presented.assertion);
  const algorithm = registered.algorithms.find((known) => known === decoded?.header['alg']);
  if (!decoded || !algorithm) return refuse({ reason: 'client_assertion_signature' });
  const { kid } = decoded.header;
  const candidates = registered.keys.filter(
    (key) =>
      (kid === undefined || key.kid === undefined || key.kid === kid) &&
      (key.alg === undefined || key.alg === algorithm),
  );
  const verified = await Promise.all(
    candidates.map((key) => ports.verifier.verifies(presented.assertion, key, algorithm)),
  );
  if (!verified.includes(true)) return refuse({ reason: 'client_assertion_signature' });
  const { issuer } = ports.settings;
  const expected = {
    clientId: presented.clientId,
    audience: { issuer, previousIssuers: [], endpoints: assertionEndpoints(issuer) },
  };
  const accepted = checkClientAssertion(decoded.claims, expected, ports.clock());
  if (!accepted.ok) return accepted;
  const { jti, expiresAt } = accepted.value;
  const first = await ports.replays.recordFirstUse({ issuer: presented.clientId, id: jti, expiresAt });
  return first ? ok(true) : refuse({ reason: 'client_assertion_replayed' });
}
