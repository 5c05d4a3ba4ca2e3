import { expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const PAGE = 'docs/signed-requests.md#what-is-checked';
const REFUSED = { status: 400, error: 'invalid_request' } as const;
const SIGNING = { backchannel_authentication_request_signing_alg: 'ES256' };

/** A client that signs its requests, and parameters that name nobody: whoever gets that far is told so. */
async function signingOn(stage: Stage) {
  const parameters = { scope: 'openid', login_hint: `${stage.id}@nobody.example` };
  return { ...(await stage.keyClient(SIGNING)), parameters };
}

export const signedRequests: ScenarioGroup = {
  title: 'What the client signs',
  scenarios: [
    {
      name: 'replayed-request',
      about: 'The client sends a signed request a second time.',
      needs: 'provider',
      ends: REFUSED,
      next: 'Sign a new request with a new jti each time, also when you repeat one after an error.',
      standard: 'CIBA §7.1.1',
      page: PAGE,
      async play(stage) {
        const { client, request, parameters } = await signingOn(stage);
        const form = { request: await request(parameters) };
        expectAnswer(await client.post('/bc-authorize', form), { status: 400, error: 'unknown_user_id' });
        return client.post('/bc-authorize', form);
      },
    },
    {
      name: 'parameter-beside-request',
      about: 'A parameter stands beside the signed request, where everybody on the way could change it.',
      needs: 'provider',
      ends: REFUSED,
      next: 'Put every parameter into the JWT. Beside request, send only what authenticates the client.',
      standard: 'CIBA §7.1.1',
      page: PAGE,
      async play(stage) {
        const { client, request, parameters } = await signingOn(stage);
        return client.post('/bc-authorize', { request: await request(parameters), binding_message: 'W4SCT' });
      },
    },
    {
      name: 'unsigned-request',
      about: 'The JWT of the request says alg none, so it has no signature.',
      needs: 'provider',
      ends: REFUSED,
      next: 'Sign with the algorithm of the registration. Look for a library that falls back to none.',
      standard: 'CIBA §7.1.1',
      page: PAGE,
      async play(stage) {
        const { client, request, parameters } = await signingOn(stage);
        const [, claims] = (await request(parameters)).split('.');
        const header = Buffer.from('{"alg":"none"}').toString('base64url');
        return client.post('/bc-authorize', { request: `${header}.${claims}.` });
      },
    },
    {
      name: 'signature-missing',
      about: 'The client is registered so that it must sign, and sends a form.',
      needs: 'provider',
      ends: REFUSED,
      next: 'Sign the request, or let an operator take require_signed_request_object out of the registration.',
      standard: 'RFC 9101 §10.5',
      page: 'docs/signed-requests.md#register-the-client',
      async play(stage) {
        const { client } = await stage.keyClient({ ...SIGNING, require_signed_request_object: true });
        return client.ask({ login_hint: `${stage.id}@nobody.example` });
      },
    },
  ],
};
