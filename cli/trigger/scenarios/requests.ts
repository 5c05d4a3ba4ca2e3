import { Different, expectAnswer } from '../ending.ts';
import type { Scenario, ScenarioGroup } from '../scenario.ts';
import { askedOn } from './decisions.ts';

const CLIENTS = 'README.md#from-a-client-backend';

type Parameters = (email: string) => Readonly<Record<string, string>> | readonly (readonly [string, string])[];
type Told = Pick<Scenario, 'name' | 'about' | 'ends' | 'next' | 'standard'> & { readonly page?: string };

/** A request that is refused for what is in it. */
function refusedFor(parameters: Parameters, told: Told): Scenario {
  return {
    page: CLIENTS,
    ...told,
    needs: 'provider',
    async play(stage) {
      const client = await stage.client();
      const { email } = await stage.user();
      return client.ask(parameters(email));
    },
  };
}

export const requests: ScenarioGroup = {
  title: 'What the client asks for',
  scenarios: [
    refusedFor((email) => ({ scope: 'profile', login_hint: email }), {
      name: 'no-openid',
      about: 'The scope lacks openid.',
      ends: { status: 400, error: 'invalid_request' },
      next: 'Put openid into scope. Without it this is no request of OpenID Connect.',
      standard: 'CIBA §7.1',
    }),
    refusedFor((email) => ({ login_hint: email, binding_message: 'Pay now \u{1F4B8}' }), {
      name: 'bad-binding-message',
      about: 'The binding message has an emoji, which phones show in different ways.',
      ends: { status: 400, error: 'invalid_binding_message' },
      next: 'Send up to 64 letters, digits, punctuation marks, currency signs and spaces.',
      standard: 'CIBA §13',
      page: 'docs/security/clients.md#hides-something-in-a-text',
    }),
    refusedFor((email) => ({ login_hint: email, resource: 'https://other-api.example' }), {
      name: 'foreign-api',
      about: 'The client wants a token for an API that it is not registered for.',
      ends: { status: 400, error: 'invalid_target' },
      next: 'Name an API of audiences in the registration of the client, or none.',
      standard: 'RFC 8707 §2',
      page: 'docs/security/clients.md#takes-more-scopes-or-another-apis-audience',
    }),
    refusedFor(
      (email) => [
        ['login_hint', email],
        ['login_hint', email],
      ],
      {
        name: 'repeated-parameter',
        about: 'A parameter is sent twice.',
        ends: { status: 400, error: 'invalid_request' },
        next: 'Send each parameter once. Look for a proxy or a library that adds it again.',
        standard: 'RFC 6749 §3.1',
        page: 'docs/security/strangers.md#confuses-the-parsers',
      },
    ),
    refusedFor((email) => ({ login_hint: email, id_token_hint: 'e30.e30.e30' }), {
      name: 'two-hints',
      about: 'The request names the user in two ways.',
      ends: { status: 400, error: 'invalid_request' },
      next: 'Send exactly one hint.',
      standard: 'CIBA §7.1',
    }),
    {
      name: 'access-token-as-hint',
      about: 'The client names the user by an access token in the place of an ID token.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_request' },
      next: 'Keep the ID token of a login, and send that. An API that got the access token must not be able to ask.',
      standard: 'CIBA §7.1',
      page: 'docs/hints.md#id_token_hint',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        const { answer } = expectAnswer(await client.poll(asked), { status: 200 });
        return client.ask({ id_token_hint: String(answer['access_token']) });
      },
    },
    {
      name: 'unknown-scope',
      about: 'The client asks for a scope that it may not have, which is left out.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Read scope in the answer: it is what was granted, and what the phone showed.',
      standard: 'RFC 6749 §3.3',
      page: 'docs/security/clients.md#takes-more-scopes-or-another-apis-audience',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage, { scope: 'openid payments' });
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        const tokens = await client.poll(asked);
        if (tokens.answer['scope'] !== 'openid') throw new Different(`Granted was ${tokens.answer['scope']}.`);
        return tokens;
      },
    },
  ],
};
