import type { ScenarioGroup } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Exchange } from '../wire.ts';

const PAGE = 'docs/admin-api.md#put-adminuserssubuser-code';
const CODE = '4711-trial';

/** Asks a user who has a code, with a client that can send one. */
async function askWith(stage: Stage, parameters: Readonly<Record<string, string>>): Promise<Exchange> {
  const client = await stage.client({ backchannel_user_code_parameter: true });
  const user = await stage.user();
  await stage.setUserCode(user, CODE);
  return client.ask({ login_hint: user.email, ...parameters });
}

export const userCodes: ScenarioGroup = {
  title: 'What the user must know',
  scenarios: [
    {
      name: 'no-user-code',
      about: 'The user has a user code, and the client sends none.',
      needs: 'provider',
      ends: { status: 400, error: 'missing_user_code' },
      next: 'Ask the user for the code, and send it as user_code. A client needs backchannel_user_code_parameter for it.',
      standard: 'CIBA §13',
      page: PAGE,
      own: { prepare: (stage, person) => stage.setUserCode(person, CODE) },
      play: (stage) => askWith(stage, {}),
    },
    {
      name: 'wrong-user-code',
      about: 'The user code is wrong.',
      needs: 'provider',
      ends: { status: 400, error: 'invalid_user_code' },
      next: 'Let the user type it again. Ten wrong codes in a day lock this client out for this user.',
      standard: 'CIBA §13',
      page: PAGE,
      play: (stage) => askWith(stage, { user_code: 'another' }),
    },
  ],
};
