/**
 * A kiosk unlocks a bike. It needs no password on a public screen and no browser redirect.
 *
 * Run, with `npm start` in another terminal:   npx node examples/kiosk.ts
 * With the seeded phone answering by itself:   npx node examples/kiosk.ts --answer allow      (or deny)
 *
 * Uses oauth4webapi, where each HTTP exchange is one call, so that you can see the polling of CIBA §11. The second half
 * is the bike API, which checks the access token.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { setUp } from './setup.ts';

const USERNAME = process.env['LOGIN_HINT'] ?? 'ana';
const BIKE_API = 'https://bikes.example.com';
/** Seconds by which `slow_down` lengthens the interval (CIBA §11). */
const SLOW_DOWN_SECONDS = 5;

const { issuer, clientId, clientSecret, local, answer } = await setUp('bike-kiosk');
const http = { [oauth.allowInsecureRequests]: local };
const client: oauth.Client = { client_id: clientId };
const authentication = oauth.ClientSecretBasic(clientSecret);

const discovered = await oauth.discoveryRequest(issuer, http);
const provider = await oauth.processDiscoveryResponse(issuer, discovered);

const asked = await ask();
console.log(`Asked ${USERNAME}; waiting for at most ${asked.expires_in} s.`);
await answer(asked.auth_req_id);
const tokens = await poll(asked);
if (tokens) console.log(`The bike API: ${await unlock(tokens.access_token)}`);
else process.exitCode = 1;

async function ask(): Promise<oauth.BackchannelAuthenticationResponse> {
  const parameters = {
    scope: 'openid bikes:unlock',
    audience: BIKE_API,
    login_hint: USERNAME,
    binding_message: 'Unlock bike 4711',
    requested_expiry: '60',
  };
  const response = await oauth.backchannelAuthenticationRequest(provider, client, authentication, parameters, http);
  return oauth.processBackchannelAuthenticationResponse(provider, client, response);
}

/** Polls until the login ends. Returns the tokens, or undefined if the user denied or the request expired. */
async function poll(request: oauth.BackchannelAuthenticationResponse) {
  let interval = request.interval ?? 5;
  const giveUpAt = Date.now() + request.expires_in * 1000;
  while (Date.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, interval * 1000));
    const response = await oauth.backchannelAuthenticationGrantRequest(
      provider,
      client,
      authentication,
      request.auth_req_id,
      http,
    );
    try {
      return await oauth.processBackchannelAuthenticationGrantResponse(provider, client, response);
    } catch (error) {
      if (!(error instanceof oauth.ResponseBodyError)) throw error;
      console.log(`  ${error.status} ${error.error}`);
      if (error.error === 'slow_down') interval += SLOW_DOWN_SECONDS;
      else if (error.error !== 'authorization_pending') return undefined;
    }
  }
  console.log('  the user did not answer in time');
  return undefined;
}

/** Checks a token as an API does: signature, issuer, audience, type and scope. */
async function unlock(accessToken: string): Promise<string> {
  const keys = createRemoteJWKSet(new URL(provider.jwks_uri ?? ''));
  const { payload } = await jwtVerify(accessToken, keys, {
    issuer: provider.issuer,
    audience: BIKE_API,
    typ: 'at+jwt',
    algorithms: ['RS256'],
  });
  const scopes = String(payload['scope']).split(' ');
  return scopes.includes('bikes:unlock') ? `unlocked for ${payload.sub}` : 'this token is not for unlocking';
}
