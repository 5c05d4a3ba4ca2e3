import { command, type Noun } from '../command-line/command.ts';
import { bodyOf } from '../command-line/command-line.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { instant, plainLine, quoted, table } from '../command-line/text-layout.ts';
import { removeCode, setCode } from './user-code-commands.ts';
import { importCommand } from './user-import-command.ts';
import { inviteUser } from './user-invite-command.ts';
import { findUsers, listUsers } from './user-list-commands.ts';
import { profileOptions } from './user-profile-options.ts';
import { eraseRecords, exportRecords } from './user-records-commands.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';
import { describe } from './user-text.ts';

/** The members by which somebody can name a user. */
const NAMES = ['sub', 'email', 'phone_number', 'preferred_username'];

const create = command({
  name: 'create',
  about: 'Creates a user. To enrol a phone next, use ciba user invite.',
  notes:
    'Give at least one name: an e-mail address, a phone number or a username, by which clients name the user, or the --sub of your own system.',
  arguments: [],
  options: {
    sub: {
      kind: 'text',
      member: 'sub',
      value: 'SUB',
      about: 'Subject of the user, which never changes. Default: a random one.',
    },
    ...profileOptions,
  },
  examples: [
    'ciba user create --email anna@example.com --name "Anna Example"',
    'ciba user create --sub crm-4711 --phone-number "+49 30 901820" --phone-number-verified',
  ],
  async run({ api, options }) {
    const profile = bodyOf(this.options, options);
    if (NAMES.every((member) => profile[member] === undefined))
      throw new WrongUsage(
        'Nobody could name this user. Give --email, --phone-number or --preferred-username, or --sub with the id in your own system',
      );
    const { json, body } = await api.call('POST /admin/users', { parameters: {}, body: profile });
    return { json, text: `User created.\n\n${describe(body)}` };
  },
});

const show = command({
  name: 'show',
  about: 'Shows a user.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba user show anna@example.com', 'ciba user show "+49 30 901820"', 'ciba user show crm-4711'],
  async run({ api, argument, options }) {
    const { json, body } = await findUser(api, argument.user, options);
    return { json, text: describe(body) };
  },
});

const update = command({
  name: 'update',
  about: 'Changes the given claims of a user and keeps the others.',
  arguments: [USER_ARGUMENT],
  options: { ...profileOptions, ...USER_OPTIONS },
  examples: [
    'ciba user update anna@example.com --email anna@example.org --no-email-verified',
    'ciba user update crm-4711 --name "Anna Beispiel"',
  ],
  async run({ api, argument, options }) {
    const body = bodyOf(this.options, options);
    if (Object.keys(body).length === 0) throw new WrongUsage('Nothing to change: give an option');
    const { sub } = (await findUser(api, argument.user, options)).body;
    const updated = await api.call('PATCH /admin/users/{sub}', { parameters: { sub }, body });
    return { json: updated.json, text: `User updated.\n\n${describe(updated.body)}` };
  },
});

const block = command({
  name: 'block',
  about: 'Blocks a user. The user becomes unknown to clients, and open requests can no longer be answered.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba user block anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json } = await api.call('PATCH /admin/users/{sub}', { parameters: { sub }, body: { blocked: true } });
    return { json, text: `User ${plainLine(sub)} blocked.` };
  },
});

const unblock = command({
  name: 'unblock',
  about: 'Unblocks a user, so that clients may ask them again.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba user unblock anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json } = await api.call('PATCH /admin/users/{sub}', { parameters: { sub }, body: { blocked: false } });
    return { json, text: `User ${plainLine(sub)} unblocked.` };
  },
});

const blocks = command({
  name: 'blocks',
  about: "Lists the clients that the user's denials block or make pause.",
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba user blocks anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json, body } = await api.call('GET /admin/users/{sub}/blocks', { parameters: { sub } });
    const rows = body.blocks.map(({ client_id, reported_at, denials, paused_until }) => [
      client_id,
      reported_at === undefined ? 'no' : instant(reported_at),
      String(denials),
      paused_until === undefined ? 'no' : instant(paused_until),
    ]);
    const headings = ['CLIENT', 'FRAUD REPORTED', 'DENIALS', 'PAUSES UNTIL'];
    return { json, text: rows.length > 0 ? table(headings, rows) : 'The user denied nothing since the last approval.' };
  },
});

const unblockClient = command({
  name: 'unblock-client',
  about: 'Lets a client ask the user again, after you looked at the report of fraud. It also ends a pause.',
  arguments: [USER_ARGUMENT, { name: 'client', about: 'The client_id of the client.', completes: 'clients' }],
  options: USER_OPTIONS,
  examples: ['ciba user unblock-client anna@example.com harbor-bank'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const parameters = { sub, client_id: argument.client };
    const { json } = await api.call('DELETE /admin/users/{sub}/blocks/{client_id}', { parameters });
    return { json, text: `Client ${plainLine(argument.client)} may ask ${plainLine(sub)} again.` };
  },
});

const remove = command({
  name: 'delete',
  about: 'Deletes a user and all their devices.',
  notes:
    'The evidence of the decisions of the user stays readable, so that a dispute can be settled. To erase everything, use ciba user erase.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  cannotBeUndone: 'deletes the user and all their devices',
  examples: ['ciba user delete anna@example.com', 'ciba user delete anna@example.com --yes'],
  async run({ api, argument, options, confirm }) {
    const { sub, name, email } = (await findUser(api, argument.user, options)).body;
    const known = [name, email].filter((claim) => claim !== undefined).map(plainLine);
    const who = known.length > 0 ? `${quoted(sub)} (${known.join(', ')})` : quoted(sub);
    await confirm(() => `Delete the user ${who} and all their devices?`);
    const { json } = await api.call('DELETE /admin/users/{sub}', { parameters: { sub } });
    return { json, text: `User ${plainLine(sub)} and all their devices deleted.` };
  },
});

/** `ciba user …` */
export const userNoun: Noun = {
  name: 'user',
  about: 'People who can be asked.',
  commands: [
    create,
    listUsers,
    findUsers,
    importCommand,
    inviteUser,
    show,
    update,
    block,
    unblock,
    blocks,
    unblockClient,
    setCode,
    removeCode,
    remove,
    exportRecords,
    eraseRecords,
  ],
};
