import type { Client } from '../../core/client/client.ts';
import { requestIdNamed } from '../../core/deciding/auth-req-id.ts';
import { txnOf } from '../../core/digest.ts';
import { checkNoRepeats, single } from '../../core/form.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';

/** A client's call about one of its requests. */
export type OwnRequestCall = {
  readonly client: Client;
  /**
   * The request that the call names. Undefined if no request can have the id. Nobody has checked yet whether there is
   * such a request, and whether it is the client's own: the guard of the one write that follows does.
   */
  readonly requestId: string | undefined;
  readonly authReqId: string;
};

/**
 * Authenticates a client that calls about one of its requests, and reads which one: the parameter `auth_req_id` of the
 * form. Nothing is read of a request before this succeeds.
 */
export async function readOwnRequestCall(
  ports: ClientAuthenticationPorts,
  call: ClientCall,
): Promise<Result<OwnRequestCall>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const repeats = checkNoRepeats(call.form);
  if (!repeats.ok) return repeats;
  const authReqId = single(call.form, 'auth_req_id');
  if (authReqId === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });
  const requestId = requestIdNamed(authReqId);
  if (requestId !== undefined) call.note({ txn: txnOf(requestId) });
  return ok({ client: authenticated.value.client, requestId, authReqId });
}
