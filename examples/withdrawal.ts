/**
 * A call centre takes its request back when the caller hangs up: the prompt vanishes from the phone (docs/withdrawal.md).
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as openid from 'openid-client';
import { discover, Explained, run, type Setup } from './setup.ts';

const ABOUT = `A call centre that takes its request back when the caller hangs up.

With "npm start" in another terminal, and the phone at http://localhost:3000/demo/phone open:

  npx node examples/withdrawal.ts

Against a deployment:  ISSUER=https://… CLIENT_ID=… CLIENT_SECRET=… npx node examples/withdrawal.ts

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers before the caller hangs up
  --help              print this text
  LOGIN_HINT          in the environment: whom to ask (default: ana)`;

const CIBA = 'urn:openid:params:grant-type:ciba';
const HANGS_UP_AFTER_MS = 2000;

await run(ABOUT, askAndHangUp, 'call-centre');

async function askAndHangUp({ answer, ...setup }: Setup): Promise<void> {
  const config = await discover(setup);
  const login_hint = process.env['LOGIN_HINT'] ?? 'ana';
  const { auth_req_id } = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint });
  console.log('The phone rings …');
  await answer(auth_req_id);
  await pause(HANGS_UP_AFTER_MS);

  const { backchannel_authentication_withdrawal_endpoint: endpoint } = config.serverMetadata();
  const { status } = await fetch(String(endpoint), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${setup.clientId}:${setup.clientSecret}`)}` },
    body: new URLSearchParams({ auth_req_id }),
  });
  if (status !== 200) throw new Explained(`The provider did not take it back: ${status}.`);
  console.log('The caller hung up. The request is taken back, and the prompt is gone.');

  const late = await openid.genericGrantRequest(config, CIBA, { auth_req_id }).catch((error: unknown) => error);
  if (!(late instanceof openid.ResponseBodyError)) throw new Explained('There were tokens all the same.');
  console.log(`A late poll gets ${late.error}: ${late.error_description}`);
}
