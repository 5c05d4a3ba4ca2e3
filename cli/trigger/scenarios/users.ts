import { expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import { askedOn } from './decisions.ts';

const CLIENTS = 'README.md#from-a-client-backend';

export const users: ScenarioGroup = {
  title: 'Users who cannot be asked, or can no longer',
  scenarios: [
    {
      name: 'unknown-user',
      about: 'The hint names no user.',
      needs: 'provider',
      ends: { status: 400, error: 'unknown_user_id' },
      next: 'Offer another way to log in. Do not try other names: that is limited.',
      standard: 'CIBA §13',
      page: CLIENTS,
      async play(stage) {
        const client = await stage.client();
        return client.ask({ login_hint: `${stage.id}@nobody.example` });
      },
    },
    {
      name: 'blocked-user',
      about: 'An operator has blocked the user, who is then unknown to clients.',
      needs: 'provider',
      ends: { status: 400, error: 'unknown_user_id' },
      next: 'The same as for an unknown user: the client cannot tell the two apart.',
      standard: 'CIBA §13',
      page: 'docs/operations.md#take-something-back',
      own: { prepare: (stage, person) => stage.block(person) },
      async play(stage) {
        const client = await stage.client();
        const user = await stage.user();
        await stage.block(user);
        return client.ask({ login_hint: user.email });
      },
    },
    {
      name: 'no-phone',
      about: 'The user has no phone.',
      needs: 'provider',
      ends: { status: 400, error: 'invalid_request' },
      next: 'Offer another way to log in, and let the user enrol a phone.',
      standard: 'CIBA §13',
      page: 'docs/device-api.md#enrol',
      own: { prepare: (stage, person) => stage.removePhone(person, person.phone) },
      async play(stage) {
        const client = await stage.client();
        const user = await stage.user();
        return client.ask({ login_hint: user.email });
      },
    },
    {
      name: 'user-removed',
      about: 'The user approves, and is removed before the client fetches the tokens.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Stop, as after a denial. Nobody was logged in.',
      standard: 'CIBA §11',
      page: 'docs/operations.md#take-something-back',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        await stage.removeUser(person);
        return client.poll(asked);
      },
      own: {
        async answer(stage, { person, requestId }) {
          expectAnswer(await person.phone.decide(requestId, 'approve'), { status: 204 });
          await stage.removeUser(person);
        },
      },
    },
    {
      name: 'phone-removed',
      about: 'The phone that approved is removed, as a stolen one is, before the client fetches the tokens.',
      needs: 'local',
      ends: { status: 400, error: 'access_denied' },
      next: 'Stop, as after a denial. The user can be asked again on another phone.',
      standard: 'CIBA §11',
      page: 'docs/operations.md#take-something-back',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        await stage.removePhone(person, person.phone);
        return client.poll(asked);
      },
      own: {
        async answer(stage, { person, requestId }) {
          expectAnswer(await person.phone.decide(requestId, 'approve'), { status: 204 });
          await stage.removePhone(person, person.phone);
        },
      },
    },
  ],
};
