/**
 * A client in push mode: the provider sends it the tokens, and it checks them (docs/push-mode.md).
 */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { type NotifiedSetup, runNotified } from './endpoint.ts';
import { discover, Explained } from './setup.ts';

const ABOUT = `A client to which the tokens are pushed.

With "npm start" in another terminal:       npx node examples/push-client.ts
With the seeded phone answering by itself:  npx node examples/push-client.ts --answer allow      (or deny)
Against a deployment:                       ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… CERT=… KEY=… npx node examples/push-client.ts

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: ana)
  PORT                in the environment: where the endpoint listens (default: 8443)`;

const REQUEST_CLAIM = 'urn:openid:params:jwt:claim:auth_req_id';
const ASKED = { scope: 'openid', login_hint: process.env['LOGIN_HINT'] ?? 'ana' };
/** The `at_hash` of an access token (OpenID Connect Core §3.1.3.6), which no library checks for a push. */
const hashOf = (token: string) => createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');

await runNotified(ABOUT, 'push', login);

async function login({ notificationToken: client_notification_token, told, answer, ...setup }: NotifiedSetup) {
  const config = await discover(setup);
  const asked = await openid.initiateBackchannelAuthentication(config, { ...ASKED, client_notification_token });
  await answer(asked.auth_req_id);
  const { id_token = '', access_token = '', error } = await told(asked.auth_req_id);
  if (error !== undefined) throw new Explained(`Pushed: ${error}.`);
  const { issuer, jwks_uri = '' } = config.serverMetadata();
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  const { payload } = await jwtVerify(id_token, keys, { issuer, audience: setup.clientId });
  const isOurs = payload['at_hash'] === hashOf(access_token) && payload[REQUEST_CLAIM] === asked.auth_req_id;
  if (!isOurs) throw new Explained('The tokens are not those of this request.');
  console.log(`Pushed: the tokens of ${payload.sub}, checked.`);
}
