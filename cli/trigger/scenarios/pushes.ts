import { checkTokens } from '../../../local/demo/token-check.ts';
import { PATHS } from '../../../provider/core/discovery/provider-metadata.ts';
import type { ActingClient, Asked } from '../acting-client.ts';
import type { ActingEndpoint, EndpointAnswer } from '../acting-endpoint.ts';
import { Different, expectAnswer } from '../ending.ts';
import type { Scenario, ScenarioGroup } from '../scenario.ts';
import type { Stage, TrialPerson } from '../stage.ts';
import type { Exchange } from '../wire.ts';

const RECEIVE = 'docs/push-mode.md#receive';
const ANSWER = 'docs/push-mode.md#answer';
/** The push of an expiry comes when no answer can be under way any more. */
const UNTIL_EXPIRY_IS_TOLD_SECONDS = 90;

/** A client in push mode, its endpoint, a person, and a request of that client. */
type Scene = {
  readonly client: ActingClient;
  readonly endpoint: ActingEndpoint;
  readonly person: TrialPerson;
  readonly asked: Asked;
};

async function askedByPush(stage: Stage, answers: readonly EndpointAnswer[], seconds = '120'): Promise<Scene> {
  const { client, endpoint } = await stage.notified('push', ...answers);
  const person = await stage.person();
  const form = { login_hint: person.email, client_notification_token: endpoint.token, requested_expiry: seconds };
  return { client, endpoint, person, asked: await client.asked(form) };
}

/** Asks, approves, waits for as many pushes as there are answers, and checks the tokens of the last one. */
async function approvedAndPushed(stage: Stage, ...answers: readonly EndpointAnswer[]): Promise<Exchange> {
  const scene = await askedByPush(stage, answers);
  const { endpoint, person, asked } = scene;
  expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
  const pushes: Exchange[] = [];
  for (const _ of answers) pushes.push(await endpoint.next());
  const [first, last = first] = [pushes[0], pushes.at(-1)];
  if (!first || !last) throw new Different('No push came.');
  if (JSON.stringify(first.pushed) !== JSON.stringify(last.pushed))
    throw new Different('The tokens of the second push are not those of the first.');
  await checkPushed(stage, scene, last);
  return last;
}

/** Checks pushed tokens as the client must (CIBA §10.3.1). */
async function checkPushed({ issuer }: Stage, { client, asked }: Scene, { pushed = {} }: Exchange): Promise<void> {
  const { auth_req_id: authReqId, id_token: idToken, access_token: accessToken } = pushed;
  if (authReqId !== asked.authReqId) throw new Different('The push names another request.');
  const tokens = { idToken: String(idToken), accessToken: String(accessToken), authReqId };
  const jwksUri = issuer.replace(/\/$/, '') + PATHS.jwks;
  await checkTokens({ ...tokens, issuer, jwksUri, clientId: client.id }).catch((error: unknown) => {
    throw new Different(`The pushed tokens do not hold: ${error instanceof Error ? error.message : error}.`);
  });
}

type Told = Pick<Scenario, 'name' | 'about' | 'ends' | 'next' | 'page' | 'play'>;

const scenario = (told: Told): Scenario => ({ needs: 'local', standard: 'CIBA §10.3', ...told });

export const pushes: ScenarioGroup = {
  title: 'Tokens that are pushed to the client',
  scenarios: [
    scenario({
      name: 'push',
      about: 'The user approves, and the provider sends the tokens to the client, which never polls.',
      ends: { by: 'provider', status: 204, pushed: 'tokens' },
      next: 'Check the bearer token, the ID token, and in it at_hash and the auth_req_id. Store the tokens, then answer 204.',
      page: RECEIVE,
      play: (stage) => approvedAndPushed(stage, 204),
    }),
    scenario({
      name: 'push-denied',
      about: 'The user says no, and the provider tells the client in the place of tokens.',
      ends: { by: 'provider', status: 204, pushed: 'access_denied' },
      next: 'Look at error before you look for tokens. Answer 204, and say that the login was declined.',
      page: RECEIVE,
      async play(stage) {
        const { endpoint, person, asked } = await askedByPush(stage, [204]);
        expectAnswer(await person.phone.decide(asked.requestId, 'deny'), { status: 204 });
        return endpoint.next();
      },
    }),
    scenario({
      name: 'push-expired',
      about: 'Nobody answers, and the provider says so, up to a minute after the end. Takes a minute.',
      ends: { by: 'provider', status: 204, pushed: 'expired_token' },
      next: 'Answer 204, and say that the request has ended. When a minute has passed since the end without a push, stop waiting.',
      page: RECEIVE,
      async play(stage) {
        const { endpoint, asked } = await askedByPush(stage, [204], '10');
        return endpoint.next(asked.expiresInSeconds + UNTIL_EXPIRY_IS_TOLD_SECONDS);
      },
    }),
    scenario({
      name: 'push-500',
      about: 'The endpoint answers 500, so the same tokens come again after a second.',
      ends: { by: 'provider', status: 204, pushed: 'tokens' },
      next: 'Answer 500 or 429 while you cannot store tokens. Take a push that comes twice quietly: its bytes are the same.',
      page: ANSWER,
      play: (stage) => approvedAndPushed(stage, 500, 204),
    }),
    scenario({
      name: 'push-redirect',
      about: 'The endpoint redirects. Nobody follows, the tokens are deleted, and the client asks again.',
      ends: { by: 'provider', status: 302, pushed: 'tokens' },
      next: 'Register the address at which the endpoint really is. Any answer but 429 and 5xx ends the push.',
      page: ANSWER,
      play: (stage) => approvedAndPushed(stage, 302),
    }),
    scenario({
      name: 'push-client-polls',
      about: 'A client in push mode polls, which it may not.',
      ends: { status: 400, error: 'unauthorized_client' },
      next: 'Wait at your endpoint. The answer to the request has no interval, because there is nothing to poll.',
      page: RECEIVE,
      async play(stage) {
        const { client, asked } = await askedByPush(stage, [204]);
        return client.poll(asked);
      },
    }),
  ],
};
