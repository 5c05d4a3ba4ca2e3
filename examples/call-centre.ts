/**
 * A call centre makes sure that the caller is who they say, without security questions.
 *
 * Run, with `npm start` in another terminal:   npx node examples/call-centre.ts
 * With the seeded phone answering by itself:   npx node examples/call-centre.ts --answer allow      (or deny)
 * Against a deployment:                        ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… npx node examples/call-centre.ts
 *
 * Uses openid-client: discovery, the request, the polling and the checks of the ID token are the library's.
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

/** What the agent is told. None of these is an error of the program: people say no, sleep, or have no phone. */
function explain(error: unknown): string {
  if (error instanceof openid.ResponseBodyError) {
    switch (error.error) {
      case 'access_denied':
        return error.status === 403 ? 'this user was asked too often; try later.' : 'the user said no.';
      case 'expired_token':
        return 'nobody answered in time.';
      case 'unknown_user_id':
        return 'nobody is registered with this number.';
      default:
        return `${error.error}: ${error.error_description}`;
    }
  }
  // openid-client gives up by itself when expires_in has passed.
  if (error instanceof openid.ClientError && error.code === 'OAUTH_TIMEOUT') return 'nobody answered in time.';
  return error instanceof Error ? error.message : String(error);
}
