/**
 * A kiosk unlocks a bike. It needs no password on a public screen and no browser redirect.
 *
 * Uses oauth4webapi, where each HTTP exchange is one call, so that you can see the polling of CIBA §11. The second half
 * is the bike API, which checks the access token.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { Explained, run, type Setup } from './setup.ts';

const ABOUT = `A kiosk unlocks a bike with the user's phone.

With "npm start" in another terminal:       npx node examples/kiosk.ts
With the seeded phone answering by itself:  npx node examples/kiosk.ts --answer allow      (or deny)

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: ana)`;

const USERNAME = process.env['LOGIN_HINT'] ?? 'ana';
const BIKE_API = 'https://bikes.example.com';
/** Seconds by which `slow_down` lengthens the interval (CIBA §11). */
const SLOW_DOWN_SECONDS = 5;

/** What each call to the provider needs. */
type Kiosk = {
  readonly provider: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly http: { [oauth.allowInsecureRequests]: boolean };
};

await run(ABOUT, rentBike, 'bike-kiosk');

async function rentBike({ issuer, clientId, clientSecret, local, answer }: Setup): Promise<void> {
  const http = { [oauth.allowInsecureRequests]: local };
  const provider = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
  const kiosk = {
    provider,
    client: { client_id: clientId },
    authentication: oauth.ClientSecretBasic(clientSecret),
    http,
  };
  const asked = await ask(kiosk);
  console.log(`Asked ${USERNAME}; waiting for at most ${asked.expires_in} s.`);
  await answer(asked.auth_req_id);
  const tokens = await poll(kiosk, asked);
  console.log(`The bike API: ${await unlock(provider, tokens.access_token)}`);
}

async function ask({
  provider,
  client,
  authentication,
  http,
}: Kiosk): Promise<oauth.BackchannelAuthenticationResponse> {
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

/** Polls until the login ends, and returns the tokens. Throws if the user denied or did not answer in time. */
async function poll({ provider, client, authentication, http }: Kiosk, asked: oauth.BackchannelAuthenticationResponse) {
  let interval = asked.interval ?? 5;
  const giveUpAt = Date.now() + asked.expires_in * 1000;
  while (Date.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, interval * 1000));
    const id = asked.auth_req_id;
    const response = await oauth.backchannelAuthenticationGrantRequest(provider, client, authentication, id, http);
    try {
      return await oauth.processBackchannelAuthenticationGrantResponse(provider, client, response);
    } catch (error) {
      if (!(error instanceof oauth.ResponseBodyError)) throw error;
      console.log(`  ${error.status} ${error.error}`);
      if (error.error === 'slow_down') interval += SLOW_DOWN_SECONDS;
      else if (error.error === 'access_denied') throw new Explained('The bike stays locked: the user denied.');
      else if (error.error !== 'authorization_pending') throw error;
    }
  }
  throw new Explained('The bike stays locked: the user did not answer in time.');
}

/** Checks a token as an API does: signature, issuer, audience, type and scope. */
async function unlock(provider: oauth.AuthorizationServer, accessToken: string): Promise<string> {
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
