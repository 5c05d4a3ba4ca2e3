/**
 * An agent asks for an approval that may take days. It is pinged then, and makes one call (docs/long-approvals.md).
 */
import * as openid from 'openid-client';
import { type NotifiedSetup, runNotified } from './endpoint.ts';
import { discover } from './setup.ts';

const ABOUT = `An agent that asks for an approval which may take days.

With "npm start" in another terminal:       npx node examples/long-approval.ts
With the seeded phone answering by itself:  npx node examples/long-approval.ts --answer allow      (or deny)
Against a deployment:                       ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… CERT=… KEY=… npx node examples/long-approval.ts

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: ana)
  PORT                in the environment: where the endpoint listens (default: 8443)`;

const CIBA = 'urn:openid:params:grant-type:ciba';
const THREE_DAYS_SECONDS = 259_200;

await runNotified(ABOUT, 'ping', askForDays);

async function askForDays({ notificationToken, told, answer, ...setup }: NotifiedSetup): Promise<void> {
  const config = await discover(setup);
  const asked = await openid.initiateBackchannelAuthentication(config, {
    scope: 'openid profile',
    login_hint: process.env['LOGIN_HINT'] ?? 'ana',
    binding_message: 'Sign the contract with Harbor Bikes',
    requested_expiry: String(THREE_DAYS_SECONDS),
    client_notification_token: notificationToken,
  });
  // A deployment may allow less. A real program stores auth_req_id and token now: it may be started again meanwhile.
  console.log(
    `Asked. There are ${asked.expires_in / 3600} hours to answer; a poll would be due every ${asked.interval} s.`,
  );
  await answer(asked.auth_req_id);
  await told(asked.auth_req_id);
  const tokens = await openid.genericGrantRequest(config, CIBA, { auth_req_id: asked.auth_req_id });
  console.log(`Signed by ${tokens.claims()?.['name']}.`);
}
