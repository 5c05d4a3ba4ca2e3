import { NUMBER_TRIES } from '../../../provider/core/deciding/number-matching.ts';
import type { Asked } from '../acting-client.ts';
import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const SHOWS = 'docs/number-matching.md#the-client-shows-the-number';
const ENTERS = 'docs/number-matching.md#the-client-enters-the-number';
const STANDARD = 'RFC 10027 §6.1.16';

async function askedWithNumber(stage: Stage, number_matching: 'phone_enters' | 'client_enters') {
  const client = await stage.client({ number_matching });
  const person = await stage.person();
  return { client, person, asked: await client.asked({ login_hint: person.email }) };
}

/** The number that the client shows. */
function numberOf({ number }: Asked): string {
  if (number === undefined) throw new Different('The answer to the request has no number.');
  return number;
}

function anotherThan(number: string): string {
  return String((Number(number) + 1) % 100).padStart(2, '0');
}

export const numbers: ScenarioGroup = {
  title: 'Numbers that show that both screens belong together',
  scenarios: [
    {
      name: 'number-on-phone',
      about: 'The client shows a number, and the user types it on the phone.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Show the number of the answer to the user in front of you and to nobody else, and wait as ever.',
      standard: STANDARD,
      page: SHOWS,
      async play(stage) {
        const { client, person, asked } = await askedWithNumber(stage, 'phone_enters');
        const answer = { number: numberOf(asked) };
        expectAnswer(await person.phone.decide(asked.requestId, answer), { status: 204 });
        return client.poll(asked);
      },
    },
    {
      name: 'number-wrong',
      about: 'The user types a wrong number on the phone, and the right one then.',
      needs: 'local',
      ends: { by: 'phone', status: 400, error: 'invalid_number' },
      next: 'Let the user read the number again. attempts_left says how many attempts are left.',
      standard: STANDARD,
      page: 'docs/device-api.md#answer',
      async play(stage) {
        const { client, person, asked } = await askedWithNumber(stage, 'phone_enters');
        const { exchange, ...shown } = await person.phone.read(asked.requestId);
        expectAnswer(exchange, { status: 200 });
        const number = numberOf(asked);
        const wrong = await person.phone.respond(shown, { number: anotherThan(number) });
        expectAnswer(await person.phone.respond(shown, { number }), { status: 204 });
        expectAnswer(await client.poll(asked), { status: 200 });
        return wrong;
      },
    },
    {
      name: 'number-wrong-too-often',
      about: 'Three wrong numbers end the request, whoever typed them.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Stop. Say that the login was declined, and let the user begin again if they want to.',
      standard: STANDARD,
      page: SHOWS,
      async play(stage) {
        const { client, person, asked } = await askedWithNumber(stage, 'phone_enters');
        const { exchange, ...shown } = await person.phone.read(asked.requestId);
        expectAnswer(exchange, { status: 200 });
        const number = anotherThan(numberOf(asked));
        for (let wrong = 0; wrong < NUMBER_TRIES; wrong += 1)
          expectAnswer(await person.phone.respond(shown, { number }), { status: 400, error: 'invalid_number' });
        return client.poll(asked);
      },
    },
    {
      name: 'number-at-desk',
      about: 'The phone shows a number after the approval, and the client sends what the user types.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Have a field for the number from the beginning. Until you send it, the token endpoint says authorization_pending.',
      standard: STANDARD,
      page: ENTERS,
      async play(stage) {
        const { client, person, asked } = await askedWithNumber(stage, 'client_enters');
        const approved = expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 200 });
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        expectAnswer(await client.enterNumber(asked, String(approved.answer['number'])), { status: 200 });
        return client.poll(asked);
      },
    },
    {
      name: 'number-guessed-at-desk',
      about: 'Whoever began the request does not see the phone, and guesses.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_number' },
      next: 'Let the user type it again, and stop when attempts_left is 0. If an answer was lost, poll: a number counts each time.',
      standard: STANDARD,
      page: ENTERS,
      async play(stage) {
        const { client, person, asked } = await askedWithNumber(stage, 'client_enters');
        const approved = expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 200 });
        return client.enterNumber(asked, anotherThan(String(approved.answer['number'])));
      },
    },
  ],
};
