import { command } from '../command-line/command.ts';
import { plainLine, quoted } from '../command-line/text-layout.ts';
import { readTypedSecret } from '../command-line/typed-secret.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';

export const setCode = command({
  name: 'set-code',
  about: 'Sets or changes the user code of a user. No client can ask the user without it from then on.',
  notes:
    'The code is asked for, and is not shown while you type. Where there is no terminal, it is read from standard input. A client sends the code as user_code, and needs --backchannel-user-code-parameter for it; other clients can no longer ask this user. Nobody can read the code again.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba user set-code anna@example.com', 'ciba user set-code crm-4711 --by sub'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const user_code = await readTypedSecret('New user code: ');
    const body = { user_code };
    const { json } = await api.call('PUT /admin/users/{sub}/user-code', { parameters: { sub }, body });
    return { json, text: `Clients need the user code to ask ${plainLine(sub)} now.` };
  },
});

export const removeCode = command({
  name: 'remove-code',
  about: 'Removes the user code of a user. Every client can ask the user without it from then on.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  cannotBeUndone: 'removes the user code',
  examples: ['ciba user remove-code anna@example.com', 'ciba user remove-code anna@example.com --yes'],
  async run({ api, argument, options, confirm }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    await confirm(() => `Let every client ask the user ${quoted(sub)} without a user code?`);
    const { json } = await api.call('DELETE /admin/users/{sub}/user-code', { parameters: { sub } });
    return { json, text: `Clients need no user code to ask ${plainLine(sub)}.` };
  },
});
