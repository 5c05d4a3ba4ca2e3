import type { UserProfile, UserView } from '../../provider/core/person/profile.ts';
import { command } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import { qrCode, remaining } from './ticket-text.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';

export const inviteUser = command({
  name: 'invite',
  about: 'Makes a link and a QR code with which a person enrols a phone.',
  notes:
    'Show the QR code to the person, or send the link over a channel that you trust: anyone who has it can enrol a phone for this user, once, until it expires after a few minutes. A new invitation ends the one before. Nothing keeps the link, so it cannot be shown again. With --json: {"user": {…}, "created": true or false, "uri", "ticket_id", "expires_at"}.',
  arguments: [USER_ARGUMENT],
  options: {
    create: {
      kind: 'flag',
      about:
        'If there is no such user, create one: with --by sub the word is the sub; else with an @ an e-mail address, with a + in front a phone number, or else a username.',
    },
    name: { kind: 'text', value: 'NAME', about: 'With --create: the full name of a new user.' },
    qr: { kind: 'flag', about: 'Draw the link as a QR code. Default: only in a terminal. --no-qr never draws it.' },
    ...USER_OPTIONS,
  },
  examples: ['ciba user invite anna@example.com', 'ciba user invite ben@example.com --create --name "Ben Example"'],
  async run({ api, argument, options, isTerminal }) {
    const { user, created } = await findUser(api, argument.user, options)
      .then(({ body }) => ({ user: body, created: false }))
      .catch(async (error: unknown) => {
        if (!(error instanceof Refused) || error.code !== 'not_found') throw error;
        if (!options.create) throw new Refused(error.message, 'To create and invite them: add --create.', error.code);
        const named = options.by === 'sub' ? { sub: argument.user } : profileNamed(argument.user);
        return { user: await create(api, { ...named, name: options.name }), created: true };
      });
    const { body } = await api.call('POST /admin/users/{sub}/tickets', { parameters: { sub: user.sub } });
    const { uri, ticket_id, expires_at } = body;
    const text = [
      ...(created ? [`User ${plainLine(user.sub)} created.`] : []),
      ...((options.qr ?? isTerminal) ? [qrCode(uri)] : []),
      uri,
      `${whose(user)} can enrol one phone with it. It expires ${remaining(expires_at)}.`,
    ];
    return { json: JSON.stringify({ user, created, uri, ticket_id, expires_at }), text: text.join('\n\n') };
  },
});

async function create(api: AdminApi, body: UserProfile): Promise<UserView> {
  return (await api.call('POST /admin/users', { parameters: {}, body })).body;
}

/** Reads the word as a client's `login_hint` would be read. */
function profileNamed(word: string): UserProfile {
  if (word.includes('@')) return { email: word };
  return /^\s*(\+|tel:)/i.test(word) ? { phone_number: word } : { preferred_username: word };
}

function whose({ sub, name, email }: UserView): string {
  return plainLine(name ?? email ?? sub);
}
