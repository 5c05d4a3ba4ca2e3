import { checkGrantAllowed } from '../../core/client/client.ts';
import { checkNoRepeats, single } from '../../core/form.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { isGrantType } from '../../core/token/grant-types.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import type { AuditLog } from '../ports.ts';
import { type GrantPorts, grants } from './grants/grants.ts';
import type { TokenResponse } from './issue-tokens.ts';

/** What this flow needs. */
export type RequestTokensPorts = ClientAuthenticationPorts & GrantPorts & { readonly audit: AuditLog };

/**
 * Handles a client's token request (RFC 6749 §3.2): authenticates the client, checks that it may use the grant type,
 * lets the handler of the grant type issue the tokens, and records them in the audit trail.
 */
export async function requestTokens(ports: RequestTokensPorts, call: ClientCall): Promise<Result<TokenResponse>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const repeats = checkNoRepeats(call.form, ['resource']);
  if (!repeats.ok) return repeats;
  const grantType = single(call.form, 'grant_type');
  if (grantType === undefined) return refuse({ reason: 'missing_parameter', name: 'grant_type' });
  if (!isGrantType(grantType)) return refuse({ reason: 'unsupported_grant_type' });
  const allowed = checkGrantAllowed(authenticated.value.client, grantType);
  if (!allowed.ok) return allowed;
  const issued = await grants[grantType](ports, { ...authenticated.value, form: call.form, note: call.note });
  if (!issued.ok) return issued;
  const { tokens, jti, requestId, sub, issuedAt } = issued.value;
  const { clientId } = authenticated.value.client;
  ports.audit.write({ event: 'tokens_issued', jti, requestId, sub, clientId }, issuedAt);
  return ok(tokens);
}
