import { wireBackchannelAuthentication } from './adapters/wiring.ts';
import { requestAuthentication } from './flows/request-authentication.ts';
import { answerOk } from './http/answer.ts';
import { clientCallFrom } from './http/client-call.ts';
import { endpoint } from './http/endpoint.ts';
import { mapResult } from './http/map-result.ts';

/**
 * POST /bc-authorize: a client asks a user (CIBA §7).
 *
 * 400 invalid_request, invalid_scope, unknown_user_id, unauthorized_client, invalid_binding_message, invalid_target,
 * invalid_authorization_details; 401 invalid_client; 403 access_denied (limits, with Retry-After);
 * 503 temporarily_unavailable (SNS is out, with Retry-After).
 */
const { ports, log } = wireBackchannelAuthentication();

export const handler = endpoint(log, {
  'POST /bc-authorize': async (request) => {
    const call = clientCallFrom(request);
    return call.ok ? mapResult(await requestAuthentication(ports, call.value), answerOk) : call;
  },
});
