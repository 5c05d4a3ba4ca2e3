import type { EndpointAnswer } from '../acting-endpoint.ts';
import { expectAnswer } from '../ending.ts';
import type { Scenario, ScenarioGroup } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Exchange } from '../wire.ts';

const PING = 'docs/local.md#a-client-in-ping-mode';

/** Asks as a client in ping mode, approves, waits for as many pings as there are answers, and fetches the tokens. */
async function approvedAndPinged(stage: Stage, ...answers: readonly EndpointAnswer[]): Promise<Exchange> {
  const { client, endpoint } = await stage.notified('ping', ...answers);
  const { email, phone } = await stage.person();
  const asked = await client.asked({ login_hint: email, client_notification_token: endpoint.token });
  expectAnswer(await phone.decide(asked.requestId, 'approve'), { status: 204 });
  for (const _ of answers) await endpoint.next();
  return client.poll(asked);
}

type Told = Pick<Scenario, 'name' | 'about' | 'next'>;

/** A ping whose answer is not what it should be. The client gets its tokens all the same. */
function pingAnswered(answers: readonly EndpointAnswer[], told: Told): Scenario {
  const all = { needs: 'local', ends: { status: 200 }, standard: 'CIBA §10.2', page: PING } as const;
  return { ...told, ...all, play: (stage) => approvedAndPinged(stage, ...answers) };
}

export const pings: ScenarioGroup = {
  title: 'The notification endpoint of the client',
  scenarios: [
    pingAnswered([204], {
      name: 'ping',
      about: 'The provider tells the client that there is an answer.',
      next: 'Check the token, answer 204 at once, and then fetch the tokens with the auth_req_id of the ping.',
    }),
    pingAnswered([500], {
      name: 'ping-500',
      about: 'The endpoint answers 500. Any HTTP answer ends the ping.',
      next: 'Answer 204 before you do anything that can fail. After your own fault, poll: no ping comes again.',
    }),
    pingAnswered([302], {
      name: 'ping-redirect',
      about: 'The endpoint redirects, which nobody follows.',
      next: 'Register the address at which the endpoint really is. Until then, poll.',
    }),
    pingAnswered(['breaks_off', 204], {
      name: 'ping-unreachable',
      about: 'The endpoint gives no HTTP answer, so the provider tries again after a second, then after two.',
      next: 'Nothing, if the endpoint comes back. A ping may come late or twice, so take a second one for the same request quietly.',
    }),
    pingAnswered(['never', 204], {
      name: 'ping-timeout',
      about: 'The endpoint takes longer than the provider waits, which is five seconds, so the ping comes again.',
      next: 'Answer 204 first and work afterwards. Take a second ping for the same request quietly.',
    }),
    {
      name: 'no-notification-token',
      about: 'A client in ping mode asks without a client_notification_token.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_request' },
      next: 'Send a new random client_notification_token with each request, and check it in each ping.',
      standard: 'CIBA §7.1',
      page: PING,
      async play(stage) {
        const { client } = await stage.notified('ping', 204);
        const { email } = await stage.person();
        return client.ask({ login_hint: email });
      },
    },
  ],
};
