import type { UserExport } from '../../provider/flows/person/export-user.ts';
import { command } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { writeNewFile } from '../command-line/new-file.ts';
import { fieldList, plainLine } from '../command-line/text-layout.ts';

/** Only the sub names a user here: after a removal nothing else leads to what is left. */
const SUB_ARGUMENT = { name: 'sub', about: 'The sub of the user; see ciba user show.' } as const;

export const exportRecords = command({
  name: 'export',
  about: 'Exports everything that the tables hold of a user, as JSON.',
  notes:
    'It has the profile, login identifiers, devices, requests of the last hour or so, and counts, but no secrets. It does not have the records of the audit trail. The audit trail notes that you exported it.',
  arguments: [SUB_ARGUMENT],
  options: { out: { kind: 'text', value: 'FILE', about: 'Write a new file. Default: print the document.' } },
  examples: ['ciba user export crm-4711', 'ciba user export crm-4711 --out crm-4711.json'],
  async run({ api, argument, options }) {
    const { json, body } = await api.call('GET /admin/users/{sub}/export', { parameters: argument });
    const text = JSON.stringify(body, null, 2);
    if (options.out === undefined) return { json, text };
    writeNewFile(options.out, `${text}\n`);
    return { json, text: `Wrote ${plainLine(options.out)}` };
  },
});

export const eraseRecords = command({
  name: 'erase',
  about: 'Erases everything that the tables hold of a user, and the key to the evidence of their decisions.',
  notes:
    'Nobody can undo this. Without --confirm the command only shows what it would erase. The evidence of the decisions stays in the audit trail, but nobody can read it any more, so no dispute about them can be settled. If the command breaks off, run it again until it says that there is no such user. Backups keep what was erased for their days.',
  arguments: [SUB_ARGUMENT],
  options: { confirm: { kind: 'text', value: 'SUB', about: 'The same sub once more, to confirm.' } },
  examples: ['ciba user erase crm-4711', 'ciba user erase crm-4711 --confirm crm-4711'],
  async run({ api, argument, options }) {
    if (options.confirm === undefined) {
      const { body } = await api.call('GET /admin/users/{sub}/export', { parameters: argument });
      const again = `Nothing was erased. To erase it, add --confirm ${plainLine(argument.sub)}`;
      return { json: '', text: `This would be erased:\n\n${summary(body)}\n\n${again}`, failed: true };
    }
    if (options.confirm !== argument.sub)
      throw new Refused('The sub after --confirm is another one. Nothing was erased.');
    const { json } = await api.call('POST /admin/users/{sub}/erase', { parameters: argument });
    const left = await api.find('GET /admin/users/{sub}/export', { parameters: argument });
    const rest =
      left && `\n\nThis is left, of earlier users with this sub or of calls in progress:\n\n${summary(left.body)}`;
    return { json, text: `User ${plainLine(argument.sub)} erased.${rest ?? ''}` };
  },
});

function summary({ sub, profile, devices, requests, rate_windows, evidence_keys }: UserExport): string {
  return fieldList({
    sub,
    profile: profile ? profile.status : 'none: the user was deleted',
    name: profile?.claims.name,
    login_identifiers: profile?.identifiers.map(({ type, value }) => `${type} ${value}`),
    devices: devices.map(({ device_id, name }) => `${device_id} ${name}`),
    requests: String(requests.length),
    rate_windows: String(rate_windows.length),
    evidence_keys: String(evidence_keys.length),
  });
}
