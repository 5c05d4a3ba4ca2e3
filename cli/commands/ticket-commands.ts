import encodeQR from 'qr';
import { command, type Noun } from '../command-line/command.ts';
import { fieldList, instant } from '../command-line/text-layout.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';

const create = command({
  name: 'create',
  about: 'Makes an enrolment ticket. The phone that uses it becomes a device of the user.',
  notes:
    'The ticket is a secret until it is used: anyone who has it can enrol a phone for this user. It works once, and expires after a few minutes.',
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

/** `ciba ticket …` */
export const ticketNoun: Noun = { name: 'ticket', about: 'Tickets that enrol a phone.', commands: [create] };

/** Draws a QR code in white on black, whatever the terminal's colours are: scanners need dark modules to be dark. */
function qrCode(uri: string): string {
  const lines = encodeQR(uri, 'ascii', { ecc: 'low', border: 2 }).trimEnd().split('\n');
  return lines.map((line) => `\u001B[97;40m${line}\u001B[0m`).join('\n');
}

function remaining(expiresAt: number): string {
  const seconds = Math.max(0, expiresAt - Math.floor(Date.now() / 1000));
  return seconds < 120 ? `in ${seconds} seconds` : `in ${Math.round(seconds / 60)} minutes`;
}
