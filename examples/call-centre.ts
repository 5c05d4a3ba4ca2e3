/**
 * A call centre verifies who the caller is, without security questions.
 *
 * Run, with `npm start` in another terminal:   npx node examples/call-centre.ts
 * With the seeded phone answering by itself:   npx node examples/call-centre.ts --answer allow      (or deny)
 * Against a deployment:                        ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… npx node examples/call-centre.ts
 *
 * Uses openid-client, which does discovery, the request, the polling and the checks of the ID token.
 */
import * as openid from 'openid-client';
import { setUp } from './setup.ts';

const CALLER = process.env['LOGIN_HINT'] ?? '+46 70 123 45 67';
const AGENT = 'Sam';

const { issuer, clientId, clientSecret, local, answer } = await setUp('call-centre');

const config = await openid.discovery(
  issuer,
  clientId,
  {},
  openid.ClientSecretBasic(clientSecret),
  local ? { execute: [openid.allowInsecureRequests] } : {},
);

console.log(`${CALLER} is on the line. Asking on their phone …`);
try {
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
} catch (error) {
  console.log(`Not confirmed: ${explain(error)}`);
  process.exitCode = 1;
}

/** Makes the message for the agent. These are normal outcomes: the user denied, did not answer, or is unknown. */
function explain(error: unknown): string {
  if (error instanceof openid.ResponseBodyError) {
    switch (error.error) {
      case 'access_denied':
        return error.status === 403 ? 'this user was asked too often; try again later.' : 'the user denied.';
      case 'expired_token':
        return 'the user did not answer in time.';
      case 'unknown_user_id':
        return 'no user is registered with this number.';
      default:
        return `${error.error}: ${error.error_description}`;
    }
  }
  // openid-client stops polling by itself after expires_in.
  if (error instanceof openid.ClientError && error.code === 'OAUTH_TIMEOUT') return 'the user did not answer in time.';
  return error instanceof Error ? error.message : String(error);
}
