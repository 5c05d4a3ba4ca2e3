/**
 * Number matching: the user types on one screen what the other one shows (docs/number-matching.md).
 */
import { createInterface } from 'node:readline/promises';
import * as openid from 'openid-client';
import { clientLike, discover, Explained, run, type Setup } from './setup.ts';

const ABOUT = `A client whose user has to match a number.

With "npm start" in another terminal:       npx node examples/number-matching.ts
With the seeded phone answering by itself:  npx node examples/number-matching.ts --answer allow      (or deny)
Against a deployment:                       ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… npx node examples/number-matching.ts

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: ana)`;

await run(ABOUT, inEachDirection, 'call-centre');

/** Against npm start both directions are shown, one after the other. A client of a deployment is registered for one. */
async function inEachDirection(setup: Setup): Promise<void> {
  if (!setup.local) return login(setup);
  for (const number_matching of ['phone_enters', 'client_enters']) {
    const metadata = { client_name: `Harbor ${number_matching.replace('_', ' ')}`, number_matching };
    await login({ ...setup, ...(await clientLike(setup, `number-${number_matching}`, metadata)) });
  }
}

async function login({ answer, ...setup }: Setup): Promise<void> {
  const config = await discover(setup);
  const login_hint = process.env['LOGIN_HINT'] ?? 'ana';
  const asked = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint });
  if (typeof asked['number'] === 'string') {
    console.log(`Type ${asked['number']} on your phone.`);
    await answer(asked.auth_req_id, asked['number']);
  } else {
    const shown = (await answer(asked.auth_req_id)) ?? (await question('The number that your phone shows: '));
    console.log(`The phone shows ${shown}, and the client sends it.`);
    await enter(config, setup, { auth_req_id: asked.auth_req_id, number: shown });
  }
  const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
  console.log(`The numbers matched: amr is ${tokens.claims()?.['amr']}.`);
}

/** Sends what the user typed. `attempts_left` of a refusal says how many attempts are left. */
async function enter(
  config: openid.Configuration,
  { clientId, clientSecret }: Pick<Setup, 'clientId' | 'clientSecret'>,
  form: { auth_req_id: string; number: string },
): Promise<void> {
  const { backchannel_authentication_number_endpoint: endpoint } = config.serverMetadata();
  const headers = { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` };
  const answer = await fetch(String(endpoint), { method: 'POST', headers, body: new URLSearchParams(form) });
  if (!answer.ok) throw new Explained(`Not accepted: ${await answer.text()}`);
}

async function question(text: string): Promise<string> {
  const keyboard = createInterface({ input: process.stdin, output: process.stdout });
  return keyboard.question(text).finally(() => keyboard.close());
}
