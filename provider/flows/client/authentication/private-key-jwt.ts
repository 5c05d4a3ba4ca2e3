import { type ClientCredential, JWT_BEARER_ASSERTION } from '../../../core/client/client.ts';
import { checkClientAssertion, checkClientAssertionType } from '../../../core/client/client-assertion.ts';
import { assertionEndpoints } from '../../../core/discovery/provider-metadata.ts';
import { single } from '../../../core/form.ts';
import type { PublicJwk, SigningAlgorithm } from '../../../core/keys/jwk.ts';
import { candidateKeys } from '../../../core/keys/key-set.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { UnverifiedJws } from '../../ports.ts';
import type { AuthenticationMethod, MethodPorts, Proof } from './method.ts';

/** Authentication by a JWT that the client signed with its own key (RFC 7523 §2.2, OIDC Core §9). */
export const privateKeyJwt = {
  name: 'private_key_jwt',
  isUsedBy: ({ form }) => form.has('client_assertion') || form.has('client_assertion_type'),
  read: (ports, { form }) => {
    const assertion = single(form, 'client_assertion');
    if (assertion === undefined || single(form, 'client_assertion_type') !== JWT_BEARER_ASSERTION)
      return refuse({ reason: 'no_client_authentication' });
    const clientId = ports.verifier.decode(assertion)?.claims['sub'];
    if (typeof clientId !== 'string') return refuse({ reason: 'malformed_client_assertion' });
    const named = single(form, 'client_id');
    if (named !== undefined && named !== clientId)
      return refuse({ reason: 'client_assertion_claim', claim: 'sub', expected: 'the client id' });
    return ok({ clientId, prove: (registered) => checkAssertion(ports, { clientId, assertion }, registered) });
  },
} as const satisfies AuthenticationMethod;

/**
 * Checks the signature first, then the claims, then the `jti`, so that a caller without the key neither learns nor
 * stores anything (RFC 7523 §3).
 */
async function checkAssertion(
  ports: MethodPorts,
  presented: { clientId: string; assertion: string },
  registered: ClientCredential | undefined,
): Promise<Result<Proof>> {
  const { clientId, assertion } = presented;
  const verified = await verify(ports, assertion, registered);
  if (!verified) return refuse({ reason: 'client_assertion_signature' });
  const typed = checkClientAssertionType(verified.header);
  if (!typed.ok) return typed;
  const { issuer } = ports.settings;
  const { assertionAudience, assertionLifetimeSeconds: lifetimeSeconds } = ports.profile;
  const endpoints = assertionAudience === 'issuer' ? [] : assertionEndpoints(issuer);
  const expected = { clientId, audience: { issuer, previousIssuers: [], endpoints }, lifetimeSeconds };
  const accepted = checkClientAssertion(verified.claims, expected, ports.clock());
  if (!accepted.ok) return accepted;
  const { jti, expiresAt } = accepted.value;
  const first = await ports.replays.recordFirstUse({ issuer: clientId, id: jti, expiresAt });
  const { key, algorithm } = verified;
  return first
    ? ok({ credential: { method: 'private_key_jwt', key, algorithm } })
    : refuse({ reason: 'client_assertion_replayed' });
}

/**
 * Returns the assertion, and the client's key that verifies the signature under an algorithm that both client and profile
 * accept. Undefined if there is no such key.
 */
async function verify(
  { verifier, profile }: MethodPorts,
  assertion: string,
  registered: ClientCredential | undefined,
): Promise<(UnverifiedJws & { key: PublicJwk; algorithm: SigningAlgorithm }) | undefined> {
  const decoded = verifier.decode(assertion);
  if (!decoded || registered?.method !== 'private_key_jwt') return undefined;
  const { alg, kid } = decoded.header;
  const algorithm = registered.algorithms.find((known) => known === alg && profile.assertionAlgorithms.includes(known));
  if (!algorithm) return undefined;
  const candidates = candidateKeys(registered.keys, { kid, algorithm });
  const verified = await Promise.all(candidates.map((key) => verifier.verifies(assertion, key, algorithm)));
  const key = candidates[verified.indexOf(true)];
  return key && { ...decoded, key, algorithm };
}
