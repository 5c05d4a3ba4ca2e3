import { CLIENT_OPTIONS, clientOf } from '../asking/asking-client.ts';
import {
  discoverFor,
  type OwnRequestEndpoint,
  readAuthReqId,
  type Said,
  tellOwnRequest,
} from '../asking/own-request.ts';
import { type ArgumentSpec, command, type OptionValues } from '../command-line/command.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { sayStep } from '../command-line/steps.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { noAnswer } from '../deployment/provider-answer.ts';

const AUTH_REQ_ID = {
  name: 'auth_req_id',
  about: 'The auth_req_id that /bc-authorize answered. - reads it from standard input, so that no shell keeps it.',
} as const satisfies ArgumentSpec;

/** `ciba withdraw` */
export const withdraw = command({
  name: 'withdraw',
  about: 'Takes the request of a client back, as the client does. Its prompt vanishes from the phone.',
  notes:
    'The provider answers the same to every id: a request that waits or was approved ends, and one that is over or is none of this client stays as it is. Tokens that were given out stay valid. Ctrl-C in ciba ask withdraws its request by itself.',
  arguments: [AUTH_REQ_ID],
  options: CLIENT_OPTIONS,
  examples: [
    'ciba withdraw nJ2q3vT6hYk8Zr1bWc5xMa9dLe4oUg7sPi0fQtRwEyA',
    'jq -r .auth_req_id a.json | ciba withdraw - --client desk --key-file desk.jwk',
  ],
  async run({ deployment, argument, options }) {
    await tell({ deployment, options }, argument.auth_req_id, 'backchannel_authentication_withdrawal_endpoint');
    return {
      json: '',
      text: 'Withdrawn, if it was an open request of this client. Its tokens can no longer be fetched.',
    };
  },
});

/** `ciba resend` */
export const resend = command({
  name: 'resend',
  about: 'Has the phones of a request rung again, as its client does.',
  notes:
    'It is the same request: its end, what the phone shows and the interval stay. A client may do it three times for each request, 45 seconds after the request and after each time before. In ciba ask, r and Enter do the same.',
  arguments: [AUTH_REQ_ID],
  options: CLIENT_OPTIONS,
  examples: [
    'ciba resend nJ2q3vT6hYk8Zr1bWc5xMa9dLe4oUg7sPi0fQtRwEyA',
    'jq -r .auth_req_id a.json | ciba resend - --client desk --key-file desk.jwk',
  ],
  async run({ deployment, argument, options }) {
    const endpoint = 'backchannel_authentication_resend_endpoint';
    const { body } = await tell({ deployment, options }, argument.auth_req_id, endpoint);
    return {
      json: JSON.stringify(body),
      text: `The phones were rung again. ${Number(body['expires_in'])} s are left to answer, and ${Number(body['resends_left'])} more times.`,
    };
  },
});

type Call = { readonly deployment: Deployment; readonly options: OptionValues<typeof CLIENT_OPTIONS> };

/** Tells the provider something about a request. Throws Refused if it refuses that. */
async function tell({ deployment, options }: Call, typed: string, endpoint: OwnRequestEndpoint): Promise<Said> {
  if (typed === '-' && [options.secret, options['secret-file'], options['key-file']].includes('-'))
    throw new WrongUsage('Only one thing can be read from standard input: auth_req_id, or the secret');
  const authReqId = readAuthReqId(typed);
  const asking = await clientOf(deployment, options, sayStep);
  const config = await discoverFor(deployment, asking);
  const said = await tellOwnRequest({ authReqId, config, ...asking }, endpoint).catch((error: unknown) => {
    throw noAnswer(error, deployment);
  });
  if (!said) throw new Refused('This provider does not have that.', 'Deploy a version that has it.');
  if (said.error !== undefined)
    throw new Refused(`${said.error}. ${said.description}`.trim(), nextOf(said), said.error);
  return said;
}

function nextOf({ error = '', retryAfterSeconds }: Said): string {
  if (retryAfterSeconds !== undefined) return `Run it again in ${retryAfterSeconds} s: docs/resend.md#resend.`;
  if (error === 'invalid_client')
    return 'Check --client, and that the secret or key is the newest one: docs/admin-api.md#clients.';
  if (error === 'invalid_grant') return 'Check the id and --client. If the request is over, ask again: ciba ask.';
  return 'docs/resend.md#resend says what it means.';
}
