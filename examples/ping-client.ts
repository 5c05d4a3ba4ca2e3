/**
 * A client in ping mode: the provider tells it when there is an answer, and it fetches the tokens with one call.
 */
import * as openid from 'openid-client';
import { type NotifiedSetup, runNotified } from './endpoint.ts';
import { discover } from './setup.ts';

const ABOUT = `A client that is pinged.

With "npm start" in another terminal:       npx node examples/ping-client.ts
With the seeded phone answering by itself:  npx node examples/ping-client.ts --answer allow      (or deny)
Against a deployment:                       ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… CERT=… KEY=… npx node examples/ping-client.ts

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: ana)
  PORT                in the environment: where the endpoint listens (default: 8443)`;

const CIBA = 'urn:openid:params:grant-type:ciba';

await runNotified(ABOUT, 'ping', login);

async function login({ notificationToken, told, answer, ...setup }: NotifiedSetup): Promise<void> {
  const config = await discover(setup);
  const asked = await openid.initiateBackchannelAuthentication(config, {
    scope: 'openid profile',
    login_hint: process.env['LOGIN_HINT'] ?? 'ana',
    client_notification_token: notificationToken,
  });
  await answer(asked.auth_req_id);
  // A ping can be lost. So wait no longer than the request lives, and ask for its end then.
  const end = new Promise((resolve) => setTimeout(resolve, asked.expires_in * 1000).unref());
  await Promise.race([told(asked.auth_req_id), end]);
  const tokens = await openid.genericGrantRequest(config, CIBA, { auth_req_id: asked.auth_req_id });
  console.log(`Pinged, and fetched the tokens of ${tokens.claims()?.['name']} with one call.`);
}
