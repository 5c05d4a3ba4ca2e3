import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import { askedOn } from './decisions.ts';

const CLIENTS = 'README.md#from-a-client-backend';
/** An approval can be redeemed for so long after the request expired, if the client was never slowed down. */
const GRACE_SECONDS = 60;
/** Shortly before the end, and long enough for a call on a busy machine. */
const SHORTLY_SECONDS = 20;
/** A poll may be late on a busy machine, so that the next one is not too early. */
const MOST_POLLS = 4;
const DAY_SECONDS = 86_400;
/** The interval of a request that lives longer than a day. */
const LONG_INTERVAL_SECONDS = 120;

export const timing: ScenarioGroup = {
  title: 'Too early and too late',
  scenarios: [
    {
      name: 'slow-down',
      about: 'The client polls too fast, and its interval grows.',
      needs: 'local',
      ends: { status: 400, error: 'slow_down' },
      next: 'Wait the interval of the answer before each further poll. It grew by 5 seconds, and stays so.',
      standard: 'CIBA §11',
      page: CLIENTS,
      async play(stage) {
        const { client, asked } = await askedOn(stage);
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        let slowed = await client.poll(asked);
        for (let polls = 2; slowed.answer['error'] === 'authorization_pending' && polls < MOST_POLLS; polls += 1)
          slowed = await client.poll(asked);
        if (slowed.answer['interval'] !== asked.intervalSeconds + 5)
          throw new Different(`The interval is ${slowed.answer['interval']}, and not ${asked.intervalSeconds + 5}.`);
        return slowed;
      },
    },
    {
      name: 'slow-phone',
      about: 'The user answers shortly before the end.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Poll until the end of expires_in, and do not give up before. Many people need a minute.',
      standard: 'CIBA §10.1.1',
      page: CLIENTS,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const laterSeconds = asked.expiresInSeconds - SHORTLY_SECONDS;
        expectAnswer(await person.phone.decide(asked.requestId, 'approve', { laterSeconds }), { status: 204 });
        return client.poll(asked, laterSeconds);
      },
    },
    {
      name: 'last-poll',
      about: 'The user approved in time, and the client polls once more after the end: that still works for a minute.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Poll once more after expires_in has passed: an approval of the last second is not lost.',
      standard: 'CIBA §11',
      page: 'docs/security/failures.md#clocks-repeats-and-lateness',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        return client.poll(asked, asked.expiresInSeconds + GRACE_SECONDS / 2);
      },
    },
    {
      name: 'slow-client',
      about: 'The user approved, but the client comes for the tokens too late.',
      needs: 'local',
      ends: { status: 400, error: 'expired_token' },
      next: 'Begin again. Fetch the tokens as soon as they are there: poll at the interval, or be pinged.',
      standard: 'CIBA §11',
      page: 'docs/security/failures.md#clocks-repeats-and-lateness',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        return client.poll(asked, asked.expiresInSeconds + GRACE_SECONDS + 2);
      },
    },
    {
      name: 'late-phone',
      about: 'The user answers after the end, and the phone is told.',
      needs: 'local',
      ends: { by: 'phone', status: 410, error: 'expired' },
      next: 'Drop the request, and tell the user that it has ended.',
      standard: 'CIBA §8',
      page: 'docs/device-api.md#answer',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        const laterSeconds = asked.expiresInSeconds + 1;
        const late = await person.phone.respond(shown, 'approve', { laterSeconds });
        expectAnswer(await client.poll(asked, laterSeconds), { status: 400, error: 'expired_token' });
        return late;
      },
    },
    {
      name: 'short-life',
      about: 'The client wants a lifetime of one second, and gets ten.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Take expires_in of the answer, and not what you asked for. Leave people time to find their phone.',
      standard: 'CIBA §7.1',
      page: CLIENTS,
      async play(stage) {
        const client = await stage.client();
        const { email } = await stage.person();
        const accepted = await client.ask({ login_hint: email, requested_expiry: '1' });
        if (accepted.answer['expires_in'] !== 10)
          throw new Different(`The request lives ${accepted.answer['expires_in']} s, and not 10.`);
        return accepted;
      },
    },
    {
      name: 'long-approval',
      about: 'The client asks for three days, and the user answers on the second day.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Poll at the interval of the answer, which is longer for a long life. Better, be pinged.',
      standard: 'CIBA §7.1',
      page: 'docs/long-approvals.md#ask-for-it',
      unless: 'A provider that was started with a small --expiry-limit gives less time.',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage, { requested_expiry: String(3 * DAY_SECONDS) });
        if (asked.expiresInSeconds !== 3 * DAY_SECONDS || asked.intervalSeconds !== LONG_INTERVAL_SECONDS)
          throw new Different(
            `The request lives ${asked.expiresInSeconds} s and is polled every ${asked.intervalSeconds} s.`,
          );
        const laterSeconds = DAY_SECONDS + 3600;
        expectAnswer(await client.poll(asked, laterSeconds), { status: 400, error: 'authorization_pending' });
        expectAnswer(await person.phone.decide(asked.requestId, 'approve', { laterSeconds }), { status: 204 });
        return client.poll(asked, laterSeconds + LONG_INTERVAL_SECONDS);
      },
    },
  ],
};
