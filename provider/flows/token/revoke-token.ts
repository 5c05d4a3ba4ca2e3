import { checkNoRepeats, single } from '../../core/form.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { judgeRevocation, type NotRevocable } from '../../core/token/revocation.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import type { VerificationKeys } from '../keys/ports.ts';
import { isSignedHere } from '../keys/signed-here.ts';
import type { AuditLog } from '../ports.ts';
import type { RevokedTokens } from './ports.ts';

/** What this flow needs. */
export type RevokeTokenPorts = ClientAuthenticationPorts & {
  readonly keys: VerificationKeys;
  readonly revokedTokens: RevokedTokens;
  readonly audit: AuditLog;
};

/**
 * Handles a client's revocation request (RFC 7009 §2). It succeeds whatever an authenticated client presents as `token`
 * (§2.2). Only the log says whether something was revoked. A `token_type_hint` has no influence, because all tokens
 * that can be revoked are access tokens.
 */
export async function revokeToken(ports: RevokeTokenPorts, call: ClientCall): Promise<Result<void>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const repeats = checkNoRepeats(call.form);
  if (!repeats.ok) return repeats;
  const token = single(call.form, 'token');
  if (token === undefined) return refuse({ reason: 'missing_parameter', name: 'token' });
  const { clientId } = authenticated.value.client;
  call.note({ reason: await revoke(ports, clientId, token) });
  return ok(undefined);
}

/**
 * Revokes a token with one conditional write. What the token says is judged before its signature, so that junk costs no
 * read of keys.
 */
async function revoke(
  ports: RevokeTokenPorts,
  clientId: string,
  presented: string,
): Promise<NotRevocable | 'access_token_revoked' | 'access_token_revoked_before'> {
  const { verifier, clock, settings, audit } = ports;
  const jws = verifier.decode(presented);
  if (!jws) return 'not_an_access_token';
  const now = clock();
  const judged = judgeRevocation(jws, { clientId, names: settings }, now);
  if (judged.outcome === 'not_revocable') return judged.because;
  if (!(await isSignedHere(ports, presented, jws))) return 'access_token_not_verified';
  const { token } = judged;
  if (!(await ports.revokedTokens.recordRevocation(token, now))) return 'access_token_revoked_before';
  const { jti, sub } = token;
  audit.write({ event: 'token_revoked', jti, sub, clientId }, now);
  return 'access_token_revoked';
}
