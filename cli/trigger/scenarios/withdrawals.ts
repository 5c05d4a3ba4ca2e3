import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import type { TrialPerson } from '../stage.ts';
import { askedOn } from './decisions.ts';

const ENDS = 'docs/withdrawal.md#what-ends';
const STANDARD = 'RFC 7009 §2.2';

export const withdrawals: ScenarioGroup = {
  title: 'The client takes its request back',
  scenarios: [
    {
      name: 'withdrawn',
      about: 'The caller hangs up while the phone rings, and the client withdraws the request.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Stop polling when you have withdrawn. The same client may ask the same user again at once.',
      standard: STANDARD,
      page: ENDS,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer((await person.phone.read(asked.requestId)).exchange, { status: 200 });
        expectAnswer(await client.withdraw(asked), { status: 200 });
        await expectNothingWaits(person);
        return client.poll(asked);
      },
    },
    {
      name: 'withdrawn-while-answering',
      about: 'The client withdraws while the user taps Approve, so the answer comes too late.',
      needs: 'local',
      ends: { by: 'phone', status: 410, error: 'withdrawn' },
      next: 'Close the prompt, and say that the client withdrew the request. Nothing was approved.',
      standard: STANDARD,
      page: 'docs/device-api.md#a-prompt-that-vanishes',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        expectAnswer(await client.withdraw(asked), { status: 200 });
        return person.phone.respond(shown, 'approve');
      },
    },
    {
      name: 'withdrawn-approval',
      about: 'The user approved, and the client withdraws before it has the tokens. There are none then.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Throw away what arrives after you withdrew: a call that was under way may still bring tokens.',
      standard: STANDARD,
      page: ENDS,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        expectAnswer(await client.withdraw(asked), { status: 200 });
        return client.poll(asked);
      },
    },
    {
      name: 'withdrawn-too-late',
      about: 'The client has its tokens and withdraws then, which changes nothing.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Revoke the access token. The answer to a withdrawal is 200 whatever became of the request.',
      standard: STANDARD,
      page: ENDS,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        expectAnswer(await client.poll(asked), { status: 200 });
        return client.withdraw(asked);
      },
    },
  ],
};

async function expectNothingWaits({ phone }: TrialPerson): Promise<void> {
  const { requests } = expectAnswer(await phone.list(), { status: 200 }).answer;
  if (!Array.isArray(requests) || requests.length > 0) throw new Different('The phone still lists the request.');
}
