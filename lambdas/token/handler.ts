import { answerOk } from '../../provider/edge/http/answer.ts';
import { clientCallFrom } from '../../provider/edge/http/client-call.ts';
import { endpoint, type Route } from '../../provider/edge/http/endpoint.ts';
import { mapResult } from '../../provider/edge/http/map-result.ts';
import { requestTokens } from '../../provider/flows/token/request-tokens.ts';
import { wire } from './wiring.ts';

/**
 * POST /token, and /oauth/token for Auth0's SDKs: a client polls or redeems (CIBA §10.1, §11).
 *
 * 400 authorization_pending, slow_down, expired_token, access_denied, invalid_grant, invalid_target,
 * unauthorized_client, invalid_request, unsupported_grant_type; 401 invalid_client.
 */
const { ports, log } = await wire();

const answerTokens: Route = async (request) => {
  const call = await clientCallFrom(request, ports.profile);
  return call.ok ? mapResult(await requestTokens(ports, call.value), answerOk) : call;
};

export const handler = endpoint(log, { 'POST /token': answerTokens, 'POST /oauth/token': answerTokens });
