import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import type { Stage, TrialPerson } from '../stage.ts';

const CLIENTS = 'README.md#from-a-client-backend';
/** Pauses after denials begin with this many seconds. */
const FIRST_PAUSE_SECONDS = 15;
/** What a user may be asked in a minute. */
const USER_LIMIT = 5;
const LIMITS_OFF = 'A provider that was started with --limits off has no such limit.';

/** A client and a person, and a request of that client. */
export async function askedOn(stage: Stage, form: Readonly<Record<string, string>> = {}) {
  const client = await stage.client();
  const person = await stage.person();
  return { client, person, asked: await client.asked({ login_hint: person.email, ...form }) };
}

export const decisions: ScenarioGroup = {
  title: 'What the user does',
  scenarios: [
    {
      name: 'approve',
      about: 'The user approves, and the client gets its tokens.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Check the ID token (iss, aud, exp, signature), and take sub as the user. Keep the tokens: they come once.',
      standard: 'CIBA §10.1.1',
      page: CLIENTS,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage, { binding_message: 'Trial 1' });
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        return client.poll(asked);
      },
      own: { answer: (_stage, { person, requestId }) => person.phone.decide(requestId, 'approve') },
    },
    {
      name: 'deny',
      about: 'The user says no.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Stop. Say that the login was declined, and let the user begin again if they want to. Do not ask again by yourself.',
      standard: 'CIBA §11',
      page: 'docs/tutorial.md#7-say-no',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'deny'), { status: 204 });
        return client.poll(asked);
      },
      own: { answer: (_stage, { person, requestId }) => person.phone.decide(requestId, 'deny') },
    },
    {
      name: 'fraud',
      about: 'The user reports that this was not them: the client rings them no more, and is not told.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Treat it as any other denial. The report is for operators, who look at it and may lift the block.',
      standard: 'CIBA §14',
      page: 'docs/device-api.md#answer',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, { reason: 'fraud' }), { status: 204 });
        const denied = await client.poll(asked);
        await client.asked({ login_hint: person.email, requested_expiry: '10' }, FIRST_PAUSE_SECONDS + 1);
        await expectNothingWaits(person);
        return denied;
      },
      own: { answer: (_stage, { person, requestId }) => person.phone.decide(requestId, { reason: 'fraud' }) },
    },
    {
      name: 'silence',
      about: 'Nobody answers until the request expires.',
      needs: 'local',
      ends: { status: 400, error: 'expired_token' },
      next: 'Say that the request has ended, and let the user begin again. Do not ask again by yourself.',
      standard: 'CIBA §11',
      page: CLIENTS,
      async play(stage) {
        const { client, asked } = await askedOn(stage);
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        return client.poll(asked, asked.expiresInSeconds + 1);
      },
      own: {
        answer: (_stage, { person, requestId }) => person.phone.read(requestId),
        lastsUntilExpiry: true,
      },
    },
    {
      name: 'pause-after-denial',
      about: 'The client asks again right after a denial, and must wait.',
      needs: 'local',
      ends: { status: 403, error: 'access_denied' },
      next: 'Wait as long as Retry-After says. Each further denial makes the pause longer, and an approval ends it.',
      standard: 'RFC 10027',
      page: 'docs/device-api.md#answer',
      unless: LIMITS_OFF,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'deny'), { status: 204 });
        const refused = await client.ask({ login_hint: person.email });
        await client.asked({ login_hint: person.email }, FIRST_PAUSE_SECONDS + 1);
        return refused;
      },
    },
    {
      name: 'user-limit',
      about: 'The user is asked more often than people can bear, whoever asks.',
      needs: 'local',
      ends: { status: 403, error: 'access_denied' },
      next: 'Wait as long as Retry-After says. Ask only when the user began something.',
      standard: 'RFC 10027',
      page: CLIENTS,
      unless: LIMITS_OFF,
      async play(stage) {
        const client = await stage.client();
        const person = await stage.person();
        // All calls come at the beginning of one minute, because the limit is counted by minutes.
        const later = 60 - (Math.floor(Date.now() / 1000) % 60) + 1;
        for (let count = 0; count < USER_LIMIT; count += 1) await client.asked({ login_hint: person.email }, later);
        const refused = await client.ask({ login_hint: person.email }, later);
        await client.asked({ login_hint: person.email }, later + (refused.retryAfterSeconds ?? 60));
        return refused;
      },
    },
    {
      name: 'client-limit',
      about: 'The client asks more often than it is registered for.',
      needs: 'local',
      ends: { status: 403, error: 'access_denied' },
      next: 'Wait as long as Retry-After says. An operator can register a higher number for a busy client.',
      standard: 'RFC 10027',
      page: 'docs/admin-api.md#clients',
      async play(stage) {
        const client = await stage.client({ requests_per_minute: 1 });
        const { email } = await stage.person();
        const later = 60 - (Math.floor(Date.now() / 1000) % 60) + 1;
        await client.asked({ login_hint: email }, later);
        return client.ask({ login_hint: email }, later);
      },
    },
  ],
};

async function expectNothingWaits({ phone }: TrialPerson): Promise<void> {
  const { answer } = expectAnswer(await phone.list(), { status: 200 });
  const { requests } = answer;
  if (!Array.isArray(requests) || requests.length > 0) throw new Different('The phone lists a request of the client.');
}
