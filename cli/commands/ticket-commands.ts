import { command, type Noun } from '../command-line/command.ts';
import { fieldList, instant, plainLine, table } from '../command-line/text-layout.ts';
import { qrCode, remaining } from './ticket-text.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';

const create = command({
  name: 'create',
  about: 'Makes an enrolment ticket. The phone that uses it becomes a device of the user.',
  notes:
    'The ticket is a secret until it is used: anyone who has it can enrol a phone for this user. It works once, and expires after a few minutes. It ends an earlier ticket of the user.',
  arguments: [USER_ARGUMENT],
  options: {
    qr: { kind: 'flag', about: 'Draw the URI as a QR code. Default: only in a terminal. --no-qr never draws it.' },
    ...USER_OPTIONS,
  },
  examples: ['ciba ticket create anna@example.com', 'ciba ticket create anna@example.com --json | jq -r .uri'],
  async run({ api, argument, options, isTerminal }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json, body } = await api.call('POST /admin/users/{sub}/tickets', { parameters: { sub } });
    const fields = fieldList({
      ticket: body.ticket,
      uri: body.uri,
      expires: `${instant(body.expires_at)}, ${remaining(body.expires_at)}`,
    });
    return { json, text: (options.qr ?? isTerminal) ? `${qrCode(body.uri)}\n\n${fields}` : fields };
  },
});

const list = command({
  name: 'list',
  about: 'Lists the tickets of a user that a phone can still use.',
  notes: 'A user has one ticket at most: a new one ends the one before. The list does not contain the ticket itself.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba ticket list anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json, body } = await api.call('GET /admin/users/{sub}/tickets', { parameters: { sub } });
    const rows = body.tickets.map((ticket) => [
      ticket.ticket_id,
      instant(ticket.issued_at),
      instant(ticket.expires_at),
      ticket.device_id,
    ]);
    const text = table(['TICKET ID', 'ISSUED', 'EXPIRES', 'USED BY DEVICE'], rows);
    return { json, text: rows.length > 0 ? text : 'No ticket that a phone can use.' };
  },
});

const end = command({
  name: 'end',
  about: 'Ends the ticket of a user, for example one that got into the wrong hands.',
  notes: 'A device that the ticket has enrolled already stays. Remove it with ciba device remove.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba ticket end anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json } = await api.call('DELETE /admin/users/{sub}/tickets', { parameters: { sub } });
    return { json, text: `No phone can enrol for user ${plainLine(sub)} until you create a new ticket.` };
  },
});

/** `ciba ticket …` */
export const ticketNoun: Noun = { name: 'ticket', about: 'Tickets that enrol a phone.', commands: [create, list, end] };
