import { type ClientCredential, JWT_BEARER_ASSERTION } from '../../../core/client/client.ts';
import { checkClientAssertion, checkClientAssertionType } from '../../../core/client/client-assertion.ts';
import { assertionEndpoints } from '../../../core/discovery/provider-metadata.ts';
import { single } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import { verifyClientSignature } from '../client-signature.ts';
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
  if (registered?.method !== 'private_key_jwt') return refuse({ reason: 'client_assertion_signature' });
  const { issuer } = ports.settings;
  const { assertionAudience, assertionAlgorithms, assertionLifetimeSeconds: lifetimeSeconds } = ports.profile;
  const algorithms = registered.algorithms.filter((one) => assertionAlgorithms.includes(one));
  const verified = await verifyClientSignature(ports, assertion, { ...registered, algorithms });
  if ('failure' in verified) return notVerified(verified.failure);
  const typed = checkClientAssertionType(verified.header);
  if (!typed.ok) return typed;
  const endpoints = assertionAudience === 'issuer' ? [] : assertionEndpoints(issuer);
  const expected = { clientId, audience: { issuer, previousIssuers: [], endpoints }, lifetimeSeconds };
  const accepted = checkClientAssertion(verified.claims, expected, ports.clock());
  if (!accepted.ok) return accepted;
  const { jti, expiresAt } = accepted.value;
  const first = await ports.replays.recordFirstUse({ issuer: clientId, id: jti, expiresAt });
  if (!first) return refuse({ reason: 'client_assertion_replayed' });
  const { key, algorithm } = verified;
  const { jwksUri } = registered;
  return ok({ credential: { method: 'private_key_jwt', key, algorithm, jwksUri } });
}

function notVerified(failure: string | undefined): Result<never> {
  return failure === undefined
    ? refuse({ reason: 'client_assertion_signature' })
    : refuse({ reason: 'client_keys_unavailable', because: failure });
}
