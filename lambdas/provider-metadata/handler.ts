import { ok } from '../../provider/core/result.ts';
import { answerMethods, answerPublic } from '../../provider/edge/http/answer.ts';
import { endpoint, type Route } from '../../provider/edge/http/endpoint.ts';
import { answerInertly } from '../../provider/edge/http/inert-answer.ts';
import { mapResult } from '../../provider/edge/http/map-result.ts';
import { describeProvider, publishKeys } from '../../provider/flows/discovery/describe-provider.ts';
import { wire } from './wiring.ts';

/**
 * How long a verifier may cache the documents, in seconds: far less than the time for which a key is published before
 * it signs.
 */
const MAX_AGE_SECONDS = 300;

/**
 * GET /.well-known/openid-configuration, /.well-known/oauth-authorization-server (OIDC Discovery §4, RFC 8414 §3) and
 * /.well-known/jwks.json (RFC 7517 §5). They refuse nothing. HEAD is answered as GET: API Gateway leaves the body out.
 *
 * GET and POST /authorize: the authorization endpoint, which libraries demand in discovery. It reads nothing, refuses
 * everybody, and never redirects (docs/adr/0058).
 *
 * 400 unsupported_response_type.
 */
const { ports, log } = wire();

const describe: Route = async () => mapResult(describeProvider(ports), (body) => answerPublic(body, MAX_AGE_SECONDS));
const keySet: Route = async () =>
  mapResult(await publishKeys(ports.keys), (body) => answerPublic(body, MAX_AGE_SECONDS));
const tellMethods: Route = async () => ok(answerMethods(['GET', 'HEAD', 'OPTIONS']));
const refuseEverybody: Route = async () => ok(answerInertly({ reason: 'only_backchannel' }));

export const handler = endpoint(log, {
  'GET /.well-known/openid-configuration': describe,
  'HEAD /.well-known/openid-configuration': describe,
  'OPTIONS /.well-known/openid-configuration': tellMethods,
  'GET /.well-known/oauth-authorization-server': describe,
  'HEAD /.well-known/oauth-authorization-server': describe,
  'OPTIONS /.well-known/oauth-authorization-server': tellMethods,
  'GET /.well-known/jwks.json': keySet,
  'HEAD /.well-known/jwks.json': keySet,
  'OPTIONS /.well-known/jwks.json': tellMethods,
  'GET /authorize': refuseEverybody,
  'POST /authorize': refuseEverybody,
});
