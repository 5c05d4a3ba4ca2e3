import { answerPublic } from '../../provider/edge/http/answer.ts';
import { endpoint, type Route } from '../../provider/edge/http/endpoint.ts';
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
 * /.well-known/jwks.json (RFC 7517 §5). They refuse nothing.
 */
const { ports, log } = wire();

const describe: Route = async () => mapResult(describeProvider(ports), (body) => answerPublic(body, MAX_AGE_SECONDS));

export const handler = endpoint(log, {
  'GET /.well-known/openid-configuration': describe,
  'GET /.well-known/oauth-authorization-server': describe,
  'GET /.well-known/jwks.json': async () =>
    mapResult(await publishKeys(ports.keys), (body) => answerPublic(body, MAX_AGE_SECONDS)),
});
