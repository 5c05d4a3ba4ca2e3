import { answerEmpty, answerOk } from '../../provider/edge/http/answer.ts';
import { clientCallFrom } from '../../provider/edge/http/client-call.ts';
import { endpoint } from '../../provider/edge/http/endpoint.ts';
import { mapResult } from '../../provider/edge/http/map-result.ts';
import { answerSelfChecks } from '../../provider/edge/orders/self-check.ts';
import { requestAuthentication } from '../../provider/flows/asking/request-authentication.ts';
import { provePushRights } from '../../provider/flows/operating/prove-push-rights.ts';
import { wire } from './wiring.ts';

/**
 * POST /bc-authorize: a client asks for the authentication of a user (CIBA §7).
 *
 * POST /bc-authorize/withdraw: a client withdraws its own request (docs/withdrawal.md). An id of no request that it
 * could withdraw is answered 200, too. Its code is loaded with its first call, because few logins need it.
 *
 * POST /bc-authorize/resend: a client has the phones of its own pending request rung again (docs/resend.md).
 *
 * POST /bc-authorize/number: a client enters the number that its user read on the phone (docs/number-matching.md).
 *
 * 400 invalid_request, invalid_scope, unknown_user_id, expired_login_hint_token, unauthorized_client,
 * invalid_binding_message, missing_user_code, invalid_user_code, invalid_target, invalid_authorization_details,
 * invalid_grant, invalid_number; 401 invalid_client; 403 access_denied; 503 temporarily_unavailable. When each is
 * answered is in core/asking/refusals.ts.
 */
const { ports, log } = await wire();

// A further route loads its flow in its function, by import(), so that a login does not wait for it (docs/adr/0047).
const routes = endpoint(log, {
  'POST /bc-authorize': async (request) => {
    const call = await clientCallFrom(request, ports.profile);
    return call.ok ? mapResult(await requestAuthentication(ports, call.value), answerOk) : call;
  },
  'POST /bc-authorize/withdraw': async (request) => {
    const call = await clientCallFrom(request, ports.profile);
    if (!call.ok) return call;
    const { withdrawRequest } = await import('../../provider/flows/asking/withdraw-request.ts');
    return mapResult(await withdrawRequest({ ...ports, ...(await ports.loadOwnRequests()) }, call.value), answerEmpty);
  },
  'POST /bc-authorize/number': async (request) => {
    const call = await clientCallFrom(request, ports.profile);
    if (!call.ok) return call;
    const { enterNumber } = await import('../../provider/flows/asking/enter-number.ts');
    return mapResult(await enterNumber({ ...ports, ...(await ports.loadOwnRequests()) }, call.value), answerEmpty);
  },
  'POST /bc-authorize/resend': async (request) => {
    const call = await clientCallFrom(request, ports.profile);
    if (!call.ok) return call;
    const { resendRequest } = await import('../../provider/flows/asking/resend-request.ts');
    return mapResult(await resendRequest({ ...ports, ...(await ports.loadOwnRequests()) }, call.value), answerOk);
  },
});

export const handler = answerSelfChecks(() => provePushRights(ports), routes);
