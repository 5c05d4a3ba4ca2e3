import { byAssertion, bySecret } from '../acting-client.ts';
import { Different, expectAnswer } from '../ending.ts';
import type { Scenario, ScenarioGroup } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Exchange } from '../wire.ts';

const REGISTRATION = 'docs/admin-api.md#clients';
const OWN_KEY = 'docs/admin-api.md#a-client-with-a-key-of-its-own';
const REFUSED = { status: 401, error: 'invalid_client' } as const;
/** A warm function may know the old secret for so long. */
const KNOWN_SECONDS = 60;
const DAY_SECONDS = 86_400;
const WRONG_CLOCK_SECONDS = 600;

const now = () => Math.floor(Date.now() / 1000);
/** A hint that names nobody. The client is refused before anybody looks for a user. */
const someone = (stage: Stage) => ({ login_hint: `${stage.id}@nobody.example` });

/** Asks with an assertion that has one wrong claim, and checks that the provider names the claim. */
async function askWithWrong(stage: Stage, claim: string, claims: Readonly<Record<string, unknown>>): Promise<Exchange> {
  const { client, assertion } = await stage.keyClient();
  const refused = await client.proving(byAssertion(await assertion(claims))).ask(someone(stage));
  const description = String(refused.answer['error_description']);
  if (!description.includes(claim))
    throw new Different(`The provider does not name ${claim}, but says: ${description}`);
  return refused;
}

const assertionScenarios: readonly Scenario[] = [
  {
    name: 'replayed-assertion',
    about: 'The client sends a client assertion a second time.',
    needs: 'provider',
    ends: REFUSED,
    next: 'Sign a new assertion with a new jti for each call, also for each poll and each repetition.',
    standard: 'RFC 7523 §3',
    page: 'docs/security/strangers.md#replays-a-client-assertion',
    async play(stage) {
      const { client, assertion } = await stage.keyClient();
      const once = client.proving(byAssertion(await assertion()));
      expectAnswer(await once.ask(someone(stage)), { status: 400, error: 'unknown_user_id' });
      return once.ask(someone(stage));
    },
  },
  {
    name: 'wrong-audience',
    about: 'The client assertion is made for somebody else.',
    needs: 'provider',
    ends: REFUSED,
    next: 'Set aud to the issuer, as one string. Discovery says how it is spelled.',
    standard: 'RFC 7523 §3',
    page: OWN_KEY,
    play: (stage) => askWithWrong(stage, 'aud', { aud: 'https://other.example/' }),
  },
  {
    name: 'old-assertion',
    about: 'The client assertion has expired, because the clock of the client is slow or it was kept too long.',
    needs: 'provider',
    ends: REFUSED,
    next: 'Sign an assertion right before each call, and keep the clock of the machine right.',
    standard: 'RFC 7523 §3',
    page: OWN_KEY,
    play: (stage) =>
      askWithWrong(stage, 'exp', { iat: now() - WRONG_CLOCK_SECONDS, exp: now() - WRONG_CLOCK_SECONDS + 60 }),
  },
  {
    name: 'early-assertion',
    about: 'The client assertion is dated in the future, because the clock of the client is fast.',
    needs: 'provider',
    ends: REFUSED,
    next: 'Correct the clock of the machine. The provider allows for 60 seconds.',
    standard: 'RFC 7523 §3',
    page: OWN_KEY,
    play: (stage) => askWithWrong(stage, 'iat', { iat: now() + 120, exp: now() + 180 }),
  },
  {
    name: 'long-assertion',
    about: 'The client assertion would be valid for an hour.',
    needs: 'provider',
    ends: REFUSED,
    next: 'Let assertions live a minute. Five minutes are the most.',
    standard: 'RFC 7523 §3',
    page: OWN_KEY,
    play: (stage) => askWithWrong(stage, 'exp', { exp: now() + 3600 }),
  },
];

export const authentication: ScenarioGroup = {
  title: 'How the client proves who it is',
  scenarios: [
    {
      name: 'wrong-secret',
      about: 'The client sends a wrong secret.',
      needs: 'provider',
      ends: REFUSED,
      next: 'Check the secret, and which provider you call. Do not repeat the call with the same secret.',
      standard: 'RFC 6749 §5.2',
      page: REGISTRATION,
      async play(stage) {
        const client = await stage.client();
        return client.proving(bySecret(client.id, 'not-the-secret')).ask(someone(stage));
      },
    },
    {
      name: 'unknown-client',
      about: 'No client has this id. The answer is that to a wrong secret.',
      needs: 'provider',
      ends: REFUSED,
      next: 'Check the client id, and which provider you call.',
      standard: 'RFC 6749 §5.2',
      page: REGISTRATION,
      async play(stage) {
        const client = await stage.client();
        return client.proving(bySecret(`${stage.id}-none`, 'any-secret')).ask(someone(stage));
      },
    },
    {
      name: 'replaced-secret',
      about: 'An operator made a new secret without an overlap, and the client still has the old one.',
      needs: 'local',
      ends: REFUSED,
      next: 'Take the new secret. To change a secret without an outage, rotate it with an overlap.',
      standard: 'RFC 6749 §5.2',
      page: 'docs/operations.md#client-secrets',
      async play(stage) {
        const client = await stage.client();
        expectAnswer(await client.ask(someone(stage)), { status: 400, error: 'unknown_user_id' });
        await stage.newSecret(client);
        return client.ask(someone(stage), KNOWN_SECONDS + 1);
      },
    },
    {
      name: 'ended-secret',
      about: 'The secret of the client has come to its end, a day after it was made.',
      needs: 'local',
      ends: REFUSED,
      next: 'Take a new secret before client_secret_expires_at of the registration. The log warns operators 14 days ahead.',
      standard: 'RFC 7591 §3.2.1',
      page: 'docs/operations.md#client-secrets',
      async play(stage) {
        const client = await stage.client({ client_secret_days: 1 });
        expectAnswer(await client.ask(someone(stage)), { status: 400, error: 'unknown_user_id' });
        return client.ask(someone(stage), DAY_SECONDS + 1);
      },
    },
    ...assertionScenarios,
  ],
};
