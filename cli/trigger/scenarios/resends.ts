import { MOST_RESENDS, RESEND_PAUSE_SECONDS } from '../../../provider/core/asking/resend.ts';
import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import { askedOn } from './decisions.ts';

const PAGE = 'docs/resend.md#resend';
const STANDARD = 'RFC 10027 §6.1.11';

export const resends: ScenarioGroup = {
  title: 'The client has the phone rung again',
  scenarios: [
    {
      name: 'resend',
      about: 'The user missed the push. The client has the phone rung again, and the user approves the same request.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Offer it to a user who says that nothing came. It is the same request: go on polling as before.',
      standard: STANDARD,
      page: PAGE,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const { answer } = expectAnswer(await client.resend(asked, RESEND_PAUSE_SECONDS), { status: 200 });
        if (answer['resends_left'] !== MOST_RESENDS - 1)
          throw new Different(`${String(answer['resends_left'])} resends are left.`);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        return client.poll(asked);
      },
    },
    {
      name: 'resend-too-soon',
      about: 'The client has the phone rung again at once.',
      needs: 'local',
      ends: { status: 403, error: 'access_denied' },
      next: 'Wait for Retry-After, and ring again only if the user asks for it.',
      standard: STANDARD,
      page: PAGE,
      async play(stage) {
        const { client, asked } = await askedOn(stage);
        return client.resend(asked);
      },
    },
    {
      name: 'resend-after-answer',
      about: 'The client has the phone rung again, but the user has answered.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_grant' },
      next: 'Poll: the answer is there. No phone rang.',
      standard: STANDARD,
      page: PAGE,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'deny'), { status: 204 });
        return client.resend(asked, RESEND_PAUSE_SECONDS);
      },
    },
  ],
};
