import { answerEmpty } from '../../provider/edge/http/answer.ts';
import { clientCallFrom } from '../../provider/edge/http/client-call.ts';
import { endpoint, type Route } from '../../provider/edge/http/endpoint.ts';
import { mapResult } from '../../provider/edge/http/map-result.ts';
import { revokeToken } from '../../provider/flows/token/revoke-token.ts';
import { wire } from './wiring.ts';

/**
 * POST /revoke, and /oauth/revoke for Auth0's SDKs: a client revokes an access token of its own (RFC 7009 §2). A text
 * that is no such token is answered 200, too.
 *
 * 400 invalid_request; 401 invalid_client.
 */
const { ports, log } = wire();

const revoke: Route = async (request) => {
  const call = await clientCallFrom(request, ports.profile);
  return call.ok ? mapResult(await revokeToken(ports, call.value), answerEmpty) : call;
};

export const handler = endpoint(log, { 'POST /revoke': revoke, 'POST /oauth/revoke': revoke });
