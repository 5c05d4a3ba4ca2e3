/**
 * A call centre verifies who the caller is, without security questions.
 *
 * Uses openid-client, which does discovery, the request, the polling and the checks of the ID token.
 */
import * as openid from 'openid-client';
import { run, type Setup } from './setup.ts';

const ABOUT = `A call centre verifies who the caller is.

With "npm start" in another terminal:       npx node examples/call-centre.ts
With the seeded phone answering by itself:  npx node examples/call-centre.ts --answer allow      (or deny)
Against a deployment:                       ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… npx node examples/call-centre.ts

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: a phone number)`;

const CALLER = process.env['LOGIN_HINT'] ?? '+46 70 123 45 67';
const AGENT = 'Sam';

await run(ABOUT, verifyCaller, 'call-centre');

async function verifyCaller({ issuer, clientId, clientSecret, local, answer }: Setup): Promise<void> {
  const config = await openid.discovery(
    issuer,
    clientId,
    {},
    openid.ClientSecretBasic(clientSecret),
    local ? { execute: [openid.allowInsecureRequests] } : {},
  );

  console.log(`${CALLER} is on the line. Asking on their phone …`);
  const asked = await openid.initiateBackchannelAuthentication(config, {
    scope: 'openid profile email',
    login_hint: CALLER,
    binding_message: `You are talking to ${AGENT} at support`,
    requested_expiry: '60',
  });
  await answer(asked.auth_req_id);
  const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
  const claims = tokens.claims();
  console.log(`Confirmed: this is ${claims?.['name']} (${claims?.['email']}), user ${claims?.sub}.`);
}
